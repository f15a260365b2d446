#include "tests/sim/people.hpp"

#include "daemon/core/form.hpp"
#include "daemon/core/url.hpp"
#include "proto/varlink.hpp"

namespace tokend::sim {
namespace {

std::string parameter(const Url& url, std::string_view name)
{
  const auto fields = parse_form(url.query.value_or(""));
  for (const FormField& field : *fields)
    if (field.name == name) return field.value;
  return {};
}

}  // namespace

std::string token_in(const ReadyReply& ready)
{
  std::string scratch;
  const auto message = ready.varlink().substr(0, ready.varlink().size() - 1);
  const auto reply = varlink::read_reply(message, scratch);
  const auto token = wire::read_message<wire::TokenReply>(reply->parameters);
  return std::string(token->access_token.reveal());
}

void Simulation::Person::on_answer(const Answer& answer)
{
  const auto* json = std::get_if<std::string_view>(&answer.what);
  if (!json) return;
  const auto progress = wire::read_message<wire::LoginReply>(*json);
  if (progress->stage != wire::Stage::kOpenBrowser || !progress->hint.empty() || world_.chance(10)) return;
  const Url url = *parse_url(progress->url);
  const Url redirect = *parse_url(parameter(url, "redirect_uri"));
  const std::string query = "code=" + provider_.consent() + "&state=" + percent_encode(parameter(url, "state"));
  BrowserRequest request{.port = port_of(redirect), .method = "GET", .host = {}, .path = redirect.path, .query = query};
  request.host = redirect.host + ":" + std::to_string(port_of(redirect));
  loop_.after(Milliseconds(world_.below(8000)), [&redirects = redirects_, request] { redirects.browse(request); });
}

}  // namespace tokend::sim
