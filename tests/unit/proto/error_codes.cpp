#include "proto/error_codes.hpp"

#include "tests/catch.hpp"

using namespace tokend;

namespace {

std::string parameters_of(const Error& error)
{
  std::string out;
  write_error_parameters(error, out);
  return out;
}

Error full(ErrorCode code)
{
  return {.code = code,
          .reason = "r",
          .cause = "c",
          .next = "n",
          .account = "a",
          .subject = "s",
          .similar = {"x", "y"},
          .redirect_uri = "u",
          .retry_after = 7};
}

}  // namespace

TEST_CASE("each error has the parameters that the interface declares")
{
  using enum ErrorCode;
  CHECK(parameters_of(full(kLoginRequired)) == R"({"account":"a","cause":"c","reason":"r","next":"n"})");
  CHECK(parameters_of(full(kLoginTimedOut)) == R"({"account":"a","redirectUri":"u","reason":"r","next":"n"})");
  CHECK(parameters_of(full(kTemporarilyUnavailable)) ==
        R"({"account":"a","cause":"c","reason":"r","next":"n","retryAfter":7})");
  CHECK(parameters_of(full(kDenied)) == R"({"account":"a","cause":"c","reason":"r","next":"n"})");
  CHECK(parameters_of(full(kLocked)) == R"({"reason":"r","next":"n"})");
  CHECK(parameters_of(full(kNoSuchAccount)) == R"({"account":"a","reason":"r","next":"n","similar":["x","y"]})");
  CHECK(parameters_of(full(kNoSuchProvider)) == R"({"provider":"s","similar":["x","y"]})");
  CHECK(parameters_of(full(kProviderRefused)) == R"({"account":"a","cause":"c","reason":"r","next":"n"})");
  CHECK(parameters_of(full(kAccountExists)) == R"({"account":"a","reason":"r","next":"n"})");
  CHECK(parameters_of(full(kInvalidDefinition)) == R"({"field":"s","account":"a","reason":"r","next":"n"})");
  CHECK(parameters_of(full(kInvalidParameter)) == R"({"parameter":"s","account":"a","reason":"r","next":"n"})");
  CHECK(parameters_of(full(kMethodNotFound)) == R"({"method":"s"})");
  CHECK(parameters_of(full(kInterfaceNotFound)) == R"({"interface":"s"})");
  CHECK(parameters_of(full(kExpectedMore)) == "{}");
  CHECK(parameters_of(full(kPermissionDenied)) == "{}");
  CHECK(parameters_of(full(kInternal)) == R"({"reason":"r"})");
}

TEST_CASE("parameters that may be absent are, when they are empty; others are written empty")
{
  CHECK(parameters_of({.code = ErrorCode::kTemporarilyUnavailable}) == R"({"cause":"","reason":""})");
  CHECK(parameters_of({.code = ErrorCode::kNoSuchAccount}) == R"({"account":"","similar":[]})");
}

TEST_CASE("every error comes back from the wire with what was declared")
{
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    const Error sent = full(static_cast<ErrorCode>(code));
    const Error got = read_error(names_of(sent.code).varlink, parameters_of(sent));
    INFO(names_of(sent.code).varlink);
    CHECK(got.code == sent.code);
    CHECK(parameters_of(got) == parameters_of(sent));
    CHECK_FALSE(got.reason.empty());
  }
}

TEST_CASE("a wrong parameter is told with the daemon's own sentence, and by any other service with one of ours")
{
  const Error told = read_error("org.varlink.service.InvalidParameter",
                                R"({"parameter":"scopes","reason":"it has a space","next":"do without"})");
  CHECK(told.subject == "scopes");
  CHECK(told.reason == "it has a space");
  CHECK(told.next == "do without");
  const Error bare = read_error("org.varlink.service.InvalidParameter", R"({"parameter":"scopes"})");
  CHECK(bare.reason.contains("'scopes'"));
}

TEST_CASE("the exit codes and HTTP answers are those of the interface")
{
  const auto check = [](ErrorCode code, int exit_code, int http_status) {
    CHECK(names_of(code).exit_code == exit_code);
    CHECK(names_of(code).http_status == http_status);
  };
  using enum ErrorCode;
  check(kLoginRequired, 3, 401);
  check(kLoginTimedOut, 3, 401);
  check(kTemporarilyUnavailable, 5, 503);
  check(kDenied, 6, 403);
  check(kLocked, 7, 423);
  check(kNoSuchAccount, 8, 404);
  check(kNoSuchProvider, 8, 404);
  check(kProviderRefused, 9, 502);
  check(kAccountExists, 2, 409);
  check(kInvalidDefinition, 2, 400);
  check(kPermissionDenied, 6, 403);
  check(kInternal, 1, 500);
}

TEST_CASE("an error that nobody declared is an internal one that names it")
{
  const Error error = read_error("io.tokend.Broker.FromTheFuture", R"({"reason":"x"})");
  CHECK(error.code == ErrorCode::kInternal);
  CHECK(error.reason.find("FromTheFuture") != std::string::npos);
}

TEST_CASE("an error with unreadable parameters is still that error, with a sentence")
{
  for (const char* parameters : {"", "[]", "{", R"({"account":7,"similar":[1,"x",{}]})"}) {
    const Error error = read_error("io.tokend.Broker.NoSuchAccount", parameters);
    CHECK(error.code == ErrorCode::kNoSuchAccount);
    CHECK_FALSE(error.reason.empty());
  }
}

TEST_CASE("the HTTP body says what is known and leaves out the rest")
{
  std::string out;
  write_http_error({.code = ErrorCode::kLoginRequired,
                    .reason = "jira needs a login",
                    .cause = "signed_out",
                    .next = "tokenctl login jira",
                    .account = "jira"},
                   out);
  CHECK(out == R"({"error":"login_required","error_description":"jira needs a login","account":"jira",)"
               R"("cause":"signed_out","next":"tokenctl login jira"})");
  out.clear();
  write_http_error({.code = ErrorCode::kLocked, .reason = "the vault is locked"}, out);
  CHECK(out == R"({"error":"locked","error_description":"the vault is locked"})");
  out.clear();
  write_http_error({.code = ErrorCode::kNoSuchAccount, .reason = "no", .account = "anna", .similar = {"ana"}}, out);
  CHECK(out == R"({"error":"no_such_account","error_description":"no","account":"anna","similar":["ana"]})");
}
