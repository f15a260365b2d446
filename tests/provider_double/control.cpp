#include "tests/provider_double/control.hpp"

#include <fmt/format.h>

#include <charconv>

#include "tests/provider_double/setting_names.hpp"
#include "tests/provider_double/text.hpp"

namespace tokend::provider_double {
namespace {

Response bad_control(std::string_view sentence) { return json_response(400, JsonObject().text("error", sentence)); }
Response done() { return json_response(200, JsonObject()); }

std::int64_t number_or(const Parameters& form, std::string_view name, std::int64_t otherwise)
{
  const auto text = form.get_or(name, "");
  std::int64_t number = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string as_json(const TokenRequest& request)
{
  return JsonObject()
      .number("at_ms", request.at.count())
      .text("grant_type", request.grant_type)
      .text("outcome", request.outcome)
      .text("fault", request.fault)
      .text("fingerprint", request.credential.empty() ? "" : sha256_hex(request.credential))
      .flag("outside_leeway", request.outside_leeway)
      .serialised();
}

}  // namespace

void Control::handle(const Request& request, const Answer& answer)
{
  auto form = Parameters::parse(request.method == "POST" ? std::string_view(request.body) : std::string_view());
  if (!form) return answer({.response = bad_control("the form cannot be decoded")});
  if (request.path != "/_control/await") return answer({.response = respond_to(request, *form)});
  waiting_.push_back({.token_requests = static_cast<std::size_t>(number_or(request.query, "token_requests", 0)),
                      .held = static_cast<std::size_t>(number_or(request.query, "held", 0)),
                      .answer = answer});
  something_happened();
}

void Control::something_happened()
{
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    if (!is_due(*it)) {
      ++it;
      continue;
    }
    it->answer({.response = state()});
    it = waiting_.erase(it);
  }
}

bool Control::is_due(const Waiting& waiting) const
{
  return provider_.ledger.token_requests().size() >= waiting.token_requests && faults_.held() >= waiting.held;
}

Response Control::respond_to(const Request& request, const Parameters& form)
{
  const std::string_view what = std::string_view(request.path).substr(std::string_view("/_control/").size());
  if (request.method == "GET") {
    if (what == "state") return state();
    if (what == "ledger") return ledger();
    if (what == "secrets") return secrets();
    return bad_control("unknown: GET " + request.path);
  }
  if (what == "settings") return change_settings(form);
  if (what == "fault") return order_fault(form);
  if (what == "device") return decide_device(form);
  if (what == "clock") {
    provider_.clock.advance(Seconds{number_or(form, "advance_s", 0)});
    return done();
  }
  if (what == "clear_faults") {
    faults_.clear();
    return done();
  }
  if (what == "release") {
    return json_response(200, JsonObject().number("released", static_cast<std::int64_t>(faults_.release())));
  }
  if (what == "sent") {
    const auto times = provider_.ledger.times_sent(form.get_or("credential", ""));
    return json_response(200, JsonObject().number("times", static_cast<std::int64_t>(times)));
  }
  return bad_control("unknown: POST " + request.path);
}

Response Control::change_settings(const Parameters& form)
{
  Settings changed = provider_.settings;
  for (const auto& [name, value] : form.all()) {
    if (!set_setting(changed, name, value)) return bad_control(fmt::format("{} cannot be '{}'", name, value));
  }
  provider_.settings = std::move(changed);
  return done();
}

Response Control::order_fault(const Parameters& form)
{
  const auto kind = form.get_or("kind", "");
  const int count = static_cast<int>(number_or(form, "count", 1));
  if (kind == "drop_unread") {
    faults_.order_unread_drops(count);
    return done();
  }
  const auto known = fault_kind_named(kind);
  if (!known) return bad_control("unknown kind of fault: " + kind);
  Fault fault{.kind = *known, .path = form.get_or("path", "/token"), .count = count};
  fault.status = static_cast<int>(number_or(form, "status", *known == FaultKind::oauth_error ? 400 : fault.status));
  fault.content_type = form.get_or("content_type", fault.content_type);
  fault.body = form.get_or("body", fault.body);
  fault.error = form.get_or("error", fault.error);
  fault.pause = std::chrono::milliseconds(number_or(form, "pause_ms", fault.pause.count()));
  if (form.get("retry_after")) fault.retry_after = static_cast<int>(number_or(form, "retry_after", 0));
  faults_.order(std::move(fault));
  return done();
}

Response Control::decide_device(const Parameters& form)
{
  auto* device = provider_.devices.find_undecided(form.get_or("user_code", ""), provider_.clock.now());
  if (device == nullptr) return bad_control("no such user code is waiting");
  const bool allow = form.get_or("decision", "allow") == "allow";
  device->decision = allow ? DeviceDecision::allowed : DeviceDecision::denied;
  device->subject = form.get_or("user", provider_.settings.user);
  return done();
}

Response Control::state() const
{
  const auto number = [](std::size_t value) { return static_cast<std::int64_t>(value); };
  return json_response(
      200, JsonObject()
               .number("token_requests", number(provider_.ledger.token_requests().size()))
               .number("held", number(faults_.held()))
               .number("live_access_tokens", number(provider_.grants.live_access_tokens(provider_.clock.now()))));
}

Response Control::ledger() const
{
  std::vector<std::string> token_requests;
  bool outside_leeway = false;
  for (const auto& request : provider_.ledger.token_requests()) {
    token_requests.push_back(as_json(request));
    outside_leeway = outside_leeway || request.outside_leeway;
  }
  JsonObject paths;
  for (const auto& [path, count] : provider_.ledger.requests()) paths.number(path, static_cast<std::int64_t>(count));
  return json_response(200, JsonObject()
                                .raw("token_requests", json_array(token_requests))
                                .flag("superseded_sent_outside_leeway", outside_leeway)
                                .raw("requests", paths.serialised()));
}

Response Control::secrets() const
{
  JsonObject all;
  for (const auto& [kind, secrets] : provider_.ledger.secrets()) all.texts(kind, secrets);
  return json_response(200, std::move(all));
}

}  // namespace tokend::provider_double
