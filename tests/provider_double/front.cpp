#include "tests/provider_double/front.hpp"

#include "tests/provider_double/token_endpoint.hpp"

namespace tokend::provider_double {
namespace {

constexpr std::size_t kOversized = 2 * 1024 * 1024;

Response ordered_response(const Fault& fault)
{
  Response response{fault.status, {{"Content-Type", fault.content_type}}, fault.body, {}};
  if (fault.kind == FaultKind::oauth_error) response = oauth_error(fault.status, fault.error, "as ordered by a test");
  if (fault.retry_after) response.headers.emplace_back("Retry-After", std::to_string(*fault.retry_after));
  return response;
}

bool is_processed(FaultKind kind) { return kind >= FaultKind::lose_answer; }

void disfigure(FaultKind kind, JsonObject& json)
{
  switch (kind) {
    case FaultKind::oversized: json.text("padding", std::string(kOversized, 'x')); break;
    case FaultKind::omit_refresh_token: json.erase("refresh_token"); break;
    case FaultKind::omit_expires_in: json.erase("expires_in"); break;
    case FaultKind::wrong_token_type:
      json.erase("token_type");
      json.text("token_type", "mac");
      break;
    case FaultKind::duplicate_members:
      json.repeat("access_token", "another-access-token");
      json.repeat("token_type", "Bearer");
      break;
    default: break;
  }
}

Delivery delivery_of(FaultKind kind)
{
  switch (kind) {
    case FaultKind::drop:
    case FaultKind::lose_answer: return Delivery::nothing;
    case FaultKind::half_answer: return Delivery::half;
    case FaultKind::slow_answer: return Delivery::slowly;
    case FaultKind::endless_body: return Delivery::endless;
    default: return Delivery::whole;
  }
}

}  // namespace

Handlers Front::handlers()
{
  return {.drop_unread = [this] { return faults_.take_unread_drop(); },
          .handle = [this](Request request, Answer answer) { handle(std::move(request), std::move(answer)); }};
}

void Front::handle(Request request, Answer answer)
{
  if (request.path.starts_with("/_control/")) return control_.handle(request, answer);
  if (auto fault = faults_.take(request.path)) {
    misbehave(std::move(*fault), std::move(request), std::move(answer));
  } else {
    answer({.response = respond(provider_, request)});
  }
  control_.something_happened();
}

void Front::misbehave(Fault fault, Request request, Answer answer)
{
  if (fault.kind == FaultKind::stall) return hold(std::move(request), std::move(answer));
  Reply reply{.delivery = delivery_of(fault.kind), .pause = fault.pause};
  if (is_processed(fault.kind)) {
    reply.response = processed_despite(fault, request);
  } else {
    provider_.ledger.count_request(request.path);
    if (request.path == "/token") {
      auto& record = provider_.ledger.begin_token_request(described(provider_, request));
      record.outcome = name_of(fault.kind);
    }
    reply.response = ordered_response(fault);
  }
  if (fault.kind != FaultKind::stall_answer) return answer(std::move(reply));
  faults_.hold([answer = std::move(answer), reply = std::move(reply)] { answer(reply); });
}

void Front::hold(Request request, Answer answer)
{
  faults_.hold([this, request = std::move(request), answer = std::move(answer)] {
    answer({.response = respond(provider_, request)});
    control_.something_happened();
  });
}

Response Front::processed_despite(const Fault& fault, const Request& request)
{
  auto response = respond(provider_, request);
  if (request.path == "/token") provider_.ledger.last_token_request().fault = name_of(fault.kind);
  if (response.json) disfigure(fault.kind, *response.json);
  if (fault.kind == FaultKind::invalid_json) {
    response.body = response.body_text();
    response.body.pop_back();
    response.json.reset();
  }
  return response;
}

}  // namespace tokend::provider_double
