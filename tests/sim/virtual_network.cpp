#include "tests/sim/virtual_network.hpp"

#include "daemon/core/url.hpp"

namespace tokend::sim {
namespace {

// Whose exchange a request is: of a family, or of what is to become one. Empty: it is no exchange.
std::string exchange_of(const VirtualProvider& provider, std::string_view path, std::string_view body)
{
  if (path != "/token") return {};
  if (const auto* issued = provider.refresh(form_field(body, "refresh_token")))
    return provider.host() + " family " + std::to_string(issued->family);
  for (const char* consent : {"code", "device_code"})
    if (const std::string value = form_field(body, consent); !value.empty()) return value;
  return {};  // an app's own: after a logout its next grant may ask before the old one is answered, at no cost
}

}  // namespace

void VirtualNetwork::send(HttpId, HttpRequest request, std::move_only_function<void(HttpOutcome)> done)
{
  ++requests_;
  const Url url = *parse_url(request.url);
  auto flight = std::make_shared<Flight>();
  flight->provider = providers_.at(url.host);
  flight->path = url.path;
  flight->body = std::string(request.body.reveal());
  flight->refresh_token = form_field(flight->body, "refresh_token");
  flight->done = std::move(done);
  flight->process = process_;
  flight->exchange = exchange_of(*flight->provider, flight->path, flight->body);
  if (!flight->exchange.empty() && ++in_flight_[flight->exchange] > 1)
    violation_("I1: two exchanges of one grant are in flight: " + flight->exchange);
  const std::string code = form_field(flight->body, "code");
  if (!code.empty() && !codes_.insert(code).second) violation_("I3: an authorization code is sent twice");
  if (!flight->refresh_token.empty() && flight->provider->is_superseded(flight->refresh_token))
    violation_("I3: a superseded refresh token is sent outside the leeway");
  tell_("  request " + flight->path + " of " + form_field(flight->body, "client_id") + " " + flight->refresh_token);
  if (one_in_ && world_.chance(one_in_))
    return loop_.after(Milliseconds(5), [this, flight] {
      answer(flight, std::unexpected(HttpFailure{HttpTrouble::kDns, Sent::kNo, "no such host"}));
    });
  loop_.after(Milliseconds(5 + world_.below(200)), [this, flight] { arrive(flight); });
}

void VirtualNetwork::arrive(std::shared_ptr<Flight> flight)
{
  const HttpFailure lost{HttpTrouble::kTimeout, Sent::kMaybe, "no answer"};
  const auto later = [&](HttpOutcome outcome) {
    const bool is_lost = !outcome;
    loop_.after(is_lost ? Seconds(30) : Milliseconds(5 + world_.below(300)),
                [this, flight, outcome = std::make_shared<HttpOutcome>(std::move(outcome))] {
                  answer(flight, std::move(*outcome));
                });
  };
  if (one_in_ && world_.chance(one_in_)) return later(std::unexpected(lost));  // before it was read
  if (one_in_ && world_.chance(one_in_)) return later(provider_error());
  if (one_in_ && world_.chance(2 * one_in_)) return later(garbled());  // somebody between us and the provider
  HttpReply reply = flight->provider->request(flight->path, flight->body);
  if (one_in_ && world_.chance(one_in_)) return later(std::unexpected(lost));  // after it was acted on
  if (one_in_ && world_.chance(4 * one_in_)) return later(garbled());
  later(std::move(reply));
}

HttpReply VirtualNetwork::provider_error()
{
  switch (world_.below(6)) {
    case 0: return json_reply(500, "<html>oops</html>");
    case 1: return json_reply(502, "");
    case 3: return json_reply(302, "");
    case 4: return json_reply(400, R"({"error":"an_error_of_their_own"})");
    case 2: {
      HttpReply reply = json_reply(503, "{}");
      reply.fields.push_back({"retry-after", Secret("7")});
      return reply;
    }
    default: return json_reply(429, R"({"error":"slow_down"})");
  }
}

// A success as far as the status goes, and nothing that can be read: what it replaces counts as spent.
HttpReply VirtualNetwork::garbled()
{
  switch (world_.below(3)) {
    case 0: return json_reply(200, "<html>Welcome to the hotel</html>");
    case 1: return json_reply(200, R"({"access_token":"cut)");
    default: return json_reply(204, "");
  }
}

void VirtualNetwork::answer(std::shared_ptr<Flight> flight, HttpOutcome outcome)
{
  if (flight->process != process_) return;
  tell_("  answer " + (outcome ? std::to_string(outcome->status) + " " + std::string(outcome->body.reveal())
                               : outcome.error().detail));
  if (!flight->exchange.empty()) --in_flight_[flight->exchange];
  if (outcome && outcome->status / 100 == 2 && !flight->refresh_token.empty())
    flight->provider->answer_arrived(flight->refresh_token, outcome->body.reveal().ends_with('}'));
  flight->done(std::move(outcome));
}

void VirtualNetwork::crash()
{
  ++process_;
  in_flight_.clear();
}

}  // namespace tokend::sim
