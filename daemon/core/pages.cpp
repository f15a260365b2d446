#include "daemon/core/pages.hpp"

#include <fmt/format.h>

#include "daemon/core/html.hpp"
#include "daemon/core/page_layout.hpp"

namespace tokend {
namespace {

constexpr Seconds kOneMoment{2};

BrowserPage page(const PageText& text, int status = 200) { return {.status = status, .html = page_document(text)}; }

std::string in_brackets(std::string_view detail)
{
  return detail.empty() ? std::string() : fmt::format(" ({})", html_escape(detail));
}

std::string login_command(const PageNames& names) { return fmt::format("tokenctl login {}", names.account); }

std::string not_signed_in(const PageNames& names) { return fmt::format("{} was not signed in", names.account); }

PageText ending_with(std::string_view next, PageText text)
{
  if (next.empty() || next == text.command) return text;
  const bool is_command = next.starts_with("tokenctl ");
  text.next = is_command ? "What helps:" : "What helps: " + html_escape(next);
  text.command = is_command ? next : "";
  return text;
}

std::string_view words_of(LoginLasts lasts)
{
  switch (lasts) {
    case LoginLasts::kUntilItsTokenEnds: return "no refresh token came, so this login ends with its token.";
    case LoginLasts::kUntilRevoked: return "its token is good until somebody revokes it.";
    default: return "tokend keeps this login fresh from now on.";
  }
}

// Of a sentence: on a page it begins one.
std::string capitalised(std::string_view words)
{
  std::string text(words);
  if (text.front() >= 'a' && text.front() <= 'z') text.front() = static_cast<char>(text.front() - 'a' + 'A');
  return text;
}

}  // namespace

BrowserPage signed_in_page(const PageNames& names, std::string_view identity, LoginLasts lasts)
{
  const auto who = identity.empty()
                       ? std::string()
                       : fmt::format("{} knows you as <b>{}</b>; ", html_escape(names.provider), html_escape(identity));
  return page({.mood = Mood::kDone,
               .title = fmt::format("{} is signed in", names.account),
               .line = who + std::string(words_of(lasts)),
               .next = "You can close this tab and return to the terminal."});
}

BrowserPage one_moment_page()
{
  auto out = page({.mood = Mood::kWaiting,
                   .title = "One moment",
                   .line = "Your yes has arrived; tokend is fetching the token.",
                   .next = "This page renews itself."});
  out.refresh = kOneMoment;
  return out;
}

BrowserPage denied_page(const PageNames& names, std::string_view error, std::string_view description)
{
  return page({.mood = Mood::kTrouble,
               .title = not_signed_in(names),
               .line = fmt::format("The answer was no{}. Nothing has changed.", in_brackets(error)),
               .quote = description.empty() ? "" : fmt::format("{}: \u201c{}\u201d", names.provider, description),
               .next = "To try again:",
               .command = login_command(names)});
}

BrowserPage app_refused_page(const PageNames& names, std::string_view error)
{
  return page({.mood = Mood::kTrouble,
               .title = fmt::format("{} refused the app", names.provider),
               .line = fmt::format("The consent was fine, but key or secret of <b>{}</b> are not{}.",
                                   html_escape(names.account), in_brackets(error)),
               .next = "Copy them again from where the app is registered, then:",
               .command = fmt::format("tokenctl set {} --client-secret-file -", names.account)});
}

BrowserPage request_refused_page(const PageNames& names, const ClientRefusal& refusal, std::string_view next)
{
  return page({.mood = Mood::kTrouble,
               .title = fmt::format("{} refused the request", names.provider),
               .line = fmt::format("The consent was fine, but {}{}.", refusal.why, in_brackets(refusal.error)),
               .next = capitalised(refusal.look) + ", then:",
               .command = std::string(next)});
}

BrowserPage not_finished_page(const PageNames& names, std::string_view detail, std::string_view next)
{
  return page(ending_with(
      next, {.mood = Mood::kTrouble,
             .title = "Almost there",
             .line = fmt::format("{} did not finish the sign-in{}; your earlier login, if any, is untouched.",
                                 html_escape(names.provider), in_brackets(detail)),
             .next = "In a minute:",
             .command = login_command(names)}));
}

BrowserPage failed_page(const PageNames& names, std::string_view sentence, std::string_view next)
{
  return page(ending_with(next, {.mood = Mood::kTrouble,
                                 .title = not_signed_in(names),
                                 .line = html_escape(sentence) + ". Nothing has changed.",
                                 .next = "To try again:",
                                 .command = login_command(names)}));
}

BrowserPage another_user_page(const PageNames& names, std::string_view now, std::string_view before)
{
  return page({.mood = Mood::kTrouble,
               .title = "Another user than before",
               .line = fmt::format("You are <b>{}</b>, {} belonged to <b>{}</b>; nothing was replaced.",
                                   html_escape(now), html_escape(names.account), html_escape(before)),
               .next = "If you want to change the user:",
               .command = login_command(names) + " --switch-user"});
}

BrowserPage stale_page()
{
  return page({.mood = Mood::kNeutral,
               .title = "This page has had its day",
               .line = "The address belongs to no login that is waiting here.",
               .next = "If you are signing in, use the newest tab or start again in the terminal. If someone sent you "
                       "the link, close this page and do not copy its address."},
              400);
}

BrowserPage nothing_here_page()
{
  return page(
      {.mood = Mood::kNeutral,
       .title = "Nothing here",
       .line = "tokend listens on this address only while a login is under way, and for five minutes after one that "
               "nobody finished."},
      404);
}

BrowserPage wrong_method_page()
{
  auto out = nothing_here_page();
  out.status = 405;
  return out;
}

BrowserPage empty_page() { return {.status = 204, .html = ""}; }

BrowserPage see_other(std::string path) { return {.status = 303, .html = "", .location = std::move(path)}; }

}  // namespace tokend
