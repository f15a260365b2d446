#include "proto/varlink.hpp"

#include "proto/messages.hpp"
#include "tests/catch.hpp"
#include "tests/unit/proto/allocations.hpp"
#include "tests/unit/vectors.hpp"

using namespace tokend;
using varlink::Framing;

namespace {

std::string zero_ended(std::string text) { return text + '\0'; }

std::vector<std::string> messages_of(Framing& framing, std::string_view input)
{
  std::vector<std::string> messages;
  while (const auto message = framing.next(input)) messages.emplace_back(*message);
  CHECK(input.empty());
  return messages;
}

}  // namespace

TEST_CASE("pipelined messages come out one by one, in order, where they stand")
{
  const std::string bytes = zero_ended("{1}") + zero_ended("{2}") + zero_ended("");
  Framing framing;
  std::string_view input = bytes;
  const auto first = framing.next(input);
  REQUIRE(first);
  CHECK(first->data() == bytes.data());
  CHECK(*first == "{1}");
  CHECK(framing.next(input) == "{2}");
  CHECK(framing.next(input) == "");
  CHECK_FALSE(framing.next(input));
}

TEST_CASE("a message comes out whole however it was cut")
{
  const std::string bytes = zero_ended("{first}") + zero_ended("{second}");
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut)
    for (std::size_t again = cut; again <= bytes.size(); ++again) {
      Framing framing;
      std::vector<std::string> messages;
      for (const auto& piece : {bytes.substr(0, cut), bytes.substr(cut, again - cut), bytes.substr(again)})
        for (auto& message : messages_of(framing, piece)) messages.push_back(std::move(message));
      CHECK(messages == std::vector<std::string>{"{first}", "{second}"});
    }
}

TEST_CASE("a message of 64 KiB is taken, one byte more is not")
{
  const std::string most(varlink::kMostMessageBytes, 'x');
  for (const bool in_pieces : {false, true}) {
    Framing framing;
    const auto feed = [&](std::string_view bytes) { return framing.next(bytes); };
    if (in_pieces) CHECK_FALSE(feed("x"));
    CHECK(feed(zero_ended(most.substr(in_pieces))) == most);
    CHECK_FALSE(framing.too_long());
    if (in_pieces) CHECK_FALSE(feed("x"));
    CHECK_FALSE(feed(zero_ended(most.substr(in_pieces) + "x")));
    CHECK(framing.too_long());
    CHECK_FALSE(feed(zero_ended("{}")));  // nothing after it is believed
  }
}

TEST_CASE("an endless message is refused as soon as it is too long")
{
  Framing framing;
  const std::string piece(1000, 'x');
  std::size_t taken = 0;
  while (!framing.too_long() && taken < 2 * varlink::kMostMessageBytes) {
    std::string_view input = piece;
    CHECK_FALSE(framing.next(input));
    taken += piece.size();
  }
  CHECK(taken <= varlink::kMostMessageBytes + piece.size());
}

TEST_CASE("the envelope of a call is read strictly")
{
  for (const auto& vector : test::load_vectors("varlink.txt")) {
    INFO(vector.line);
    std::string scratch;
    CHECK(varlink::read_call(vector.text, scratch).has_value() == (vector.verdict == "good"));
  }
}

TEST_CASE("a call carries its flags, its method and its parameters as they were sent")
{
  std::string scratch;
  const auto call = varlink::read_call(
      R"({"parameters": {"account":"jira"}, "method":"io.tokend.Broker.Lo\u0067in","more":true,"x":[]})", scratch);
  REQUIRE(call);
  CHECK(call->method == "io.tokend.Broker.Login");
  CHECK(call->parameters == R"({"account":"jira"})");
  CHECK(call->more);
  CHECK_FALSE(call->oneway);
  CHECK_FALSE(call->upgrade);
}

TEST_CASE("calls and replies come back as they were written")
{
  std::string out, scratch;
  varlink::open_call({.method = "io.tokend.Broker.GetAccount", .more = true}, out);
  wire::write_message(wire::AccountCall{"jira"}, out);
  varlink::close_message(out);
  CHECK(out == zero_ended(R"({"method":"io.tokend.Broker.GetAccount","more":true,"parameters":{"account":"jira"}})"));

  out.clear();
  varlink::open_reply(true, out);
  wire::write_message(wire::RefreshReply{.expires_at = 12}, out);
  varlink::close_message(out);
  const auto reply = varlink::read_reply(std::string_view(out).substr(0, out.size() - 1), scratch);
  REQUIRE(reply);
  CHECK(reply->continues);
  CHECK(reply->error.empty());
  CHECK(reply->parameters == R"({"expiresAt":12})");
}

TEST_CASE("an error reply has the error's name and its parameters")
{
  std::string out;
  varlink::write_error_reply({.code = ErrorCode::kLocked, .reason = "the vault is locked", .next = "tokenctl unlock"},
                             out);
  CHECK(out == zero_ended(R"({"error":"io.tokend.Broker.Locked",)"
                          R"("parameters":{"reason":"the vault is locked","next":"tokenctl unlock"}})"));
}

TEST_CASE("a method names its interface")
{
  CHECK(varlink::interface_of("io.tokend.Broker.GetToken") == "io.tokend.Broker");
  CHECK(varlink::interface_of("GetToken").empty());
}

TEST_CASE("reading a GetToken call from a kept connection allocates nothing")
{
  const std::string bytes =
      zero_ended(R"({"method":"io.tokend.Broker.GetToken","parameters":)"
                 R"({"account":"work","minTtl":60,"scopes":["a","b"],"resource":"https://r","unknown":{"x":[1]}}})");
  Framing framing;
  std::string scratch;
  const std::size_t before = test::allocations();
  std::string_view input = bytes;
  const auto message = framing.next(input);
  const auto call = varlink::read_call(*message, scratch);
  const auto wish = wire::read_get_token(call->parameters, scratch);
  const std::size_t after = test::allocations();
  CHECK(after - before == 0);
  REQUIRE(wish);
  CHECK(wish->account == "work");
  CHECK(wish->min_ttl == 60);
  CHECK(wish->scopes.count == 2);
  CHECK(wish->resource == "https://r");
}
