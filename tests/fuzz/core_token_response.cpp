// Any bytes as a token endpoint's answer: no crash, and what is accepted holds what the reader promises.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "daemon/core/error_rules.hpp"
#include "daemon/core/token_response.hpp"

namespace {

void require(bool holds)
{
  if (!holds) std::abort();
}

bool is_printable(std::string_view text)
{
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

void check(const tokend::TokenResponse& tokens)
{
  require(!tokens.access_token.empty());
  for (const auto* secret : {&tokens.access_token, &tokens.refresh_token, &tokens.id_token})
    require(is_printable(secret->reveal()));
  if (tokens.expires_in) require(*tokens.expires_in >= tokend::Seconds(1));
  require(std::ranges::is_sorted(tokens.scopes) && std::ranges::all_of(tokens.scopes, is_printable));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
  const std::string_view body(reinterpret_cast<const char*>(bytes), size);
  const auto read = tokend::read_token_reply(200, body);
  if (const auto* tokens = std::get_if<tokend::TokenResponse>(&read)) check(*tokens);
  tokend::HttpReply reply{.status = 400, .fields = {}, .body = tokend::Secret(std::string(body))};
  const tokend::HttpOutcome outcome = std::move(reply);
  require(is_printable(tokend::judge(outcome, {}, tokend::WallTime{}).sentence));
  return 0;
}
