// A login under test, driven by hand: a clock that only the test moves, and effects collected in the order they came.
#pragma once
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/core/base64url.hpp"
#include "daemon/core/form.hpp"
#include "daemon/core/login.hpp"
#include "daemon/core/url.hpp"
#include "tests/catch.hpp"

namespace tokend::test {

inline constexpr std::uint16_t kPort = 28765;
inline constexpr std::string_view kIssuer = "https://login.acme.example";

inline login::Plan explicit_plan()
{
  login::Plan plan;
  plan.account = "work";
  plan.definition.authorization_endpoint = "https://login.acme.example/authorize";
  plan.definition.token_endpoint = "https://login.acme.example/token";
  plan.definition.device_endpoint = "https://login.acme.example/device";
  plan.definition.client_id = "Zk8abc";
  plan.definition.redirect_uri = "http://127.0.0.1:28765/callback/acme";
  plan.scopes = {"builds:read"};
  return plan;
}

inline login::Plan discovered_plan()
{
  auto plan = explicit_plan();
  auto& definition = plan.definition;
  definition.authorization_endpoint.clear();
  definition.token_endpoint.clear();
  definition.device_endpoint.clear();
  definition.issuer = kIssuer;
  return plan;
}

inline login::Entropy entropy()
{
  login::Entropy bytes{};
  bytes.state.fill(std::byte{1});
  bytes.verifier.fill(std::byte{2});
  bytes.nonce.fill(std::byte{3});
  bytes.done.fill(std::byte{4});
  return bytes;
}

inline HttpOutcome reply(int status, std::string body)
{
  HttpReply answer;
  answer.status = status;
  answer.body = Secret(std::move(body));
  return answer;
}

inline std::string metadata_document(std::string_view extra = "")
{
  return R"({"issuer":"https://login.acme.example","authorization_endpoint":"https://login.acme.example/authorize",)"
         R"("token_endpoint":"https://login.acme.example/token",)"
         R"("device_authorization_endpoint":"https://login.acme.example/device")" +
         std::string(extra) + "}";
}

class Bench {
 public:
  explicit Bench(login::Plan plan) : login(std::move(plan), entropy()) {}

  template <class Event> Bench& on(Event event)
  {
    for (auto& effect : login.handle(std::move(event), now)) effects.push_back(std::move(effect));
    return *this;
  }
  Bench& after(Milliseconds time)  // as the broker does: wakes it at each moment that it asked for
  {
    const BootTime until = now.boot + time;
    for (int wakes = 0; wakes < 100; ++wakes) {
      const auto wake = login.next_wake();
      if (!wake || *wake > until) break;
      move_to(std::max(*wake, now.boot));
      on(login::TimePassed{});
    }
    move_to(until);
    return *this;
  }
  Bench& browse(BrowserRequest request, std::uint64_t browser = 1)
  {
    return on(login::BrowserReturned{login::BrowserId{browser}, std::move(request)});
  }
  // To the moment when the person has the URL.
  Bench& to_browser() { return on(login::Started{}).on(login::RedirectOpened{kPort}); }
  Bench& to_exchange() { return to_browser().browse(answer("code=c0de")); }

  static BrowserRequest answer(std::string_view parameters)
  {
    return request("/callback/acme", std::string(parameters) + "&state=" + state());
  }
  static BrowserRequest request(std::string path, std::string query = "")
  {
    return {.port = kPort,
            .method = "GET",
            .host = "127.0.0.1:28765",
            .path = std::move(path),
            .query = std::move(query),
            .body = {}};
  }
  static std::string state() { return base64url_encode(std::string(32, '\1')); }
  std::string parameter(std::string_view name) const
  {
    const auto* told = find<login::Tell>();
    if (!told) return "";
    const auto fields = parse_form(parse_url(told->progress.url)->query.value_or(""));
    const auto found = std::ranges::find(*fields, name, &FormField::name);
    return found == fields->end() ? "" : found->value;
  }
  std::string done_path()
  {
    for (const auto& effect : effects)
      if (const auto* page = std::get_if<login::AnswerPage>(&effect); page && page->page.status == 303)
        return page->page.location;
    return "";
  }

  template <class Effect> const Effect* find() const
  {
    const Effect* last = nullptr;
    for (const auto& effect : effects)
      if (const auto* one = std::get_if<Effect>(&effect)) last = one;
    return last;
  }
  template <class Effect> int count() const
  {
    return static_cast<int>(
        std::ranges::count_if(effects, [](const auto& effect) { return std::holds_alternative<Effect>(effect); }));
  }
  const BrowserPage& page() const
  {
    const auto* answered = find<login::AnswerPage>();
    REQUIRE(answered);
    return answered->page;
  }
  const Error& error() const
  {
    const auto* finished = find<login::Finish>();
    REQUIRE(finished);
    REQUIRE_FALSE(finished->outcome.has_value());
    return finished->outcome.error();
  }
  void forget() { effects.clear(); }

  Login login;
  Now now{.boot = BootTime(Seconds(1000)), .wall = WallTime(Seconds(1'700'000'000))};
  login::Effects effects;

 private:
  void move_to(BootTime to)
  {
    now.wall += std::chrono::duration_cast<Seconds>(to - now.boot);
    now.boot = to;
  }
};

inline bool says(const BrowserPage& page, std::string_view text) { return page.html.contains(text); }
inline bool is_stale(const BrowserPage& page) { return page.status == 400 && says(page, "has had its day"); }

}  // namespace tokend::test
