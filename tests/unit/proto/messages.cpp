#include "proto/messages.hpp"

#include "tests/catch.hpp"

using namespace tokend;
using namespace tokend::wire;

namespace {

template <class Message> std::string json_of(const Message& message)
{
  std::string out;
  write_message(message, out);
  return out;
}

// What is read is written back the same.
template <class Message> void check_round_trip(const std::string& json)
{
  INFO(json);
  const Result<Message> message = read_message<Message>(json);
  REQUIRE(message);
  CHECK(json_of(*message) == json);
}

template <class Message> std::string refused_for(std::string_view json)
{
  INFO(json);
  const Result<Message> message = read_message<Message>(json);
  REQUIRE_FALSE(message);
  CHECK(message.error().code == ErrorCode::kInvalidParameter);
  return message.error().subject;
}

std::string refused_token_call(std::string_view json)
{
  std::string scratch;
  const auto call = read_get_token(json, scratch);
  REQUIRE_FALSE(call);
  CHECK(call.error().code == ErrorCode::kInvalidParameter);
  return call.error().subject;
}

}  // namespace

TEST_CASE("every message is written as it was read, all fields given")
{
  check_round_trip<TokenReply>(
      R"({"accessToken":"t","tokenType":"Bearer","expiresAt":1,"scopes":["a","b"],"account":"x",)"
      R"("apiBase":"https://api","headers":{"X-A":"1","X-B":"2"}})");
  check_round_trip<LoginCall>(
      R"({"account":"x","flow":"device","scopes":["a"],"display":true,"restart":true,"switchUser":true,"timeout":300})");
  check_round_trip<LoginReply>(
      R"({"stage":"choose","url":"https://u","redirectUri":"http://r","pasteAllowed":true,"certificateSha256":"aa",)"
      R"("userCode":"AB-CD","verificationUri":"https://v","verificationUriComplete":"https://v?c",)"
      R"("choices":[{"id":"1","label":"acme","detail":"https://acme"},{"id":"2","label":"b"}],"hint":"h",)"
      R"("deadline":9,"identity":"ana"})");
  check_round_trip<CompleteLoginCall>(R"({"account":"x","redirectedUrl":"http://r?code=1"})");
  check_round_trip<AccountCall>(R"({"account":"x"})");
  check_round_trip<RefreshCall>(R"({"account":"x","timeout":5})");
  check_round_trip<RefreshReply>(R"({"expiresAt":5})");
  check_round_trip<ForgetCall>(R"({"account":"x","localOnly":true})");
  check_round_trip<LogoutReply>(R"({"revoked":true,"reason":"r","revokePage":"https://p","alsoSignedOut":["y"]})");
  check_round_trip<RemoveAccountReply>(R"({"revoked":false,"reason":"r","revokePage":"https://p"})");
  check_round_trip<AddAccountCall>(
      R"({"account":"x","definition":{"provider":"p","issuer":"i","authorizationEndpoint":"a","tokenEndpoint":"t",)"
      R"("deviceEndpoint":"d","revocationEndpoint":"r","clientAuth":"post","basicEncoding":"raw",)"
      R"("insecureLoopback":true,"sharedRedirect":false,"clientKey":"k","mcp":"m","clientId":"c","clientSecret":"s",)"
      R"("flow":"code","scopes":["a"],"redirectUri":"http://r","urls":[],"shares":"y","vars":{"v":"1"},)"
      R"("params":{"b":"2","a":"1"},"policy":{"allow":[{"uid":0}]}},"dryRun":true})");
  check_round_trip<AddAccountReply>(R"({"redirectUri":"http://r"})");
  check_round_trip<UpdateAccountCall>(R"({"account":"x","definition":{"scopes":[]},"dryRun":true})");
  check_round_trip<UpdateAccountReply>(R"({"changed":["scopes"],"needsLogin":true})");
  check_round_trip<GetAccountReply>(
      R"({"status":{"account":"x","provider":"oidc","flow":"code","state":"needs_login","usable":false,)"
      R"("cause":"refresh_token_revoked","reason":"r","next":"n","since":1,"identity":"ana","clientId":"c",)"
      R"("scopes":["a"],"redirectUri":"http://r","urls":["https://u"],"shares":"y","apiBase":"b","expiresAt":2,)"
      R"("refreshIssuedAt":3,"refreshExpiresAt":4,"refreshIdleAt":5,"nextAttemptAt":6,"attempts":7,)"
      R"("lastRefreshAt":8,"lastErrorAt":9,"lastError":"e","lastUsedAt":10,"lastUsedOn":"2026-01-31","signedInAt":11,)"
      R"("issuer":"i","authorizationEndpoint":"z","tokenEndpoint":"t","clientAuth":"basic",)"
      R"("params":{"p":"q"}}})");
  check_round_trip<DaemonStatus>(
      R"({"version":"0.1.0","pid":1,"startedAt":2,"state":"degraded","cause":"disk_full","reason":"r","next":"n",)"
      R"("accounts":3,"needLogin":1,"pendingLogins":0,"socket":"/s","stateDir":"/d"})");
  check_round_trip<SubscribeCall>(R"({"accounts":["x"]})");
  check_round_trip<Event>(
      R"({"event":"state","at":1,"account":"x","state":"fresh","cause":"c","reason":"r","next":"n","expiresAt":2})");
  check_round_trip<ServiceInfo>(
      R"({"vendor":"v","product":"p","version":"1","url":"u","interfaces":["org.varlink.service"]})");
  check_round_trip<InterfaceDescriptionCall>(R"({"interface":"io.tokend.Broker"})");
  check_round_trip<InterfaceDescriptionReply>(R"({"description":"interface x\n"})");
}

TEST_CASE("what does not apply is not written")
{
  check_round_trip<TokenReply>(R"({"accessToken":"t","tokenType":"Bearer","scopes":[],"account":"x"})");
  check_round_trip<LoginReply>(R"({"stage":"waiting"})");
  check_round_trip<ListAccountsReply>(R"({"total":0})");
  check_round_trip<UpdateAccountCall>(R"({"account":"x","definition":{}})");
  check_round_trip<RefreshReply>("{}");
  check_round_trip<Event>(R"({"event":"synced","at":1})");
}

TEST_CASE("null is absent, unknown fields are ignored, no parameters are an empty object")
{
  const auto call = read_message<LoginCall>(R"({"later":{"a":[1]},"account":"x","flow":null,"timeout":null})");
  REQUIRE(call);
  CHECK(call->account == "x");
  CHECK_FALSE(call->flow);
  CHECK_FALSE(call->timeout);
  CHECK(read_message<SubscribeCall>(""));
}

TEST_CASE("what is wrong with a message is told by the field's name")
{
  CHECK(refused_for<LoginCall>("{}") == "account");
  CHECK(refused_for<LoginCall>(R"({"account":null})") == "account");
  CHECK(refused_for<LoginCall>(R"({"account":7})") == "account");
  CHECK(refused_for<LoginCall>(R"({"account":"x","account":"y"})") == "account");
  CHECK(refused_for<LoginCall>(R"({"account":"x","flow":null,"flow":"code"})") == "flow");
  CHECK(refused_for<LoginCall>(R"({"account":"x","flow":"magic"})") == "flow");
  CHECK(refused_for<LoginCall>(R"({"account":"x","timeout":"30"})") == "timeout");
  CHECK(refused_for<LoginCall>(R"({"account":"x","timeout":1.5})") == "timeout");
  CHECK(refused_for<LoginCall>(R"({"account":"x","display":1})") == "display");
  CHECK(refused_for<LoginCall>(R"({"account":"x","scopes":"a b"})") == "scopes");
  CHECK(refused_for<LoginCall>(R"({"account":"x","scopes":["a",1]})") == "scopes");
  CHECK(refused_for<AddAccountCall>(R"({"account":"x"})") == "definition");
  CHECK(refused_for<AddAccountCall>(R"({"account":"x","definition":[]})") == "definition");
  CHECK(refused_for<AddAccountCall>(R"({"account":"x","definition":{"scopes":7}})") == "definition.scopes");
  CHECK(refused_for<AddAccountCall>(R"({"account":"x","definition":{"params":{"a":1}}})") == "definition.params.a");
  CHECK(refused_for<AddAccountCall>(R"({"account":"x","definition":{"vars":{"a":"1","a":"2"}}})") ==
        "definition.vars.a");
  CHECK(refused_for<AccountCall>("[]") == "parameters");
  CHECK(refused_for<AccountCall>("7") == "parameters");
  CHECK(refused_for<AccountCall>(R"({"account":"x")") == "parameters");
  CHECK(refused_for<AccountCall>(R"({"account":"x"} {})") == "parameters");
}

TEST_CASE("a GetToken call is read in full")
{
  std::string scratch;
  const auto call = read_get_token(
      R"({"account":"x","minTtl":60,"scopes":["a","b"],"resource":"r","audience":"u","kind":"id","rejected":"old",)"
      R"("challenge":"Bearer","login":true,"timeout":5})",
      scratch);
  REQUIRE(call);
  CHECK(call->account == "x");
  CHECK(call->min_ttl == 60);
  CHECK(std::vector<std::string_view>(call->scopes.begin(), call->scopes.end()) ==
        std::vector<std::string_view>{"a", "b"});
  CHECK(call->resource == "r");
  CHECK(call->audience == "u");
  CHECK(call->kind == TokenKind::kId);
  CHECK(call->rejected == "old");
  CHECK(call->challenge == "Bearer");
  CHECK(call->login);
  CHECK(call->timeout == 5);
  CHECK(json_of(*call) ==
        R"({"account":"x","minTtl":60,"scopes":["a","b"],"resource":"r","audience":"u","kind":"id","rejected":"old",)"
        R"("challenge":"Bearer","login":true,"timeout":5})");
}

TEST_CASE("a GetToken call with escapes is read all the same")
{
  std::string scratch;
  const auto call = read_get_token(R"({"acc\u006funt":"\u0078","scopes":["\u0061","b","\u0063"]})", scratch);
  REQUIRE(call);
  CHECK(call->account == "x");
  REQUIRE(call->scopes.count == 3);
  CHECK(call->scopes.items[0] == "a");
  CHECK(call->scopes.items[2] == "c");
}

TEST_CASE("a GetToken call asks for at most 16 scopes")
{
  std::string scopes = R"("s")";
  for (std::size_t i = 1; i < kMostScopesInACall; ++i) scopes += R"(,"s")";
  std::string scratch;
  CHECK(read_get_token(R"({"account":"x","scopes":[)" + scopes + "]}", scratch));
  CHECK(refused_token_call(R"({"account":"x","scopes":[)" + scopes + R"(,"s"]})") == "scopes");
}

TEST_CASE("a GetToken call of the wrong shape is refused by name")
{
  CHECK(refused_token_call("{}") == "account");
  CHECK(refused_token_call(R"({"account":"x","minTtl":"60"})") == "minTtl");
  CHECK(refused_token_call(R"({"account":"x","login":"1"})") == "login");
  CHECK(refused_token_call(R"({"account":"x","kind":"refresh"})") == "kind");
}

TEST_CASE("enumerations are spelt as the interface spells them, both ways")
{
  for (const auto state : {State::kSignedOut, State::kSigningIn, State::kIdle, State::kFresh, State::kRefreshing,
                           State::kBackingOff, State::kNeedsLogin})
    CHECK(from_name<State>(name_of(state)) == state);
  CHECK(name_of(State::kBackingOff) == "backing_off");
  CHECK(name_of(DaemonState::kReadOnly) == "read_only");
  CHECK(name_of(Stage::kEnterCode) == "enter_code");
  CHECK(name_of(EventKind::kDaemon) == "daemon");
  CHECK_FALSE(from_name<State>("Fresh"));
}
