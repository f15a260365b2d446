#include "tests/sim/virtual_provider.hpp"

#include <fmt/format.h>

#include "daemon/core/form.hpp"

namespace tokend::sim {
namespace {

std::string field(std::string_view body, std::string_view name)
{
  const auto fields = parse_form(body);
  if (!fields) return {};
  for (const FormField& one : *fields)
    if (one.name == name) return one.value;
  return {};
}

HttpReply invalid_grant() { return json_reply(400, R"({"error":"invalid_grant"})"); }

}  // namespace

HttpReply json_reply(int status, std::string body)
{
  HttpReply reply{.status = status, .fields = {}, .body = Secret(std::move(body))};
  reply.fields.push_back({"content-type", Secret("application/json")});
  return reply;
}

std::string VirtualProvider::consent()
{
  const int family = static_cast<int>(families_.size()) + 1;
  families_[family] = {};
  std::string code = fresh("code-");
  codes_[code] = family;
  return code;
}

HttpReply VirtualProvider::mint(int family)
{
  Family& line = families_.at(family);
  const bool rotates = rules_.rotation != RotationClass::kStatic || line.newest == 0;
  std::string refresh;
  if (rotates) {
    refresh = fresh("rt-");
    line.rotated = loop_.now();
    refresh_[refresh] = {family, ++line.newest, {}};
  }
  const std::string access = fresh("at-");
  access_[access] = {family, line.newest, loop_.now() + rules_.access_ttl};
  std::string body =
      fmt::format(R"({{"access_token":"{}","token_type":"Bearer","expires_in":{})", access, rules_.access_ttl.count());
  if (rotates) body += fmt::format(R"(,"refresh_token":"{}")", refresh);
  return json_reply(200, body + "}");
}

HttpReply VirtualProvider::token_request(std::string_view body)
{
  if (field(body, "grant_type") == "authorization_code") {
    const auto code = codes_.extract(field(body, "code"));
    return code.empty() ? invalid_grant() : mint(code.mapped());
  }
  const auto token = refresh_.find(field(body, "refresh_token"));
  if (token == refresh_.end() || !alive(token->second.family)) return invalid_grant();
  Family& line = families_.at(token->second.family);
  const bool current = token->second.number == line.newest;
  const bool in_leeway = rules_.rotation == RotationClass::kLeeway && token->second.number + 1 == line.newest &&
                         loop_.now() - line.rotated < rules_.leeway;
  if (current || in_leeway) return mint(token->second.family);
  line.alive = false;  // reuse: whoever holds the newer one is cut off too
  return invalid_grant();
}

HttpReply VirtualProvider::revocation_request(std::string_view body)
{
  const auto token = refresh_.find(field(body, "token"));
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

void VirtualProvider::answer_arrived(const std::string& old)
{
  if (rules_.rotation == RotationClass::kStatic) return;
  superseded_.try_emplace(old, loop_.now());
}

void VirtualProvider::process_forgot(const std::string& old) { superseded_.erase(old); }

bool VirtualProvider::is_superseded(const std::string& refresh_token) const
{
  const auto since = superseded_.find(refresh_token);
  if (since == superseded_.end()) return false;
  return rules_.rotation != RotationClass::kLeeway || loop_.now() - since->second >= rules_.leeway;
}

}  // namespace tokend::sim
