#include "tests/provider_double/http_connection.hpp"

#include <asio/buffer.hpp>
#include <asio/read.hpp>
#include <asio/read_until.hpp>
#include <asio/write.hpp>

namespace tokend::provider_double {
namespace {

constexpr std::size_t kLargestHead = 64 * 1024;

}  // namespace

HttpConnection::HttpConnection(asio::ip::tcp::socket socket, const Handlers& handlers)
    : socket_(std::move(socket)), pause_(socket_.get_executor()), handlers_(handlers)
{
  std::error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

void HttpConnection::await_request()
{
  if (!received_.empty()) return read_head();
  socket_.async_wait(asio::ip::tcp::socket::wait_read, [self = shared_from_this()](std::error_code error) {
    if (error) return;
    std::error_code unknown;
    const bool has_bytes = self->socket_.available(unknown) > 0;
    if (has_bytes && self->handlers_.drop_unread()) return self->close();
    self->read_head();
  });
}

void HttpConnection::read_head()
{
  asio::async_read_until(socket_, asio::dynamic_buffer(received_, kLargestHead), "\r\n\r\n",
                         [self = shared_from_this()](std::error_code error, std::size_t length) {
                           if (!error) self->take_head(length);
                         });
}

void HttpConnection::take_head(std::size_t length)
{
  auto head = parse_head(std::string_view(received_).substr(0, length));
  received_.erase(0, length);
  if (!head) return deliver({.response = {head.error(), {}, {}, {}}}, false);
  if (head->expects_continue) {
    std::error_code ignored;
    asio::write(socket_, asio::buffer(std::string_view("HTTP/1.1 100 Continue\r\n\r\n")), ignored);
  }
  read_body(std::move(*head));
}

void HttpConnection::read_body(RequestHead head)
{
  const std::size_t length = head.content_length;
  const std::size_t missing = length > received_.size() ? length - received_.size() : 0;
  asio::async_read(socket_, asio::dynamic_buffer(received_), asio::transfer_exactly(missing),
                   [self = shared_from_this(), head = std::move(head)](std::error_code error, std::size_t) mutable {
                     if (error) return;
                     head.request.body = self->received_.substr(0, head.content_length);
                     self->received_.erase(0, head.content_length);
                     self->hand_over(std::move(head));
                   });
}

void HttpConnection::hand_over(RequestHead head)
{
  handlers_.handle(std::move(head.request), [self = shared_from_this(), keep_alive = head.keep_alive](
                                                const Reply& reply) { self->deliver(reply, keep_alive); });
}

void HttpConnection::deliver(const Reply& reply, bool keep_alive)
{
  auto text = serialised(reply.response, keep_alive);
  switch (reply.delivery) {
    case Delivery::whole: return write_whole(std::move(text), keep_alive);
    case Delivery::nothing: return close();
    case Delivery::half:
      text.resize(text.size() - reply.response.body_text().size() / 2 - 1);
      return write_whole(std::move(text), false);
    case Delivery::slowly: return write_slowly(std::move(text), reply.pause);
    case Delivery::endless:
      sending_ = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{\"padding\":\"";
      return write_endlessly();
  }
}

void HttpConnection::write_whole(std::string text, bool keep_alive)
{
  sending_ = std::move(text);
  asio::async_write(socket_, asio::buffer(sending_),
                    [self = shared_from_this(), keep_alive](std::error_code error, std::size_t) {
                      if (error || !keep_alive) return self->close();
                      self->await_request();
                    });
}

void HttpConnection::write_slowly(std::string text, std::chrono::milliseconds pause)
{
  if (sending_.empty() || sent_ == 0) sending_ = std::move(text);
  if (sent_ == sending_.size()) return close();
  asio::async_write(socket_, asio::buffer(&sending_[sent_], 1),
                    [self = shared_from_this(), pause](std::error_code error, std::size_t) {
                      if (error) return self->close();
                      ++self->sent_;
                      self->pause_.expires_after(pause);
                      self->pause_.async_wait([self, pause](std::error_code) { self->write_slowly({}, pause); });
                    });
}

void HttpConnection::write_endlessly()
{
  asio::async_write(socket_, asio::buffer(sending_), [self = shared_from_this()](std::error_code error, std::size_t) {
    if (error) return self->close();
    self->sending_.assign(kLargestHead, 'x');
    self->write_endlessly();
  });
}

void HttpConnection::close()
{
  std::error_code ignored;
  socket_.close(ignored);
}

}  // namespace tokend::provider_double
