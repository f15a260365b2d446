#include "tests/provider_double/pages.hpp"

#include <fmt/format.h>

#include "tests/provider_double/grants.hpp"
#include "tests/provider_double/text.hpp"

namespace tokend::provider_double {
namespace {

constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; --ink: #1d2733; --paper: #fff; --ground: #eef1f5; --line: #d5dbe3; --accent: #1f5fbf; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6eaf0; --paper: #1c222b; --ground: #12161c; --line: #343d4a; --accent: #6ea3f2; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem;
  font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); }
main { width: 100%; max-width: 26rem; padding: 2rem; background: var(--paper); border: 1px solid var(--line);
  border-radius: .75rem; }
small { letter-spacing: .06em; text-transform: uppercase; opacity: .7; }
h1 { font-size: 1.35rem; line-height: 1.25; margin: .25rem 0 1rem; }
li { font-family: ui-monospace, monospace; }
label { display: block; margin: 1rem 0; }
select, input { font: inherit; color: inherit; width: 100%; margin-top: .25rem; padding: .5rem; background: transparent;
  border: 1px solid var(--line); border-radius: .4rem; }
.answers { display: flex; gap: .75rem; margin-top: 1.5rem; }
button { font: inherit; flex: 1; padding: .6rem; border-radius: .4rem; border: 1px solid var(--accent);
  color: var(--accent); background: transparent; cursor: pointer; }
button.yes { color: var(--paper); background: var(--accent); }
)";

std::string page(std::string_view title, std::string_view content)
{
  return fmt::format(R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{0}</title><style>{1}</style></head>
<body><main><small>Provider double</small><h1>{0}</h1>{2}</main></body></html>
)",
                     html_escaped(title), kStyle, content);
}

std::string user_choice(const Settings& settings)
{
  std::string options;
  for (const std::string_view user : {"ana", "bob"}) {
    options += fmt::format(R"(<option value="{0}"{1}>{0}@acme.example</option>)", user,
                           user == settings.user ? " selected" : "");
  }
  return fmt::format(R"(<label>Signed in as<select name="user">{}</select></label>)", options);
}

constexpr std::string_view kAnswers =
    R"(<div class="answers"><button class="yes" name="decision" value="allow">Allow</button>)"
    R"(<button name="decision" value="deny">Deny</button></div>)";

}  // namespace

std::string consent_page(const Settings& settings, const ConsentQuestion& question)
{
  std::string scopes;
  for (const auto& scope : scope_set(question.scopes)) scopes += fmt::format("<li>{}</li>", html_escaped(scope));
  return page("Allow " + settings.client_id + " to act for you?",
              fmt::format(R"(<p>It asks for:</p><ul>{}</ul><form method="post" action="/consent">)"
                          R"(<input type="hidden" name="request" value="{}">{}{}</form>)",
                          scopes, html_escaped(question.request), user_choice(settings), kAnswers));
}

std::string user_code_page(const Settings& settings, std::string_view user_code)
{
  return page("Sign in a device",
              fmt::format(R"(<form method="post" action="/device"><label>Code shown by the device)"
                          R"(<input name="user_code" value="{}" autocomplete="off" required></label>{}{}</form>)",
                          html_escaped(user_code), user_choice(settings), kAnswers));
}

std::string message_page(std::string_view title, std::string_view line)
{
  return page(title, fmt::format("<p>{}</p>", html_escaped(line)));
}

}  // namespace tokend::provider_double
