#include "daemon/adapters/redirect_connection.hpp"

#include <fmt/format.h>

#include <asio/write.hpp>
#include <utility>

#include "daemon/core/pages.hpp"

namespace tokend {
namespace {

constexpr std::chrono::seconds kRequestWithin{5};
constexpr std::chrono::seconds kAnswerWithin{30};  // the broker holds a page for 2 s; this is for a broken machine
constexpr std::chrono::seconds kWrittenWithin{5};
constexpr std::chrono::seconds kLeaveWithin{1};
constexpr std::size_t kLongest = 16 * 1024;

std::string_view reason_phrase(int status)
{
  switch (status) {
    case 200: return "OK";
    case 204: return "No Content";
    case 303: return "See Other";
    case 400: return "Bad Request";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 413: return "Content Too Large";
    case 431: return "Request Header Fields Too Large";
    case 501: return "Not Implemented";
    default: return "Unknown";
  }
}

bool is(std::optional<std::string_view> field, std::string_view value) { return field && *field == value; }

// Loading ahead (Sec-Purpose, and its older names) or by something other than a person's navigation.
template <class Request> bool is_prefetch(const Request& request)
{
  const auto purpose = request.field("Sec-Purpose");
  if (purpose && purpose->contains("prefetch")) return true;
  if (is(request.field("Purpose"), "prefetch") || is(request.field("X-Moz"), "prefetch")) return true;
  const auto mode = request.field("Sec-Fetch-Mode");
  return mode && *mode != "navigate";
}

template <class Request> BrowserRequest browser_request(const Request& request, std::uint16_t port)
{
  return {.port = port,
          .method = std::string(request.method),
          .host = std::string(request.field("Host").value_or("")),
          .path = std::string(request.path),
          .query = std::string(request.query),
          .body = std::string(request.body),
          .prefetch = is_prefetch(request)};
}

}  // namespace

RedirectConnection::RedirectConnection(asio::ip::tcp::socket socket, std::uint16_t port, std::string policy,
                                       OnRequest on_request)
    : socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      port_(port),
      policy_(std::move(policy)),
      on_request_(std::move(on_request)),
      reader_({.head = kLongest, .fields = 100, .body = kLongest})
{
}

void RedirectConnection::start()
{
  limit(kRequestWithin);  // for the whole request: a client that sends a byte a second gets no more than one that sends
                          // none
  read();
}

void RedirectConnection::limit(std::chrono::seconds time)
{
  timer_.expires_after(time);
  timer_.async_wait([self = shared_from_this()](std::error_code cancelled) {
    if (!cancelled) self->close();
  });
}

void RedirectConnection::read()
{
  socket_.async_read_some(asio::buffer(input_), [self = shared_from_this()](std::error_code error, std::size_t size) {
    if (self->gone()) return;
    if (error) return self->close();
    if (self->stage_ == Stage::kReading) return self->take({self->input_.data(), size});
    self->read();  // leaving: what still comes is thrown away
  });
}

void RedirectConnection::take(std::string_view bytes)
{
  switch (reader_.next(bytes)) {
    case HttpRequestReader::Progress::kNeedMore: return read();
    case HttpRequestReader::Progress::kRequest: return hand_on();
    case HttpRequestReader::Progress::kRefused: {
      auto page = stale_page();
      page.status = reader_.status();
      stage_ = Stage::kAnswering;
      return answer(page);
    }
  }
}

void RedirectConnection::hand_on()
{
  stage_ = Stage::kAnswering;
  limit(kAnswerWithin);
  on_request_(browser_request(reader_.request(), port_), [weak = weak_from_this()](const BrowserPage& page) {
    if (const auto self = weak.lock()) self->answer(page);
  });
}

void RedirectConnection::answer(const BrowserPage& page)
{
  if (stage_ != Stage::kAnswering) return;
  stage_ = Stage::kWriting;
  limit(kWrittenWithin);
  write(reply_for(page));
}

std::string RedirectConnection::reply_for(const BrowserPage& page) const
{
  std::string head = fmt::format(
      "HTTP/1.1 {} {}\r\nContent-Security-Policy: {}\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n"
      "X-Content-Type-Options: nosniff\r\nConnection: close\r\n",
      page.status, reason_phrase(page.status), policy_);
  if (!page.location.empty()) head += fmt::format("Location: {}\r\n", page.location);
  if (page.refresh) head += fmt::format("Refresh: {}\r\n", page.refresh->count());
  if (page.status == 405) head += "Allow: GET\r\n";
  if (page.status != 204)
    head += fmt::format("Content-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n", page.html.size());
  const bool head_alone = reader_.request().method == "HEAD";
  return head + "\r\n" + (head_alone ? std::string() : page.html);
}

void RedirectConnection::write(std::string reply)
{
  output_ = std::move(reply);
  asio::async_write(socket_, asio::buffer(output_), [self = shared_from_this()](std::error_code error, std::size_t) {
    if (self->gone()) return;
    if (error) return self->close();
    self->leave();
  });
}

// Closing with unread bytes would reset the connection, and the browser would lose the page that it is reading.
void RedirectConnection::leave()
{
  stage_ = Stage::kLeaving;
  limit(kLeaveWithin);
  std::error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  read();
}

void RedirectConnection::close_unless_busy()
{
  if (stage_ == Stage::kReading) close();
}

void RedirectConnection::close()
{
  if (gone()) return;
  stage_ = Stage::kGone;
  std::error_code ignored;
  timer_.cancel();
  socket_.close(ignored);
  on_request_ = nullptr;
}

}  // namespace tokend
