#include "tests/provider_double/http_server.hpp"

#include "tests/provider_double/http_connection.hpp"

namespace tokend::provider_double {

HttpServer::HttpServer(asio::io_context& io, std::uint16_t port, Handlers handlers)
    : acceptor_(io, {asio::ip::address_v4::loopback(), port}), handlers_(std::move(handlers))
{
  accept();
}

void HttpServer::accept()
{
  acceptor_.async_accept([this](std::error_code error, asio::ip::tcp::socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (!error) std::make_shared<HttpConnection>(std::move(socket), handlers_)->await_request();
    accept();
  });
}

}  // namespace tokend::provider_double
