#include "daemon/session/http_reply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "proto/error_codes.hpp"
#include "proto/json_writer.hpp"

namespace tokend {
namespace {

struct Status {
  int number;
  std::string_view phrase;
  std::string_view error;  // "error" of a refusal's body
};
constexpr std::array kStatuses{
    Status{200, "OK", ""},
    Status{400, "Bad Request", "bad_request"},
    Status{401, "Unauthorized", ""},
    Status{403, "Forbidden", "forbidden"},
    Status{404, "Not Found", "not_found"},
    Status{405, "Method Not Allowed", "method_not_allowed"},
    Status{409, "Conflict", ""},
    Status{413, "Content Too Large", "content_too_large"},
    Status{415, "Unsupported Media Type", "unsupported_media_type"},
    Status{423, "Locked", ""},
    Status{431, "Request Header Fields Too Large", "header_fields_too_large"},
    Status{501, "Not Implemented", "not_implemented"},
    Status{502, "Bad Gateway", ""},
    Status{503, "Service Unavailable", ""},
    Status{500, "Internal Server Error", ""},
};
const Status& status_of(int number)
{
  const auto* known = std::ranges::find(kStatuses, number, &Status::number);
  return known == kStatuses.end() ? kStatuses.back() : *known;
}

// `fields`: whole lines, each with its CRLF. The copy of the body inside the outbox is returned.
std::span<char> write_reply(int number, std::string_view fields, std::string_view body, const HttpReplyStyle& style,
                            Outbox& out)
{
  const Status& status = status_of(number);
  fmt::memory_buffer head;  // long enough that it stays on the stack
  fmt::format_to(std::back_inserter(head),
                 "HTTP/1.1 {} {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n"
                 "Cache-Control: no-store\r\n{}{}\r\n",
                 status.number, status.phrase, body.size(), fields, style.keep_alive ? "" : "Connection: close\r\n");
  out.append({head.data(), head.size()});
  return style.head_only ? std::span<char>() : out.append(body);
}

std::string fields_of(const Error& error, int status)
{
  if (status == 401) return "WWW-Authenticate: Tokend\r\n";
  if (status == 503 && error.retry_after) return fmt::format("Retry-After: {}\r\n", *error.retry_after);
  return {};
}

}  // namespace

void write_json(std::string_view body, const HttpReplyStyle& style, Outbox& out)
{
  write_reply(200, {}, body, style, out);
}

void write_token(const ReadyReply& ready, BootTime now, const HttpReplyStyle& style, Outbox& out)
{
  const std::span<char> body = write_reply(200, {}, ready.http_body(), style, out);
  if (body.empty() || !ready.expires || !ready.expires_in_offset) return;
  const auto left = std::chrono::floor<Seconds>(*ready.expires - now);
  write_expires_in(body.subspan(*ready.expires_in_offset, kExpiresInWidth), std::max(left, Seconds(0)));
}

void write_error(const Error& error, const HttpReplyStyle& style, Outbox& out)
{
  std::string body;
  write_http_error(error, body);
  const int status = names_of(error.code).http_status;
  write_reply(status, fields_of(error, status), body, style, out);
}

void write_refusal(const HttpRefusal& refusal, const HttpReplyStyle& style, Outbox& out)
{
  std::string body;
  JsonWriter json(body);
  json.begin_object().member("error", status_of(refusal.status).error);
  json.member("error_description", refusal.reason).end_object();
  const std::string allow = refusal.allow.empty() ? "" : fmt::format("Allow: {}\r\n", refusal.allow);
  write_reply(refusal.status, allow, body, style, out);
}

void open_array(const HttpReplyStyle& style, Outbox& out)
{
  out.append("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n");
  out.append(style.keep_alive ? "Transfer-Encoding: chunked\r\n\r\n" : "Connection: close\r\n\r\n");
}

void write_piece(std::string_view json, const HttpReplyStyle& style, Outbox& out)
{
  if (json.empty()) return;  // an empty chunk would be the last
  if (!style.keep_alive) return void(out.append(json));
  out.append(fmt::format("{:x}\r\n", json.size()));
  out.append(json);
  out.append("\r\n");
}

void close_array(const HttpReplyStyle& style, Outbox& out)
{
  if (style.keep_alive) out.append("0\r\n\r\n");
}

void open_sequence(Outbox& out)
{
  out.append(
      "HTTP/1.1 200 OK\r\nContent-Type: application/json-seq\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n");
}

void write_record(std::string_view json, Outbox& out)
{
  out.append('\x1e');
  out.append(json);
  out.append('\n');
}

}  // namespace tokend
