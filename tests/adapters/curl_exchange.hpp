// For the curl worker's tests: a loop and a client, and requests that are waited for by running the loop.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "daemon/adapters/curl_http_client.hpp"

namespace tokend::testing {

inline HttpRequest post_to(std::string url, std::string body = "grant_type=refresh_token&refresh_token=spent")
{
  HttpRequest request{.url = std::move(url), .body = Secret(std::move(body)), .spends_credential = true};
  request.fields.push_back({"Content-Type", Secret(std::string("application/x-www-form-urlencoded"))});
  return request;
}

class Exchange {
 public:
  explicit Exchange(std::string ca_file = {}) { client.emplace(loop, std::move(ca_file)); }

  HttpId send(HttpRequest request)
  {
    const HttpId id{++last_};
    client->send(id, std::move(request), [this, id](HttpOutcome outcome) {
      outcomes.emplace(id, std::move(outcome));
      if (!wanted_ || outcomes.contains(*wanted_)) loop.stop();
    });
    return id;
  }
  HttpOutcome& wait_for(HttpId id)
  {
    wanted_ = id;
    while (!outcomes.contains(id)) loop.run();
    wanted_.reset();
    return outcomes.at(id);
  }
  HttpOutcome& perform(HttpRequest request) { return wait_for(send(std::move(request))); }

  AsioLoop loop;
  std::optional<CurlHttpClient> client;
  std::map<HttpId, HttpOutcome> outcomes;

 private:
  std::uint64_t last_ = 0;
  std::optional<HttpId> wanted_;
};

}  // namespace tokend::testing
