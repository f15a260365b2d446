// How a browser leg fails: a no, a wrong issuer, an exchange that did not work, another user, a port that is taken.
#include "tests/unit/core/login_bench.hpp"

using namespace tokend;
using namespace tokend::login;
using namespace tokend::test;

namespace {

// What the page says to type.
std::string command_of(const BrowserPage& page)
{
  const std::string_view begin = "<pre><code>", end = "</code></pre>";
  const auto from = page.html.find(begin), to = page.html.find(end);
  if (from == std::string::npos) return "";
  std::string command = page.html.substr(from + begin.size(), to - from - begin.size());
  for (const std::string_view tag : {"<span>", "</span>"})
    for (auto at = command.find(tag); at != std::string::npos; at = command.find(tag)) command.erase(at, tag.size());
  return command;
}

}  // namespace

TEST_CASE("a denied consent ends the login as denied and says so, escaped")
{
  Bench bench(explicit_plan());
  bench.to_browser().browse(Bench::answer("error=access_denied&error_description=%3Cb%3Eno%07%22"));
  CHECK(bench.error().code == ErrorCode::kDenied);
  CHECK(bench.error().cause == "user_denied");
  CHECK(bench.error().account == "work");
  CHECK(bench.error().next == "tokenctl login work");
  CHECK_FALSE(bench.error().reason.contains('\x07'));
  bench.browse(Bench::request(bench.done_path()), 2);
  CHECK(says(bench.page(), "work was not signed in"));
  CHECK(says(bench.page(), "access_denied"));
  CHECK(says(bench.page(), "&lt;b&gt;no"));
  CHECK_FALSE(says(bench.page(), "<b>no"));
}

TEST_CASE("other errors of an authorization endpoint say whose fault they are, and what mends them")
{
  struct Row {
    const char* error;
    ErrorCode code;
    const char* cause;
    const char* next;
  };
  using enum ErrorCode;
  const auto row =
      GENERATE(Row{"invalid_scope", kProviderRefused, "bad_scope", "tokenctl set work --scope ..."},
               Row{"unauthorized_client", kProviderRefused, "bad_client", "tokenctl set work --client-id ..."},
               Row{"redirect_uri_mismatch", kProviderRefused, "bad_redirect", "tokenctl set work --redirect-uri ..."},
               Row{"server_error", kTemporarilyUnavailable, "provider_error", "tokenctl login work"},
               Row{"login_required", kLoginRequired, "consent_required", "tokenctl login work"});
  Bench bench(explicit_plan());
  bench.to_browser().browse(Bench::answer("error=" + std::string(row.error)));
  CHECK(bench.error().code == row.code);
  CHECK(bench.error().cause == row.cause);
  CHECK(bench.error().next == row.next);
  CHECK(bench.error().reason.contains(row.error));
  CHECK(bench.count<Exchange>() == 0);
  bench.browse(Bench::request(bench.done_path()), 2);
  CHECK(command_of(bench.page()) == row.next);
}

TEST_CASE("iss must be the issuer that was asked, byte for byte")
{
  Bench bench(discovered_plan());
  bench.on(Started{}).on(MetadataArrived{reply(200, metadata_document())}).on(RedirectOpened{kPort});
  SECTION("equal")
  {
    bench.browse(Bench::answer("code=c&iss=https%3A%2F%2Flogin.acme.example"));
    CHECK(bench.count<Exchange>() == 1);
  }
  SECTION("absent, and not announced")
  {
    bench.browse(Bench::answer("code=c"));
    CHECK(bench.count<Exchange>() == 1);
  }
  SECTION("another, also with an error")
  {
    const auto* const what = GENERATE("code=c", "error=access_denied");
    const auto* const iss = GENERATE("https%3A%2F%2Fevil.example", "https%3A%2F%2Flogin.acme.example%2F", "");
    bench.browse(Bench::answer(std::string(what) + "&iss=" + iss));
    CHECK(bench.count<Exchange>() == 0);
    CHECK(bench.error().code == ErrorCode::kProviderRefused);
    CHECK(bench.error().reason.contains("https://login.acme.example"));
  }
}

TEST_CASE("iss is required where the metadata announces it")
{
  Bench bench(discovered_plan());
  const auto document = metadata_document(R"(,"authorization_response_iss_parameter_supported":true)");
  bench.on(Started{}).on(MetadataArrived{reply(200, document)}).on(RedirectOpened{kPort});
  bench.browse(Bench::answer("code=c"));
  CHECK(bench.count<Exchange>() == 0);
  CHECK(bench.error().code == ErrorCode::kProviderRefused);
}

TEST_CASE("a failed exchange ends the login with its error and the page that fits")
{
  struct Row {
    Error error;
    const char* detail;
    const char* title;
  };
  const auto row = GENERATE(
      Row{{.code = ErrorCode::kProviderRefused, .reason = "no", .cause = "bad_client"},
          "invalid_client",
          "refused the app"},
      Row{{.code = ErrorCode::kTemporarilyUnavailable, .reason = "no", .cause = "provider_error"},
          "HTTP 503",
          "Almost there"},
      Row{{.code = ErrorCode::kDenied, .reason = "no", .cause = "user_denied"}, "access_denied", "was not signed in"},
      Row{{.code = ErrorCode::kLoginRequired, .reason = "no", .cause = "consent_required"}, "", "was not signed in"});
  Bench bench(explicit_plan());
  bench.to_exchange().browse(Bench::request(bench.done_path()), 2).on(ExchangeFailed{row.error, row.detail});
  CHECK(says(bench.page(), row.title));
  CHECK(says(bench.page(), row.detail));
  CHECK(bench.error().code == row.error.code);
  CHECK(bench.count<Finish>() == 1);
}

TEST_CASE("a refusal of the app is told on the page as what it is, with the terminal's next command")
{
  struct Row {
    const char* error;
    const char* says;
    const char* next;
  };
  const auto row = GENERATE(
      Row{"invalid_client", "key or secret of <b>work</b> are not (invalid_client)",
          "tokenctl set work --client-secret-file -"},
      Row{"unauthorized_client", "this app may not use this grant (unauthorized_client)", "tokenctl login work"},
      Row{"unsupported_grant_type", "this token endpoint does not do this flow (unsupported_grant_type)",
          "tokenctl set work --token-endpoint ..."},
      Row{"invalid_request", "the server calls the request malformed (invalid_request)",
          "tokenctl set work --client-auth ..."});
  Bench bench(explicit_plan());
  bench.to_exchange().browse(Bench::request(bench.done_path()), 2);
  bench.on(ExchangeFailed{
      {.code = ErrorCode::kProviderRefused, .reason = "no", .cause = "bad_client", .next = row.next}, row.error});
  CHECK(says(bench.page(), row.says));
  CHECK(command_of(bench.page()) == row.next);
  CHECK(says(bench.page(), "key or secret") == (std::string_view(row.error) == "invalid_client"));
}

TEST_CASE("the page of a failed exchange ends with what the terminal says next")
{
  const auto [code, cause, next] = GENERATE(table<ErrorCode, std::string, std::string>({
      {ErrorCode::kProviderRefused, "bad_scope", "tokenctl set work --scope ..."},
      {ErrorCode::kProviderRefused, "bad_redirect", "tokenctl set work --redirect-uri ..."},
      {ErrorCode::kTemporarilyUnavailable, "provider_error", "tokenctl login work"},
      {ErrorCode::kTemporarilyUnavailable, "tls", "add ca_file to tokend.toml"},
  }));
  Bench bench(explicit_plan());
  bench.to_exchange().browse(Bench::request(bench.done_path()), 2);
  bench.on(ExchangeFailed{{.code = code, .reason = "no", .cause = cause, .next = next}, ""});
  CHECK(bench.error().next == next);
  if (next.starts_with("tokenctl")) CHECK(command_of(bench.page()) == next);
  else CHECK(says(bench.page(), "What helps: " + next));
}

TEST_CASE("another user than before is refused by name")
{
  Bench bench(explicit_plan());
  bench.to_exchange().browse(Bench::request(bench.done_path()), 2);
  bench.on(IdentityDiffered{"bob@acme.example", "ana@acme.example"});
  CHECK(bench.error().cause == "different_user");
  CHECK(bench.error().next == "tokenctl login work --switch-user");
  CHECK(says(bench.page(), "Another user than before"));
}

TEST_CASE("a port that cannot be opened ends the login before a browser is")
{
  Bench bench(explicit_plan());
  bench.on(Started{}).on(RedirectOpened{
      fail({.code = ErrorCode::kTemporarilyUnavailable, .reason = "port 28765 is used", .cause = "port_busy"})});
  CHECK(bench.error().cause == "port_busy");
  CHECK(bench.count<Tell>() + bench.count<CloseRedirect>() == 0);
  CHECK(std::holds_alternative<Discard>(bench.effects.back()));
}

TEST_CASE("a busy port's advice is to move the callback where it was chosen")
{
  auto plan = explicit_plan();
  const Error busy{.code = ErrorCode::kTemporarilyUnavailable,
                   .reason = "port 28765 is used by another program",
                   .cause = "port_busy",
                   .next = "stop it"};
  SECTION("by the account: redirect_port would do nothing for it")
  {
    Bench bench(plan);
    bench.on(Started{}).on(RedirectOpened{fail(busy)});
    CHECK(bench.error().reason ==
          "port 28765 is used by another program; stop it, or register a callback URL with another port at the "
          "provider and give that");
    CHECK(bench.error().next == "tokenctl set work --redirect-uri ...");
  }
  SECTION("by tokend, for every account without its own")
  {
    plan.definition.redirect_uri.clear();
    Bench bench(plan);
    bench.on(Started{}).on(RedirectOpened{fail(busy)});
    CHECK(bench.error().reason == "port 28765 is used by another program");
    CHECK(bench.error().next ==
          "stop it, or set redirect_port in tokend.toml and register the new callback URL, also of every other "
          "account that has no --redirect-uri");
  }
}

TEST_CASE("an ephemeral port is put into the redirect URI, and nothing else of it changes")
{
  auto plan = explicit_plan();
  plan.definition.redirect_uri = "http://127.0.0.1/Call%2Fback?x=1";
  Bench bench(std::move(plan));
  bench.on(Started{});
  CHECK(bench.find<OpenRedirect>()->address.port == 0);
  bench.on(RedirectOpened{std::uint16_t{40001}});
  CHECK(bench.parameter("redirect_uri") == "http://127.0.0.1:40001/Call%2Fback?x=1");
  auto request = Bench::request("/Call%2Fback", "x=1&code=c0de&state=" + Bench::state());
  request.port = 40001;
  request.host = "127.0.0.1:40001";
  bench.browse(request);
  CHECK(bench.find<Exchange>()->redirect_uri == "http://127.0.0.1:40001/Call%2Fback?x=1");
}

TEST_CASE("a redirect URI elsewhere opens no port here: the answer is pasted")
{
  auto plan = explicit_plan();
  plan.definition.redirect_uri = "https://acme.example/code";
  Bench bench(std::move(plan));
  bench.on(Started{});
  CHECK(bench.count<OpenRedirect>() == 0);
  CHECK(bench.count<Tell>() == 1);
  bench.on(Pasted{Secret("https://acme.example/code?code=c0de&state=" + Bench::state())});
  CHECK(bench.count<Exchange>() == 1);
  bench.on(ExchangeSaved{"ana"});
  CHECK(std::holds_alternative<Discard>(bench.effects.back()));
}
