#include "proto/account_name.hpp"

#include "tests/catch.hpp"

using Names = std::vector<std::string>;

TEST_CASE("an account's name is a word that needs no quoting")
{
  for (const char* name : {"jira", "0", "ana@acme.example", "a.b_c-d+e@F", "A"}) CHECK(tokend::is_account_name(name));
  for (const char* name : {"", ".a", "-a", "_a", "@a", "a b", "a/b", "a\n", "é", "a:b", "a%b", "a\\b"})
    CHECK_FALSE(tokend::is_account_name(name));
  CHECK(tokend::is_account_name(std::string(64, 'a')));
  CHECK_FALSE(tokend::is_account_name(std::string(65, 'a')));
  CHECK_FALSE(tokend::is_account_name(std::string_view("a\0b", 3)));
}

TEST_CASE("names that a slip of the finger away are suggested, the nearest first")
{
  const Names known{"mail", "jira-cloud", "jira", "jirra", "work"};
  CHECK(tokend::similar_names("jria", known) == Names{"jira", "jirra"});
  CHECK(tokend::similar_names("wrk", known) == Names{"work"});
  CHECK(tokend::similar_names("mails", known) == Names{"mail"});
  CHECK(tokend::similar_names("confluence", known).empty());
  CHECK(tokend::similar_names("", known).empty());
}

TEST_CASE("the name that was asked for is not suggested instead of itself")
{
  CHECK(tokend::similar_names("jira", Names{"jira", "jirra"}) == Names{"jirra"});
}

TEST_CASE("a short name resembles little")
{
  const Names known{"ab", "xyz"};
  CHECK(tokend::similar_names("a", known) == Names{"ab"});
  CHECK(tokend::similar_names("cd", known).empty());
}

TEST_CASE("at most three names are suggested")
{
  const Names known{"acct1", "acct2", "acct3", "acct4"};
  CHECK(tokend::similar_names("acct", known) == Names{"acct1", "acct2", "acct3"});
}
