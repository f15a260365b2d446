// What happened, for tests to ask: every request to the token endpoint with its outcome, how often each
// path was asked, and every secret that this server issued or was shown (for the search of canaries).
// It decides nothing and forgets nothing.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/provider_double/clock.hpp"

namespace tokend::provider_double {

struct TokenRequest {
  Instant at{};
  std::string grant_type;
  std::string credential;              // the code, refresh token or device code that was sent; may be empty
  bool outside_leeway = false;         // a refresh token superseded for longer than the leeway
  std::string outcome = "unanswered";  // "ok", an OAuth error, or the fault that kept it from being processed
  std::string fault;                   // what befell the answer
};

class Ledger {
 public:
  void count_request(std::string_view path) { ++requests_[std::string(path)]; }
  void issued(std::string_view kind, std::string_view secret);  // kind: access_token, code, client_secret ..

  TokenRequest& begin_token_request(TokenRequest request);  // valid until the next one begins
  TokenRequest& last_token_request() { return token_requests_.back(); }
  std::size_t times_sent(std::string_view credential) const;

  const std::vector<TokenRequest>& token_requests() const { return token_requests_; }
  const std::map<std::string, std::size_t>& requests() const { return requests_; }
  const std::map<std::string, std::vector<std::string>>& secrets() const { return secrets_; }

 private:
  std::vector<TokenRequest> token_requests_;
  std::map<std::string, std::size_t> requests_;              // by path
  std::map<std::string, std::vector<std::string>> secrets_;  // by kind
};

}  // namespace tokend::provider_double
