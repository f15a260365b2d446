// How much of a token answer is believed: sizes and counts.
#include "daemon/core/token_response.hpp"

#include "daemon/core/form.hpp"
#include "tests/catch.hpp"

namespace tokend {
namespace {

TokenResponse tokens(std::string_view body)
{
  TokenReply reply = read_token_reply(200, body);
  REQUIRE(std::holds_alternative<TokenResponse>(reply));
  return std::move(std::get<TokenResponse>(reply));
}

bool unreadable(std::string_view body) { return std::holds_alternative<Unreadable>(read_token_reply(200, body)); }

std::string with(std::string_view members) { return R"({"access_token":"A",)" + std::string(members) + "}"; }

using Texts = std::vector<std::string>;

TEST_CASE("tokens of 1 byte and of 64 KiB come back byte for byte")
{
  std::string alphabet;
  for (char c = ' '; c <= '~'; ++c)
    if (c != '"' && c != '\\') alphabet += c;
  std::string big;
  while (big.size() < 65536) big += alphabet;
  big.resize(65536);
  for (const std::string& token : {std::string("x"), alphabet, big}) {
    const auto read = tokens(R"({"access_token":")" + token + R"(","refresh_token":")" + token + "\"}");
    CHECK(read.access_token.reveal() == token);
    CHECK(read.refresh_token.reveal() == token);
    CHECK(tokens("access_token=" + percent_encode(token)).access_token.reveal() == token);
  }
}

TEST_CASE("of the granted scopes no more is believed than a list of accounts can carry")
{
  std::string many, long_ones;
  for (int i = 0; i < 300; ++i) many += "s" + std::to_string(1000 + i) + " ";
  for (int i = 0; i < 40; ++i) long_ones += std::string(1000, 'x') + std::to_string(10 + i) + " ";
  const auto first = tokens(with(R"("scope":")" + many + R"(")")).scopes;
  REQUIRE(first.size() == 256);
  CHECK(first.front() == "s1000");
  CHECK(tokens(with(R"("scope":")" + long_ones + R"(")")).scopes.size() == 16 * 1024 / 1002);
  CHECK(tokens(with(R"("scope":")" + std::string(16 * 1024 + 1, 'x') + R"( read")")).scopes == Texts{"read"});
}

TEST_CASE("a token of more than 64 KiB is none that can be used")
{
  const std::string longest(64 * 1024, 'A');
  CHECK(tokens(R"({"access_token":")" + longest + R"(","refresh_token":")" + longest + R"("})").scopes.empty());
  CHECK(unreadable(R"({"access_token":")" + longest + R"(A"})"));
  CHECK(unreadable(with(R"("refresh_token":")" + longest + R"(A")")));
}

}  // namespace
}  // namespace tokend
