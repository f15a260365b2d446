#include "daemon/core/canonical_json.hpp"

namespace tokend {
namespace {

// The input is UTF-8: everything that gets here has been looked through.
std::string quoted(std::string_view text)
{
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') out += {'\\', c};
    else if (byte < 0x20) out += {'\\', 'u', '0', '0', kHex[byte >> 4], kHex[byte & 15]};
    else out += c;
  }
  return out += '"';
}

std::string object_of(const std::map<std::string, std::string>& members)
{
  std::string out = "{";
  for (const auto& [name, json] : members) {
    if (out.size() > 1) out += ',';
    out += quoted(name) + ":" + json;
  }
  return out += '}';
}

}  // namespace

CanonicalJson& CanonicalJson::text(std::string_view name, std::string_view value)
{
  if (!value.empty()) members_[std::string(name)] = quoted(value);
  return *this;
}

CanonicalJson& CanonicalJson::list(std::string_view name, const std::vector<std::string>& values)
{
  if (values.empty()) return *this;
  std::string out = "[";
  for (const std::string& value : values) out += (out.size() > 1 ? "," : "") + quoted(value);
  members_[std::string(name)] = out + "]";
  return *this;
}

CanonicalJson& CanonicalJson::texts(std::string_view name, const std::map<std::string, std::string>& values)
{
  if (values.empty()) return *this;
  std::map<std::string, std::string> members;
  for (const auto& [key, value] : values) members[key] = quoted(value);
  members_[std::string(name)] = object_of(members);
  return *this;
}

CanonicalJson& CanonicalJson::flag(std::string_view name, bool value)
{
  if (value) members_[std::string(name)] = "true";
  return *this;
}

std::string CanonicalJson::str() const { return object_of(members_); }

}  // namespace tokend
