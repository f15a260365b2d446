#include "daemon/core/client_refusals.hpp"

#include <algorithm>
#include <iterator>

namespace tokend {
namespace {

constexpr ClientRefusal kRefusals[] = {
    {"unauthorized_client", "this app may not use this grant", "look at the app's settings at the provider", ""},
    {"unsupported_grant_type", "this token endpoint does not do this flow", "check --token-endpoint and --flow",
     "--token-endpoint"},
    {"invalid_request", "the server calls the request malformed", "compare --client-auth and the endpoints",
     "--client-auth"},
};

}  // namespace

const ClientRefusal* client_refusal(std::string_view error)
{
  const auto* const found = std::ranges::find(kRefusals, error, &ClientRefusal::error);
  return found == std::end(kRefusals) ? nullptr : found;
}

}  // namespace tokend
