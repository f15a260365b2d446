#include "tests/provider_double/ledger.hpp"

#include <algorithm>

namespace tokend::provider_double {

void Ledger::issued(std::string_view kind, std::string_view secret)
{
  auto& known = secrets_[std::string(kind)];
  if (!secret.empty() && std::ranges::find(known, secret) == known.end()) known.emplace_back(secret);
}

TokenRequest& Ledger::begin_token_request(TokenRequest request)
{
  token_requests_.push_back(std::move(request));
  return token_requests_.back();
}

std::size_t Ledger::times_sent(std::string_view credential) const
{
  return static_cast<std::size_t>(std::ranges::count(token_requests_, credential, &TokenRequest::credential));
}

}  // namespace tokend::provider_double
