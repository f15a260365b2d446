#include "tests/sim/virtual_provider.hpp"

#include <fmt/format.h>

#include "daemon/core/form.hpp"

namespace tokend::sim {
namespace {

HttpReply oauth_error(std::string_view name) { return json_reply(400, fmt::format(R"({{"error":"{}"}})", name)); }

std::string owner_of(const std::string& client_id) { return client_id.substr(0, client_id.find('.')); }

}  // namespace

std::string form_field(std::string_view body, std::string_view name)
{
  const auto fields = parse_form(body);
  if (!fields) return {};
  for (const FormField& one : *fields)
    if (one.name == name) return one.value;
  return {};
}

HttpReply json_reply(int status, std::string body)
{
  HttpReply reply{.status = status, .fields = {}, .body = Secret(std::move(body))};
  reply.fields.push_back({"content-type", Secret("application/json")});
  return reply;
}

int VirtualProvider::begin_family(std::string owner)
{
  const int family = static_cast<int>(families_.size()) + 1;
  families_[family] = {.owner = std::move(owner)};
  return family;
}

std::string VirtualProvider::consent()
{
  std::string code = fresh("code-");
  codes_[code] = begin_family();
  return code;
}

void VirtualProvider::approve(const std::string& user_code)
{
  const auto waiting = user_codes_.find(user_code);
  if (waiting != user_codes_.end()) device_codes_[waiting->second] = begin_family();
}

HttpReply VirtualProvider::request(std::string_view path, std::string_view body)
{
  if (path == "/revoke") return revocation_request(body);
  return path == "/device" ? device_request() : token_request(body);
}

HttpReply VirtualProvider::device_request()
{
  const std::string device_code = fresh("device-"), user_code = fmt::format("CODE-{}", last_);
  user_codes_[user_code] = device_code;
  device_codes_[device_code] = 0;
  return json_reply(
      200, fmt::format(
               R"({{"device_code":"{}","user_code":"{}","verification_uri":"https://{}/activate","expires_in":600}})",
               device_code, user_code, host_));
}

HttpReply VirtualProvider::mint(int family, bool with_refresh_token)
{
  Family& line = families_.at(family);
  std::string refresh;
  if (with_refresh_token) {
    refresh = fresh("rt-");
    line.rotated = loop_.now();
    refresh_[refresh] = {.family = family, .number = ++line.newest};
  }
  const std::string access = fresh("at-");
  access_[access] = {family, line.newest, loop_.now() + rules_.access_ttl, loop_.now(), loop_.wall_is_off()};
  std::string body =
      fmt::format(R"({{"access_token":"{}","token_type":"Bearer","expires_in":{})", access, rules_.access_ttl.count());
  if (!refresh.empty()) body += fmt::format(R"(,"refresh_token":"{}")", refresh);
  return json_reply(200, body + "}");
}

HttpReply VirtualProvider::exchange_code(const std::string& code, const std::string& owner)
{
  const auto spent = codes_.extract(code);
  if (spent.empty()) return oauth_error("invalid_grant");
  families_.at(spent.mapped()).owner = owner;
  return mint(spent.mapped(), true);
}

HttpReply VirtualProvider::exchange_device_code(const std::string& code, const std::string& owner)
{
  const auto found = device_codes_.find(code);
  if (found == device_codes_.end()) return oauth_error("expired_token");
  if (found->second == 0) return oauth_error("authorization_pending");
  const int family = found->second;
  device_codes_.erase(found);
  families_.at(family).owner = owner;
  return mint(family, true);
}

HttpReply VirtualProvider::token_request(std::string_view body)
{
  const std::string grant_type = form_field(body, "grant_type"), owner = owner_of(form_field(body, "client_id"));
  if (grant_type == "client_credentials") return mint(begin_family(owner), false);
  if (grant_type == "authorization_code") return exchange_code(form_field(body, "code"), owner);
  if (grant_type != "refresh_token") return exchange_device_code(form_field(body, "device_code"), owner);
  const auto token = refresh_.find(form_field(body, "refresh_token"));
  if (token == refresh_.end() || !alive(token->second.family)) return oauth_error("invalid_grant");
  const int family = token->second.family, number = token->second.number;
  Family& line = families_.at(family);
  const bool in_leeway = rules_.rotation == RotationClass::kLeeway && number + 1 == line.newest &&
                         loop_.now() - line.rotated < rules_.leeway;
  if (number == line.newest || in_leeway) return mint(family, rules_.rotation != RotationClass::kStatic);
  line.alive = false;  // reuse: whoever holds the newer one is cut off too
  return oauth_error("invalid_grant");
}

HttpReply VirtualProvider::revocation_request(std::string_view body)
{
  const auto token = refresh_.find(form_field(body, "token"));
  if (token != refresh_.end()) families_.at(token->second.family).alive = false;
  return json_reply(200, "{}");
}

const VirtualProvider::Issued* VirtualProvider::access(const std::string& token) const
{
  const auto found = access_.find(token);
  return found == access_.end() ? nullptr : &found->second;
}

const VirtualProvider::Issued* VirtualProvider::refresh(const std::string& token) const
{
  const auto found = refresh_.find(token);
  return found == refresh_.end() ? nullptr : &found->second;
}

void VirtualProvider::answer_arrived(const std::string& old, bool readable)
{
  if (!readable) in_vain_.insert(old);
  if (rules_.rotation == RotationClass::kStatic) return;
  superseded_.try_emplace(old, loop_.now());
}

void VirtualProvider::process_forgot(const std::string& old)
{
  superseded_.erase(old);
  in_vain_.erase(old);
}

bool VirtualProvider::is_superseded(const std::string& refresh_token) const
{
  const auto since = superseded_.find(refresh_token);
  if (since == superseded_.end()) return false;
  return rules_.rotation != RotationClass::kLeeway || loop_.now() - since->second >= rules_.leeway;
}

}  // namespace tokend::sim
