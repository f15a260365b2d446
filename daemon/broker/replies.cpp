#include "daemon/broker/replies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "daemon/broker/account_status.hpp"
#include "proto/json_writer.hpp"

namespace tokend {
namespace {

std::string joined(const std::vector<std::string>& words)
{
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// RFC 6749 section 5.1, with expires_at, account and api_base beside it.
std::string http_body(const wire::TokenReply& reply)
{
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.member("access_token", reply.access_token.reveal());
  json.member("token_type", reply.token_type);
  if (reply.expires_at) {
    json.name("expires_in");
    json.raw(std::string(kExpiresInWidth, ' '));
    json.member("expires_at", *reply.expires_at);
  }
  json.member("scope", joined(reply.scopes));
  json.member("account", reply.account);
  if (!reply.api_base.empty()) json.member("api_base", reply.api_base);
  json.end_object();
  return body;
}

}  // namespace

std::string waiting_reply(const Login& login, const Now& now)
{
  wire::LoginReply reply;
  reply.stage = wire::Stage::kWaiting;
  reply.redirect_uri = login.redirect_uri();
  reply.deadline = unix_seconds(now.wall + std::chrono::ceil<Seconds>(login.deadline() - now.boot));
  return json_of(reply);
}

std::string progress_reply(const login::Progress& progress)
{
  wire::LoginReply reply;
  const bool browser = progress.stage == login::Progress::Stage::kOpenBrowser;
  reply.stage = browser ? wire::Stage::kOpenBrowser : wire::Stage::kEnterCode;
  reply.url = progress.url;
  reply.redirect_uri = progress.redirect_uri;
  reply.paste_allowed = progress.paste_allowed;
  reply.user_code = progress.user_code;
  reply.verification_uri = progress.verification_uri;
  reply.verification_uri_complete = progress.verification_uri_complete;
  reply.hint = progress.hint;
  reply.deadline = unix_seconds(progress.deadline);
  return json_of(reply);
}

std::string done_reply(const std::string& identity, std::string hint)
{
  wire::LoginReply reply;
  reply.stage = wire::Stage::kDone;
  reply.identity = identity;
  reply.hint = std::move(hint);
  return json_of(reply);
}

ReadyReply make_ready_reply(const wire::TokenReply& reply, std::optional<BootTime> expires)
{
  std::string varlink = R"({"parameters":)";
  wire::write_message(reply, varlink);
  varlink += '}';
  varlink += '\0';
  std::string body = http_body(reply);
  ReadyReply ready;
  ready.bytes = LockedBytes(varlink.size() + body.size());
  ready.varlink_size = varlink.size();
  std::ranges::copy(varlink, ready.bytes.writable().begin());
  std::ranges::copy(body, ready.bytes.writable().subspan(varlink.size()).begin());
  constexpr std::string_view kMember = "\"expires_in\":";
  if (reply.expires_at) ready.expires_in_offset = body.find(kMember, body.find("\"token_type\"")) + kMember.size();
  ready.expires = expires;
  wipe(varlink);
  wipe(body);
  return ready;
}

void write_expires_in(std::span<char> field, Seconds left)
{
  const auto seconds = std::clamp<std::int64_t>(left.count(), 0, 9'999'999'999);
  const auto end = fmt::format_to_n(field.data(), field.size(), "{}", seconds).out;
  std::fill(end, field.data() + field.size(), ' ');
}

}  // namespace tokend
