// The redirect listener on Asio: a loopback port that is open only while a login needs it. It binds, reads, refuses
// what is malformed, slow or another user's, and asks the broker for the page; it decides nothing about state, code,
// account.
//
// SO_REUSEADDR is set: on Linux it lets a fixed port be bound again while connections of an earlier login are still in
// TIME_WAIT, and it never lets two sockets listen on one port. SO_REUSEPORT, which would, is not set, and both families
// of "localhost" are bound or none, so nobody else can listen where the browser may go.
#pragma once
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemon/adapters/redirect_connection.hpp"
#include "daemon/adapters/socket_owners.hpp"
#include "daemon/ports/redirects.hpp"

namespace tokend {

class RedirectListener final : public Redirects {
 public:
  static constexpr std::size_t kMostConnections = 32;  // a port

  explicit RedirectListener(asio::io_context&);
  ~RedirectListener() override;
  RedirectListener(const RedirectListener&) = delete;
  RedirectListener& operator=(const RedirectListener&) = delete;

  void on_request(std::move_only_function<void(BrowserRequest, AnswerBrowser)>) override;
  Result<std::uint16_t> open(const RedirectAddress&) override;
  void close(std::uint16_t port) override;

 private:
  struct Door {  // one listening socket
    asio::ip::tcp::acceptor acceptor;
    asio::steady_timer again;
    bool accepting = false;
  };
  using Doors = std::map<asio::ip::address, std::shared_ptr<Door>>;
  struct Port {
    int users = 0;
    Doors doors;
    std::list<std::shared_ptr<RedirectConnection>> connections;  // oldest first
  };

  static void shut(Port&);
  std::error_code listen_at(const std::vector<asio::ip::address>&, std::uint16_t& port, Doors&);
  bool is_open(std::uint16_t port, const asio::ip::address&) const;
  std::error_code add_door(Doors&, const asio::ip::address&, std::uint16_t& port);
  void start_accepting(std::uint16_t port);
  void accept(std::uint16_t port, std::shared_ptr<Door>);
  void welcome(std::uint16_t port, asio::ip::tcp::socket);
  bool is_foreign(const asio::ip::tcp::socket&);
  bool make_room(Port&);

  asio::io_context& io_;
  SocketOwners owners_;
  std::string policy_;
  std::move_only_function<void(BrowserRequest, AnswerBrowser)> on_request_;
  std::map<std::uint16_t, Port> ports_;
};

}  // namespace tokend
