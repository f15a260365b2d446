#include "daemon/core/page_layout.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>

#include "daemon/core/base64url.hpp"
#include "daemon/core/html.hpp"

namespace tokend {
namespace {

constexpr std::string_view kStyle = R"(
:root {
  color-scheme: light dark;
  --ground: #f3f4f6; --sheet: #ffffff; --edge: #e3e5ea; --ink: #1b1f27; --soft: #596172; --well: #f3f4f7;
  --done: #17734a; --done-well: #e2f4ea; --wait: #2857b8; --wait-well: #e5edfb;
  --trouble: #a3431c; --trouble-well: #fbebe2; --plain: #515a6b; --plain-well: #eceef2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #111419; --sheet: #1a1e25; --edge: #2b313b; --ink: #e8ebf0; --soft: #a2abba; --well: #12151a;
    --done: #6fd3a0; --done-well: #173527; --wait: #8fb4ff; --wait-well: #1b2b4b;
    --trouble: #f2a77f; --trouble-well: #3d2518; --plain: #b4bcc9; --plain-well: #2a303a;
  }
}
* { box-sizing: border-box; }
html { height: 100%; }
body {
  min-height: 100%; margin: 0; padding: 1.25rem; display: flex; flex-direction: column; align-items: center;
  background: var(--ground); color: var(--ink);
  font: 1.0625rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, Cantarell, "Noto Sans", sans-serif;
  -webkit-text-size-adjust: 100%; text-size-adjust: 100%;
}
main {
  width: 100%; max-width: 33rem; margin: auto; padding: 2.5rem 2.5rem 2.25rem;
  background: var(--sheet); border: 1px solid var(--edge); border-radius: 16px;
  box-shadow: 0 1px 2px rgb(0 0 0 / 4%), 0 12px 32px rgb(0 0 0 / 6%);
}
.mark {
  display: block; width: 3.25rem; height: 3.25rem; margin-bottom: 1.5rem; border-radius: 50%;
  color: var(--plain); background: var(--plain-well);
}
.done .mark { color: var(--done); background: var(--done-well); }
.waiting .mark { color: var(--wait); background: var(--wait-well); }
.trouble .mark { color: var(--trouble); background: var(--trouble-well); }
.turning { transform-origin: 50% 50%; animation: turn 1.4s linear infinite; }
@keyframes turn { to { transform: rotate(360deg); } }
h1 { margin: 0 0 .625rem; font-size: 1.625rem; line-height: 1.25; font-weight: 650; letter-spacing: -.01em; }
h1, p, .quote { overflow-wrap: anywhere; text-wrap: pretty; }
p { margin: 0; }
.quote { margin: 1rem 0 0; padding-left: .875rem; border-left: 3px solid var(--edge); color: var(--soft); }
.next { margin-top: 1.25rem; color: var(--soft); }
b { font-weight: 600; }
code { font: .9375rem/1.6 ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
pre {
  margin: .75rem 0 0; padding: .75rem 1rem; border: 1px solid var(--edge); border-radius: 10px;
  background: var(--well); white-space: pre-wrap; overflow-wrap: anywhere; user-select: all;
}
pre span { display: inline-block; max-width: 100%; }
footer { padding-top: 1.25rem; color: var(--soft); font-size: .8125rem; text-align: center; }
@media (max-width: 30rem) {
  main { padding: 1.75rem 1.5rem; }
  h1 { font-size: 1.4375rem; }
}
@media (prefers-reduced-motion: reduce) { .turning { animation-duration: 8s; } }
)";

std::string_view class_of_mood(Mood mood)
{
  switch (mood) {
    case Mood::kDone: return "done";
    case Mood::kWaiting: return "waiting";
    case Mood::kTrouble: return "trouble";
    case Mood::kNeutral: return "neutral";
  }
  return "";
}

std::string_view strokes(Mood mood)
{
  switch (mood) {
    case Mood::kDone: return R"(<path d="M16 27l7 7 14-15"/>)";
    case Mood::kWaiting: return R"(<path class="turning" d="M26 15a11 11 0 1 1-11 11"/>)";
    case Mood::kTrouble: return R"(<path d="M26 16v13M26 35.5v.5"/>)";
    case Mood::kNeutral: return R"(<path d="M17 26h.5M26 26h.5M35 26h.5"/>)";
  }
  return "";
}

std::string mark(Mood mood)
{
  return fmt::format(R"(<svg class="mark" viewBox="0 0 52 52" aria-hidden="true"><g fill="none" stroke="currentColor" )"
                     R"(stroke-width="3.5" stroke-linecap="round" stroke-linejoin="round">{}</g></svg>)",
                     strokes(mood));
}

// Each word in an element of its own: a line may break between words, not at the hyphens of an option.
std::string command_html(std::string_view command)
{
  std::string out = "<pre><code>";
  while (!command.empty()) {
    const auto length = std::min(command.find(' '), command.size());
    out += fmt::format("<span>{}</span>", html_escape(command.substr(0, length)));
    command.remove_prefix(length);
    if (command.empty()) break;
    out += ' ';
    command.remove_prefix(1);
  }
  return out + "</code></pre>\n";
}

std::string quote_html(std::string_view quote)
{
  return quote.empty() ? std::string()
                       : fmt::format("<blockquote class=\"quote\">{}</blockquote>\n", html_escape(quote));
}

std::string next_step(const PageText& text)
{
  const auto words = text.next.empty() ? std::string() : fmt::format("<p class=\"next\">{}</p>\n", text.next);
  return text.command.empty() ? words : words + command_html(text.command);
}

}  // namespace

std::string page_document(const PageText& text)
{
  const auto title = html_escape(text.title);
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"robots\" content=\"noindex\">\n<title>{}</title>\n<style>{}</style>\n</head>\n"
      "<body class=\"{}\">\n<main>\n{}\n<h1>{}.</h1>\n<p>{}</p>\n{}{}</main>\n"
      "<footer>tokend, on your own machine</footer>\n</body>\n</html>\n",
      title, kStyle, class_of_mood(text.mood), mark(text.mood), title, text.line, quote_html(text.quote),
      next_step(text));
}

std::string content_security_policy()
{
  std::string hash(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(hash.data()),
                     reinterpret_cast<const unsigned char*>(kStyle.data()), kStyle.size());
  return fmt::format(
      "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      base64_encode(hash));
}

}  // namespace tokend
