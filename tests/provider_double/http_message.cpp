#include "tests/provider_double/http_message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "tests/provider_double/text.hpp"

namespace tokend::provider_double {
namespace {

constexpr std::size_t kLargestBody = 256 * 1024;

std::string lower(std::string_view text)
{
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

std::string_view trimmed(std::string_view text)
{
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Cuts the part before `separator` off the front of `rest`; all of it where there is none.
std::string_view cut(std::string_view& rest, std::string_view separator)
{
  const auto at = rest.find(separator);
  const auto part = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view{} : rest.substr(at + separator.size());
  return part;
}

std::string_view reason_of(int status)
{
  switch (status) {
    case 200: return "OK";
    case 303: return "See Other";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 429: return "Too Many Requests";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    default: return "Status";
  }
}

bool read_request_line(std::string_view line, RequestHead& head)
{
  head.request.method = cut(line, " ");
  auto target = cut(line, " ");
  if (head.request.method.empty() || !target.starts_with('/')) return false;
  head.keep_alive = line == "HTTP/1.1";
  const auto path = percent_decoded(cut(target, "?"));
  auto query = Parameters::parse(target);
  if (!path || !query || !line.starts_with("HTTP/1.")) return false;
  head.request.path = *path;
  head.request.query = std::move(*query);
  return true;
}

std::optional<std::size_t> content_length(const Request& request)
{
  const auto text = request.header("content-length");
  std::size_t length = 0;
  if (text.empty()) return length;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return length;
}

}  // namespace

std::optional<Parameters> Parameters::parse(std::string_view text)
{
  Parameters parameters;
  while (!text.empty()) {
    auto value = cut(text, "&");
    if (value.empty()) continue;
    const auto name = form_decoded(cut(value, "="));
    const auto decoded_value = form_decoded(value);
    if (!name || !decoded_value) return std::nullopt;
    parameters.pairs_.emplace_back(*name, *decoded_value);
  }
  return parameters;
}

std::optional<std::string> Parameters::get(std::string_view name) const
{
  const auto found = std::ranges::find(pairs_, name, [](const auto& pair) { return pair.first; });
  if (found == pairs_.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

std::string Parameters::get_or(std::string_view name, std::string_view otherwise) const
{
  return get(name).value_or(std::string(otherwise));
}

std::optional<std::string> Parameters::repeated() const
{
  for (auto it = pairs_.begin(); it != pairs_.end(); ++it) {
    const auto same = [&](const auto& pair) { return pair.first == it->first; };
    if (std::any_of(pairs_.begin(), it, same)) return it->first;
  }
  return std::nullopt;
}

std::string_view Request::header(std::string_view lower_case_name) const
{
  for (const auto& [name, value] : headers) {
    if (name == lower_case_name) return value;
  }
  return {};
}

Response json_response(int status, JsonObject object)
{
  return {status,
          {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}, {"Pragma", "no-cache"}},
          {},
          std::move(object)};
}

Response html_response(int status, std::string page)
{
  return {status,
          {{"Content-Type", "text/html; charset=utf-8"}, {"Cache-Control", "no-store"}, {"X-Frame-Options", "DENY"}},
          std::move(page),
          {}};
}

Response redirect_to(std::string location)
{
  return {303, {{"Location", std::move(location)}, {"Cache-Control", "no-store"}}, {}, {}};
}

std::expected<RequestHead, int> parse_head(std::string_view text)
{
  RequestHead head;
  if (!read_request_line(cut(text, "\r\n"), head)) return std::unexpected(400);
  while (true) {
    auto line = cut(text, "\r\n");
    if (line.empty()) break;
    const auto name = cut(line, ":");
    if (name.empty() || name.find(' ') != std::string_view::npos) return std::unexpected(400);
    head.request.headers.emplace_back(lower(name), std::string(trimmed(line)));
  }
  if (!head.request.header("transfer-encoding").empty()) return std::unexpected(501);
  const auto length = content_length(head.request);
  if (!length) return std::unexpected(400);
  if (*length > kLargestBody) return std::unexpected(413);
  head.content_length = *length;
  if (lower(head.request.header("connection")) == "close") head.keep_alive = false;
  head.expects_continue = lower(head.request.header("expect")) == "100-continue";
  return head;
}

std::string serialised(const Response& response, bool keep_alive)
{
  const std::string body = response.body_text();
  std::string text = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_of(response.status));
  for (const auto& [name, value] : response.headers) text += fmt::format("{}: {}\r\n", name, value);
  text += fmt::format("Content-Length: {}\r\nConnection: {}\r\n\r\n", body.size(), keep_alive ? "keep-alive" : "close");
  return text + body;
}

}  // namespace tokend::provider_double
