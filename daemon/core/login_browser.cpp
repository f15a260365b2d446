// What comes back to the redirect URI: by a browser at the port, or pasted.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "daemon/core/login.hpp"
#include "daemon/core/login_outcome.hpp"
#include "daemon/core/url.hpp"

namespace tokend {

using namespace login;

namespace {

constexpr const char* kCopyAll = "copy all of the address, from the newest tab";

std::unexpected<Error> not_the_address(std::string why, std::string next)
{
  return fail({.code = ErrorCode::kInvalidParameter,
               .reason = std::move(why),
               .next = std::move(next),
               .subject = "redirectedUrl"});
}

Error no_more_pastes(const std::string& account, bool awaited)
{
  Error error{.code = ErrorCode::kInvalidParameter, .reason = {}, .account = account, .subject = "redirectedUrl"};
  error.reason = awaited ? "too many addresses did not fit" : "no login is waiting for an address";
  error.next = fmt::format("tokenctl login {}{}", account, awaited ? " --restart" : "");
  return error;
}

std::string_view trimmed(std::string_view text)
{
  constexpr std::string_view kBlank = " \t\r\n";
  const auto begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

bool same_place(const Url& pasted, const Url& expected)
{
  return pasted.scheme == expected.scheme && pasted.host == expected.host && port_of(pasted) == port_of(expected) &&
         pasted.path == expected.path;
}

}  // namespace

bool Login::wants_form_post() const
{
  const auto mode = plan_.definition.params.find("response_mode");
  return mode != plan_.definition.params.end() && mode->second == "form_post";
}

bool Login::is_done_path(const BrowserRequest& request) const
{
  const auto* over = in<Over>();
  return request.path == done_path() && (in<Exchanging>() || (over && over->page));
}

bool Login::is_answer_path(const BrowserRequest& request) const { return request.path == redirect_.path; }

bool Login::is_answer(const AuthorizationResponse& response) const
{
  return in<AwaitingBrowser>() && !state_.empty() && constant_time_equal(response.state, state_);
}

Claim Login::claim(const BrowserRequest& request) const
{
  if (!open_port_ || request.port != *open_port_) return Claim::kForeign;
  const bool done = is_done_path(request);
  if (!done && !is_answer_path(request)) return Claim::kForeign;
  if (!is_host_field_of(redirect_, request.host)) return Claim::kStray;
  const bool posted = !done && wants_form_post();
  if (request.prefetch || request.method != (posted ? "POST" : "GET")) return Claim::kBarred;
  if (done) return Claim::kMine;
  const auto response = read_authorization_response(posted ? request.body : request.query);
  return response && is_answer(*response) ? Claim::kMine : Claim::kStray;
}

void Login::on(BrowserReturned& returned, const Now& now)
{
  const auto& [browser, request] = returned;
  if (claim(request) != Claim::kMine) return emit(AnswerPage{browser, stale_page()});
  if (is_done_path(request)) return show_done(browser, now);
  auto response = read_authorization_response(wants_form_post() ? request.body : request.query);
  emit(AnswerPage{browser, see_other(done_path())});
  take_answer(std::move(*response), now);
}

// From here on the state is used: whatever comes with it again is stale.
void Login::take_answer(AuthorizationResponse response, const Now& now)
{
  if (auto issuer = check_issuer(response, provider_); !issuer) {
    const Error error = about(std::move(issuer.error()), plan_.account);
    return end(fail(error), failed_page(names(), error.reason, error.next), now);
  }
  if (response.code.empty()) {
    const Error error = about(refusal(response, names()), plan_.account);
    return end(fail(error), refusal_page(response, error, names()), now);
  }
  state_.clear();
  situation_ = Exchanging{};
  emit(Exchange{.kind = AttemptKind::kCode,
                .code = std::move(response.code),
                .verifier = std::move(pkce_.verifier),
                .redirect_uri = redirect_.text,
                .nonce = nonce_.empty() ? std::nullopt : std::optional(nonce_)});
}

void Login::show_done(BrowserId browser, const Now& now)
{
  if (const auto* over = in<Over>()) return emit(AnswerPage{browser, *over->page});
  auto& held = in<Exchanging>()->browsers;
  if (held.size() >= kMostHeldBrowsers) return emit(AnswerPage{browser, one_moment_page()});
  held.push_back({.browser = browser, .until = now.boot + kHoldPage});
}

void Login::let_held_go(const Now& now)
{
  auto& held = in<Exchanging>()->browsers;
  const auto is_due = [&](const Held& one) { return now.boot >= one.until; };
  for (const auto& one : held)
    if (is_due(one)) emit(AnswerPage{one.browser, one_moment_page()});
  std::erase_if(held, is_due);
}

Result<AuthorizationResponse> Login::read_pasted(std::string_view text) const
{
  const auto url = parse_url(trimmed(text));
  if (!url) return not_the_address("this is no address that a browser shows: it " + url.error().reason, kCopyAll);
  if (!same_place(*url, *parse_url(redirect_.text)))
    return not_the_address("this is not where the browser ends", "copy the address that begins with " + redirect_.text);
  auto response = read_authorization_response(url->query.value_or(""));
  if (!response) return not_the_address("this address holds no answer", kCopyAll);
  if (!is_answer(*response)) return not_the_address("this address belongs to another login", "use the newest tab");
  if (auto issuer = check_issuer(*response, provider_); !issuer) return fail(issuer.error());
  return std::move(*response);
}

void Login::on(Pasted& pasted, const Now& now)
{
  auto* awaiting = in<AwaitingBrowser>();
  if (!awaiting || awaiting->paste_tries == 0)
    return emit(AnswerPaste{fail(no_more_pastes(plan_.account, awaiting != nullptr))});
  auto response = read_pasted(pasted.url.reveal());
  if (!response) {
    --awaiting->paste_tries;
    return emit(AnswerPaste{fail(about(response.error(), plan_.account))});
  }
  emit(AnswerPaste{});
  take_answer(std::move(*response), now);
}

namespace login {

std::variant<Login*, BrowserPage> route(std::span<Login* const> logins, const BrowserRequest& request)
{
  Claim nearest = Claim::kForeign;
  for (Login* one : logins) {
    const Claim claim = one->claim(request);
    if (claim == Claim::kMine) return one;
    nearest = std::max(nearest, claim);
  }
  if (nearest == Claim::kForeign) return nothing_here_page();
  if (nearest == Claim::kStray) return stale_page();
  return request.prefetch ? empty_page() : wrong_method_page();
}

}  // namespace login
}  // namespace tokend
