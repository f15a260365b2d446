#include <sodium.h>

#include "daemon/core/base64url.hpp"
#include "daemon/core/html.hpp"
#include "daemon/core/page_layout.hpp"
#include "daemon/core/pages.hpp"
#include "tests/catch.hpp"

using namespace tokend;

namespace {

constexpr PageNames kNames{.account = "<a>&\"'", .provider = "<p>&\"'"};
constexpr std::string_view kEvil = "<script>alert(1)</script>\x1b\x00\"'&";

std::vector<BrowserPage> every_page()
{
  return {signed_in_page(kNames, kEvil, LoginLasts::kRenewed),
          one_moment_page(),
          denied_page(kNames, kEvil, kEvil),
          app_refused_page(kNames, kEvil),
          request_refused_page(kNames, *client_refusal("invalid_request"), kEvil),
          not_finished_page(kNames, kEvil, kEvil),
          failed_page(kNames, kEvil, kEvil),
          failed_page(kNames, kEvil, "tokenctl <a> <script>"),
          another_user_page(kNames, kEvil, kEvil),
          stale_page(),
          nothing_here_page(),
          wrong_method_page()};
}

std::string_view between(std::string_view text, std::string_view from, std::string_view to)
{
  const auto begin = text.find(from) + from.size();
  return text.substr(begin, text.find(to, begin) - begin);
}

}  // namespace

TEST_CASE("what is not ours stands escaped on every page")
{
  CHECK(html_escape("<a href=\"x\">&'\x01\x7f\n") == "&lt;a href=&quot;x&quot;&gt;&amp;&#39;&#xFFFD;&#xFFFD;&#xFFFD;");
  for (const auto& page : every_page()) {
    CHECK_FALSE(page.html.contains("<script"));
    CHECK_FALSE(page.html.contains("<a>"));
    CHECK_FALSE(page.html.contains("<p>&\""));
    CHECK_FALSE(page.html.contains('\x1b'));
  }
}

TEST_CASE("the hash in the policy is that of the style sheet of every page")
{
  const auto policy = content_security_policy();
  CHECK(policy.starts_with("default-src 'none'; style-src 'sha256-"));
  CHECK(policy.ends_with("'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"));
  for (const auto& page : every_page()) {
    const auto style = between(page.html, "<style>", "</style>");
    std::string hash(crypto_hash_sha256_BYTES, '\0');
    crypto_hash_sha256(reinterpret_cast<unsigned char*>(hash.data()),
                       reinterpret_cast<const unsigned char*>(style.data()), style.size());
    CHECK(between(policy, "'sha256-", "'") == base64_encode(hash));
  }
}

TEST_CASE("a page is whole in itself: no script, no style attribute, nothing fetched")
{
  for (const auto& page : every_page()) {
    CHECK(page.html.starts_with("<!doctype html>"));
    for (const auto* const word : {"<script", " style=", "src=", "href=", "url(", "@import", "http://", "https://"})
      CHECK_FALSE(page.html.contains(word));
  }
}

TEST_CASE("a page promises no more of a login than there is")
{
  const PageNames names{.account = "jira", .provider = "Atlassian"};
  CHECK(signed_in_page(names, "", LoginLasts::kRenewed).html.contains("keeps this login fresh"));
  for (const auto lasts : {LoginLasts::kUntilItsTokenEnds, LoginLasts::kUntilRevoked})
    CHECK_FALSE(signed_in_page(names, "", lasts).html.contains("keeps this login fresh"));
  CHECK(signed_in_page(names, "", LoginLasts::kUntilItsTokenEnds).html.contains("this login ends with its token"));
  CHECK(signed_in_page(names, "", LoginLasts::kUntilRevoked).html.contains("until somebody revokes it"));
}

TEST_CASE("every page is titled by what happened and says what to do next")
{
  const PageNames names{.account = "jira", .provider = "Atlassian"};
  CHECK(signed_in_page(names, "ana", LoginLasts::kRenewed).html.contains("<title>jira is signed in</title>"));
  CHECK(signed_in_page(names, "ana", LoginLasts::kRenewed).html.contains("Atlassian knows you as <b>ana</b>"));
  CHECK_FALSE(signed_in_page(names, "", LoginLasts::kRenewed).html.contains("knows you"));
  CHECK(between(denied_page(names, "access_denied", "").html, "<pre><code>", "</code></pre>") ==
        "<span>tokenctl</span> <span>login</span> <span>jira</span>");
  CHECK(stale_page().status == 400);
  CHECK(nothing_here_page().status == 404);
  CHECK(nothing_here_page().html.contains(
      "only while a login is under way, and for five minutes after one that nobody finished"));
  CHECK(wrong_method_page().status == 405);
  CHECK(one_moment_page().refresh == Seconds(2));
  CHECK(see_other("/done/x").status == 303);
  CHECK(see_other("/done/x").location == "/done/x");
}
