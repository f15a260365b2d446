// Any bytes as a token endpoint's answer: no crash, and what is accepted holds what the reader promises.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "daemon/core/error_rules.hpp"
#include "daemon/core/token_response.hpp"
#include "tests/fuzz/check.hpp"

namespace {

bool is_printable(std::string_view text)
{
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

void check_promises(const tokend::TokenResponse& tokens)
{
  tokend::fuzz::check(!tokens.access_token.empty());
  for (const auto* secret : {&tokens.access_token, &tokens.refresh_token, &tokens.id_token})
    tokend::fuzz::check(is_printable(secret->reveal()));
  if (tokens.expires_in) tokend::fuzz::check(*tokens.expires_in >= tokend::Seconds(1));
  tokend::fuzz::check(std::ranges::is_sorted(tokens.scopes) && std::ranges::all_of(tokens.scopes, is_printable));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
  const std::string_view body = tokend::fuzz::text_of(bytes, size);
  const auto read = tokend::read_token_reply(200, body);
  if (const auto* tokens = std::get_if<tokend::TokenResponse>(&read)) check_promises(*tokens);
  tokend::HttpReply reply{.status = 400, .fields = {}, .body = tokend::Secret(std::string(body))};
  const tokend::HttpOutcome outcome = std::move(reply);
  tokend::fuzz::check(is_printable(tokend::judge(outcome, {}, tokend::WallTime{}).sentence));
  return 0;
}
