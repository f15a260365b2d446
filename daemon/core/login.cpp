#include "daemon/core/login.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "daemon/core/authorization.hpp"
#include "daemon/core/base64url.hpp"
#include "daemon/core/device.hpp"
#include "daemon/core/login_outcome.hpp"

namespace tokend {

using namespace login;

namespace {

std::string text_of(std::span<const std::byte> random)
{
  return base64url_encode({reinterpret_cast<const char*>(random.data()), random.size()});
}

AccountDefinition definition_for(const Plan& plan)
{
  auto definition = plan.definition;
  definition.flow = plan.flow;  // says which endpoints are needed
  return definition;
}

// A secret is sent nowhere but where it was entered for: that is found out before a person is asked for anything.
Result<void> check_places(const Plan& plan, const Provider& provider)
{
  if (plan.secret == ClientSecret::kAbsent) return {};
  const AllowedOrigins allowed = allowed_origins(plan.definition, plan.fixed_origins, provider);
  const bool device = plan.flow == Flow::kDevice;
  for (const std::string* place : {&provider.token_endpoint, &provider.device_endpoint}) {
    if (place == &provider.device_endpoint && !device) continue;
    auto admitted = allowed.admit(*place);
    if (admitted) continue;
    admitted.error().subject = place == &provider.device_endpoint ? "deviceEndpoint" : "tokenEndpoint";
    return fail(admitted.error());
  }
  return {};
}

Error no_device_code(const Judgement& judgement)
{
  Error error = unanswered(judgement);
  if (error.cause == "endpoint_changed") error.subject = "deviceEndpoint";
  return error;
}

}  // namespace

Login::Login(Plan plan, const Entropy& entropy)
    : plan_(std::move(plan)),
      provider_name_(provider_name(plan_.definition)),
      state_(text_of(entropy.state)),
      nonce_(asks_for_openid(plan_.scopes) ? text_of(entropy.nonce) : std::string()),
      done_(text_of(entropy.done)),
      pkce_(make_pkce(entropy.verifier))
{
}

Effects Login::handle(Event event, const Now& now)
{
  std::visit([&](auto& happened) { on(happened, now); }, event);
  return std::exchange(effects_, {});
}

void Login::on(Started&, const Now& now)
{
  if (!in<Starting>()) return;
  started_ = now.boot;
  deadline_ = now.boot + plan_.timeout;
  if (!needs_discovery(plan_.definition)) return adopt_provider(nullptr, now);
  situation_ = Discovering{MetadataSearch(plan_.definition.issuer)};
  fetch_next_metadata(now);
}

void Login::fetch_next_metadata(const Now& now)
{
  auto& places = in<Discovering>()->places;
  if (auto url = places.next()) return emit(FetchMetadata{std::move(*url)});
  if (places.trouble()) return fail_early(*places.trouble(), now);
  adopt_provider(nullptr, now);
}

void Login::on(MetadataArrived& arrived, const Now& now)
{
  auto* discovering = in<Discovering>();
  if (!discovering) return;
  const auto metadata = discovering->places.read(arrived.outcome, now.wall);
  if (metadata) return adopt_provider(&*metadata, now);
  fetch_next_metadata(now);
}

void Login::adopt_provider(const Metadata* metadata, const Now& now)
{
  auto provider = resolve(definition_for(plan_), metadata, plan_.secret);
  if (!provider)
    return fail_early(in<Discovering>() && !metadata ? no_metadata(plan_.definition) : provider.error(), now);
  if (auto checked = check_places(plan_, *provider); !checked) return fail_early(checked.error(), now);
  provider_ = std::move(*provider);
  if (metadata) metadata_ = *metadata;
  if (plan_.flow == Flow::kDevice) {
    situation_ = AskingDevice{};
    return emit(AskDevice{});
  }
  auto redirect = redirect_uri_of(plan_.definition, plan_.redirect_port);
  if (!redirect) return fail_early(redirect.error(), now);
  redirect_ = std::move(*redirect);
  if (!redirect_.listen) return ask_person(now);
  situation_ = OpeningRedirect{};
  emit(OpenRedirect{*redirect_.listen});
}

void Login::on(RedirectOpened& opened, const Now& now)
{
  if (!in<OpeningRedirect>()) {
    if (opened.port) emit(CloseRedirect{*opened.port});
    return;
  }
  if (!opened.port) return fail_early(not_opened(std::move(opened.port.error()), plan_), now);
  open_port_ = *opened.port;
  redirect_ = with_port(std::move(redirect_), *opened.port);
  ask_person(now);
}

void Login::ask_person(const Now& now)
{
  auto url = authorization_url({.provider = provider_,
                                .client_id = plan_.definition.client_id,
                                .redirect_uri = redirect_.text,
                                .scopes = plan_.scopes,
                                .params = plan_.definition.params,
                                .state = state_,
                                .challenge = pkce_.challenge,
                                .nonce = nonce_});
  if (!url) return fail_early(url.error(), now);
  url_ = std::move(*url);
  situation_ = AwaitingBrowser{.hint_at = now.boot + kHintAfter, .hinted = false, .paste_tries = kPasteTries};
  emit(Tell{browser_progress(now)});
}

Progress Login::browser_progress(const Now& now) const
{
  return {.stage = Progress::Stage::kOpenBrowser,
          .url = url_,
          .redirect_uri = redirect_.text,
          .paste_allowed = true,
          .deadline = wall_deadline(now)};
}

WallTime Login::wall_deadline(const Now& now) const
{
  return now.wall + std::chrono::duration_cast<Seconds>(deadline_ - now.boot);
}

void Login::on(DeviceAnswered& answered, const Now& now)
{
  if (!in<AskingDevice>()) return;
  const Judgement judgement = judge(answered.outcome, {.kind = AttemptKind::kCode, .host = provider_name_}, now.wall);
  if (judgement.outcome != Outcome::kAnswered) return fail_early(no_device_code(judgement), now);
  auto code = read_device_code(*answered.outcome);
  if (!code) return fail_early(code.error(), now);
  if (code->expires_in) deadline_ = std::min<BootTime>(deadline_, now.boot + *code->expires_in);
  situation_ = ShowingCode{};
  emit(Tell{{.stage = Progress::Stage::kEnterCode,
             .user_code = std::move(code->user_code),
             .verification_uri = std::move(code->verification_uri),
             .verification_uri_complete = std::move(code->verification_uri_complete),
             .deadline = wall_deadline(now)}});
  emit(Exchange{.kind = AttemptKind::kDevice, .code = std::move(code->device_code), .poll_interval = code->interval});
}

void Login::on(ExchangeSaved& saved, const Now& now)
{
  if (!in<Exchanging>() && !in<ShowingCode>()) return;
  auto page = signed_in_page(names(), saved.identity, saved.lasts);
  end(std::move(saved.identity), std::move(page), now);
}

void Login::on(ExchangeFailed& failed, const Now& now)
{
  if (!in<Exchanging>() && !in<ShowingCode>()) return;
  Error error = about(std::move(failed.error), plan_.account);
  auto page = exchange_page(error, failed.detail, names());
  end(fail(std::move(error)), std::move(page), now);
}

void Login::on(IdentityDiffered& users, const Now& now)
{
  if (!in<Exchanging>() && !in<ShowingCode>()) return;
  end(fail(different_user(users, names())), another_user_page(names(), users.now, users.before), now);
}

void Login::on(Cancelled& cancelled, const Now& now)
{
  if (!pending()) return;
  Error error{.code = ErrorCode::kDenied, .reason = std::move(cancelled.reason), .cause = "user_denied"};
  std::optional<BrowserPage> page;
  if (in<Exchanging>()) page = failed_page(names(), error.reason, error.next);
  if (in<Exchanging>() || in<ShowingCode>()) emit(AbandonExchange{});
  const bool gives_port_back = cancelled.replaced && !page && has_ephemeral_port();
  end(fail(std::move(error)), std::move(page), now);
  if (gives_port_back && in<Over>()->until) close();
}

void Login::on(RoomWanted&, const Now&)
{
  const auto* over = in<Over>();
  if (over && over->until) close();
}

void Login::on(TimePassed&, const Now& now)
{
  if (auto* over = in<Over>()) {
    if (over->until && now.boot >= *over->until) close();
    return;
  }
  if (in<Exchanging>()) return let_held_go(now);
  if (in<Starting>()) return;
  if (now.boot >= deadline_) return time_out(now);
  auto* awaiting = in<AwaitingBrowser>();
  if (!awaiting || awaiting->hinted || now.boot < awaiting->hint_at) return;
  awaiting->hinted = true;
  auto progress = browser_progress(now);
  progress.hint = unregistered_hint(registered(), provider_name_);
  emit(Tell{std::move(progress)});
}

void Login::time_out(const Now& now)
{
  const auto after = std::chrono::duration_cast<Seconds>(deadline_ - started_);
  const auto what = in<AwaitingBrowser>() ? "nobody came back"
                    : in<ShowingCode>()   ? "nobody entered the code"
                                          : "the provider did not answer";
  if (in<ShowingCode>()) emit(AbandonExchange{});
  const std::string late = fmt::format("{}: {}", plan_.account, what);
  end(fail(timed_out(late, after, in<AwaitingBrowser>() ? registered() : "", provider_name_)), std::nullopt, now);
}

std::optional<BootTime> Login::next_wake() const
{
  if (const auto* over = in<Over>()) return over->until;
  if (in<Starting>()) return std::nullopt;
  if (const auto* exchanging = in<Exchanging>()) {
    const auto first = std::ranges::min_element(exchanging->browsers, {}, &Held::until);
    return first == exchanging->browsers.end() ? std::nullopt : std::optional(first->until);
  }
  const auto* awaiting = in<AwaitingBrowser>();
  return awaiting && !awaiting->hinted ? std::min(awaiting->hint_at, deadline_) : deadline_;
}

bool Login::has_ephemeral_port() const
{
  const auto registered = redirect_uri_of(plan_.definition, plan_.redirect_port);
  return registered && registered->listen && registered->listen->port == 0;
}

void Login::fail_early(Error error, const Now& now) { end(fail(std::move(error)), std::nullopt, now); }

void Login::end(Result<std::string> outcome, std::optional<BrowserPage> page, const Now& now)
{
  if (auto* exchanging = in<Exchanging>())
    for (const auto& held : exchanging->browsers) emit(AnswerPage{held.browser, *page});
  if (!outcome) outcome = fail(about(std::move(outcome.error()), plan_.account));
  emit(Finish{std::move(outcome)});
  state_.clear();
  pkce_.verifier = Secret();
  const bool nobody_can_return = !open_port_ || url_.empty();
  situation_ = Over{.until = now.boot + (page ? kKeepPage : kHoldPort), .page = std::move(page)};
  if (nobody_can_return) close();
}

void Login::close()
{
  if (open_port_) emit(CloseRedirect{*open_port_});
  open_port_.reset();
  situation_ = Over{};
  emit(Discard{});
}

}  // namespace tokend
