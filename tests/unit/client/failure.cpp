#include "client/failure.hpp"

#include "tests/catch.hpp"

using namespace tokend;
using namespace tokend::client;

namespace {

std::string sentence(const Error& error) { return sentence_of(failure_of(error)); }

}  // namespace

TEST_CASE("an error is one sentence that names account, cause and next command")
{
  CHECK(sentence({.code = ErrorCode::kLoginRequired,
                  .reason = "jira needs a login (Atlassian revoked it on 2026-05-01)",
                  .cause = "refresh_token_revoked",
                  .next = "tokenctl login jira",
                  .account = "jira"}) ==
        "tokenctl: jira needs a login (Atlassian revoked it on 2026-05-01): run 'tokenctl login jira'");
  CHECK(sentence({.code = ErrorCode::kTemporarilyUnavailable,
                  .reason = "the disk is full, so no refresh was sent; the login is safe",
                  .next = "free some space",
                  .account = "work"}) ==
        "tokenctl: work: the disk is full, so no refresh was sent; the login is safe: free some space");
  CHECK(sentence({.code = ErrorCode::kNoSuchAccount,
                  .reason = "no account 'jria' here",
                  .next = "tokenctl list",
                  .account = "jria",
                  .similar = {"jira"}}) ==
        "tokenctl: no account 'jria' here, did you mean 'jira'? See 'tokenctl list'");
}

TEST_CASE("an account is named unless the sentence has its name as a word")
{
  CHECK(sentence({.reason = "at last", .account = "a"}) == "tokenctl: a: at last");
  CHECK(sentence({.reason = "work-2 is busy", .account = "work"}) == "tokenctl: work: work-2 is busy");
  CHECK(sentence({.reason = "see http://127.0.0.1/callback/work", .account = "work"}) ==
        "tokenctl: work: see http://127.0.0.1/callback/work");
  CHECK(sentence({.reason = "this is (work)", .account = "work"}) == "tokenctl: this is (work)");
}

TEST_CASE("what others wrote cannot reach the terminal's controls")
{
  const std::string text = sentence({.reason = "a\x1b[31mb\nc\xC2\x9B\xE2\x80\xAE", .account = "a"});
  CHECK(text.find('\x1b') == text.npos);
  CHECK(text.find('\n') == text.npos);
  CHECK(text.find("\xC2\x9B") == text.npos);
  CHECK(text.find("\xE2\x80\xAE") == text.npos);
}

TEST_CASE("with --json the failure is an object for programs")
{
  const Failure failure = failure_of({.code = ErrorCode::kLoginRequired,
                                      .reason = "jira has never been signed in",
                                      .cause = "never_signed_in",
                                      .next = "tokenctl login jira",
                                      .account = "jira"});
  CHECK(json_of(failure) == R"({"error":"login_required","exit":3,"account":"jira","cause":"never_signed_in",)"
                            R"("reason":"jira has never been signed in","next":"tokenctl login jira"})");
  CHECK(json_of(usage("x")) == R"({"error":"usage","exit":2,"reason":"x"})");
}
