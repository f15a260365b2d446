#include "daemon/core/html.hpp"

namespace tokend {
namespace {

std::string_view reference(unsigned char c)
{
  switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return c < 0x20 || c == 0x7f ? "&#xFFFD;" : "";
  }
}

}  // namespace

std::string html_escape(std::string_view text)
{
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto escaped = reference(static_cast<unsigned char>(c));
    if (escaped.empty()) {
      out += c;
    } else {
      out += escaped;
    }
  }
  return out;
}

}  // namespace tokend
