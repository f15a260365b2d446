#include "tests/sim/people.hpp"

#include "daemon/broker/ready_reply.hpp"
#include "daemon/core/form.hpp"
#include "daemon/core/url.hpp"
#include "proto/messages.hpp"

namespace tokend::sim {
namespace {

std::string parameter(const Url& url, std::string_view name) { return form_field(url.query.value_or(""), name); }

}  // namespace

void Anyone::on_answer(const Answer& answer)
{
  if (const auto* failed = std::get_if<const Error*>(&answer.what)) error = (*failed)->reason;
  else got_token = std::holds_alternative<const ReadyReply*>(answer.what);
}

void Person::on_answer(const Answer& answer)
{
  const auto* json = std::get_if<std::string_view>(&answer.what);
  if (!json) return;
  const auto progress = wire::read_message<wire::LoginReply>(*json);
  if (!progress->hint.empty() || world_.chance(10)) return;
  if (progress->stage == wire::Stage::kOpenBrowser) open(progress->url);
  if (progress->stage == wire::Stage::kEnterCode)
    loop_.after(Milliseconds(world_.below(20'000)),
                [&provider = provider_, code = progress->user_code] { provider.approve(code); });
}

void Person::open(const std::string& address)
{
  const Url url = *parse_url(address);
  const Url redirect = *parse_url(parameter(url, "redirect_uri"));
  const std::string query = "code=" + provider_.consent() + "&state=" + percent_encode(parameter(url, "state"));
  BrowserRequest request{.port = port_of(redirect), .method = "GET", .host = {}, .path = redirect.path, .query = query};
  request.host = redirect.host + ":" + std::to_string(port_of(redirect));
  loop_.after(Milliseconds(world_.below(8000)), [&redirects = redirects_, request] { redirects.browse(request); });
}

}  // namespace tokend::sim
