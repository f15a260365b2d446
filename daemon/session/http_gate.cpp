#include "daemon/session/http_gate.hpp"

#include <algorithm>

namespace tokend {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_word(std::string_view a, std::string_view b) { return std::ranges::equal(a, b, {}, lower, lower); }

bool is_browsers(const IncomingField& field)
{
  constexpr std::string_view kSecFetch = "sec-fetch-";
  return same_word(field.name, "origin") || same_word(field.name.substr(0, kSecFetch.size()), kSecFetch);
}

// "application/json; charset=utf-8" -> "application/json"
std::string_view media_type(std::string_view value)
{
  value = value.substr(0, value.find(';'));
  value.remove_prefix(std::min(value.size(), value.find_first_not_of(" \t")));
  return value.substr(0, value.find_last_not_of(" \t") + 1);
}

}  // namespace

std::optional<HttpRefusal> refuse_sender(const IncomingRequest& request)
{
  if (std::ranges::any_of(request.fields, is_browsers)) return HttpRefusal{403, "web pages may not use this socket"};
  const auto host = request.field("Host");
  if (host && !same_word(*host, "localhost") && !same_word(*host, "tokend"))
    return HttpRefusal{403, "the host of this socket is localhost or tokend"};
  return std::nullopt;
}

std::optional<HttpRefusal> refuse_form(const IncomingRequest& request, HttpResource resource)
{
  const std::string_view method = method_for(resource);
  if (request.method != method) return HttpRefusal{405, "the method here is " + std::string(method), method};
  if (resource != HttpResource::kCall) return std::nullopt;
  if (same_word(media_type(request.field("Content-Type").value_or("")), "application/json")) return std::nullopt;
  return HttpRefusal{415, "a call's Content-Type is application/json"};
}

HttpRefusal unreadable(int status)
{
  switch (status) {
    case 413: return {413, "the body is longer than 64 KiB"};
    case 431: return {431, "the request line and its fields are too long"};
    case 501: return {501, "Transfer-Encoding is not supported: send a Content-Length"};
    default: return {400, "this is no HTTP/1.1 request"};
  }
}

bool accepts_sequence(const IncomingRequest& request)
{
  std::string_view types = request.field("Accept").value_or("");
  while (!types.empty()) {
    const std::string_view type = types.substr(0, types.find(','));
    if (same_word(media_type(type), "application/json-seq")) return true;
    types.remove_prefix(std::min(types.size(), type.size() + 1));
  }
  return false;
}

}  // namespace tokend
