// Every parser of what comes from outside, against its vectors file: what it makes of each text, in a word.
#include "tests/unit/vectors.hpp"

#include "daemon/core/authorization_response.hpp"
#include "daemon/core/base64url.hpp"
#include "daemon/core/config.hpp"
#include "daemon/core/device.hpp"
#include "daemon/core/discovery.hpp"
#include "daemon/core/id_token.hpp"
#include "daemon/core/retry_after.hpp"
#include "daemon/core/token_response.hpp"
#include "daemon/core/url.hpp"

namespace tokend::test {
namespace {

constexpr WallTime kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + std::chrono::hours(22);

std::string seconds_of(std::optional<Seconds> time, std::string none)
{
  return time ? std::to_string(time->count()) : none;
}

std::string retry_after(const std::string& text) { return seconds_of(parse_retry_after(text, kNow), "none"); }

std::string url(const std::string& text)
{
  const auto read = parse_url(text);
  return read ? origin(*read) : "bad";
}

std::string redirect(const std::string& text)
{
  const auto read = read_authorization_response(text);
  if (!read) return "bad";
  return read->code.empty() ? "error:" + read->error : "code:" + std::string(read->code.reveal());
}

std::string token_response(const std::string& text)
{
  const TokenReply reply = read_token_reply(200, text);
  if (const auto* error = std::get_if<OAuthError>(&reply)) return "error:" + error->error;
  if (std::holds_alternative<Unreadable>(reply)) return "unreadable";
  const auto& tokens = std::get<TokenResponse>(reply);
  return "tokens:" + std::string(tokens.access_token.reveal()) + ":" + seconds_of(tokens.expires_in, "-");
}

std::string device(const std::string& text)
{
  const auto read = read_device_code({.status = 200, .fields = {}, .body = Secret(std::string(text))});
  if (!read) return read.error().code == ErrorCode::kProviderRefused ? "refused" : read.error().cause;
  return "code:" + read->user_code + ":" + seconds_of(read->interval, "-");
}

std::string discovery(const std::string& text)
{
  const auto read = parse_metadata(text, "https://id.example");
  return read ? "good:" + read->token_endpoint : read.error().cause;
}

std::string id_token(const std::string& text)
{
  const IdTokenRules rules{.issuer = "https://id.example", .client_id = "client", .nonce = "n"};
  const bool is_claims = text.starts_with('{');
  const std::string token =
      is_claims ? base64url_encode(R"({"alg":"RS256"})") + "." + base64url_encode(text) + ".c2ln" : text;
  return read_id_token(Secret(std::string(token)), rules, kNow) ? "good" : "bad";
}

std::string config(const std::string& text)
{
  const auto read = parse_config(text, "f");
  if (read) return "good";
  const std::string& reason = read.error().reason;  // "f:LINE: .."
  return reason.substr(2, reason.find(':', 2) - 2);
}

}  // namespace

TEST_CASE("each parser makes of each of its vectors what the file says")
{
  using Parser = std::string (*)(const std::string&);
  const auto [name, parser] = GENERATE(table<const char*, Parser>({{"retry_after", retry_after},
                                                                   {"url", url},
                                                                   {"redirect", redirect},
                                                                   {"token_response", token_response},
                                                                   {"device", device},
                                                                   {"discovery", discovery},
                                                                   {"id_token", id_token},
                                                                   {"config", config}}));
  for (const auto& vector : load_vectors(std::string(name) + ".txt")) {
    INFO(name << ": " << vector.line);
    CHECK(parser(vector.text) == vector.verdict);
  }
}

}  // namespace tokend::test
