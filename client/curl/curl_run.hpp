// One run of curl with a token. The token's header goes in by a pipe: it is in no argument, no environment and no file.
// What curl prints is handed on as it comes, but not before the API's status is known; and where that is 401 it is
// kept, so that a second run can take its place.
#pragma once
#include <string>
#include <vector>

#include "client/failure.hpp"
#include "client/interrupts.hpp"
#include "proto/secret.hpp"

namespace tokend::client {

struct CurlRun {
  std::vector<std::string> options;
  std::string url;
  int headers_to = -1;  // where the response's headers go; -1: nobody wants them
  bool again = false;   // a second run is possible
};

struct CurlEnded {
  int exit = 0;
  bool refused = false;           // 401
  bool kept = false;              // nothing of it is handed on yet: a second run can take its place
  std::string headers, out, err;  // where kept
};

// SIGINT and SIGTERM go to curl while it runs. A failure: it could not be started. Throws if its output cannot be
// written.
Outcome<CurlEnded> run_curl(const CurlRun&, const Secret& header, const Interrupts&);

void hand_on(const CurlRun&, const CurlEnded&);  // what was kept; throws alike

}  // namespace tokend::client
