#include "daemon/core/form.hpp"

namespace tokend {
namespace {

constexpr std::string_view kHex = "0123456789ABCDEF";

bool is_unreserved(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

void append_encoded(std::string& out, std::string_view text)
{
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
}

int hex_value(char c)
{
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string_view take_until(std::string_view& rest, char end)
{
  const std::size_t at = rest.find(end);
  const std::string_view piece = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
  return piece;
}

}  // namespace

std::string percent_encode(std::string_view text)
{
  std::string out;
  append_encoded(out, text);
  return out;
}

std::optional<std::string> form_decode(std::string_view text)
{
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i] == '+' ? ' ' : text[i];
    if (c == '%') {
      if (text.size() - i < 3) return std::nullopt;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (c == '\0') return std::nullopt;
    out += c;
  }
  return out;
}

std::optional<std::vector<FormField>> parse_form(std::string_view text)
{
  std::vector<FormField> fields;
  while (!text.empty()) {
    std::string_view value = take_until(text, '&');
    if (value.empty()) continue;
    const std::string_view name = take_until(value, '=');
    std::optional<std::string> decoded_name = form_decode(name);
    std::optional<std::string> decoded_value = form_decode(value);
    if (!decoded_name || !decoded_value || fields.size() == kMostFormFields) return std::nullopt;
    fields.push_back({std::move(*decoded_name), std::move(*decoded_value)});
  }
  return fields;
}

FormWriter& FormWriter::add(std::string_view name, std::string_view value)
{
  if (!text_.empty()) text_ += '&';
  append_encoded(text_, name);
  text_ += '=';
  append_encoded(text_, value);
  return *this;
}

}  // namespace tokend
