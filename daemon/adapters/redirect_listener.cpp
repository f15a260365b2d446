#include "daemon/adapters/redirect_listener.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <asio/ip/v6_only.hpp>
#include <cerrno>
#include <utility>

#include "daemon/adapters/port_holder.hpp"
#include "daemon/core/page_layout.hpp"

namespace tokend {
namespace {

namespace ip = asio::ip;

constexpr std::chrono::seconds kAcceptAgain{1};  // out of descriptors: some will have been closed by then
constexpr int kEphemeralTries = 8;               // a port that is free in one family may be taken in the other
constexpr uid_t kNobody = 65534;                 // how a user namespace shows foreign uids
constexpr int kBacklog = 16;                     // a browser's few at once; a crowd waits outside, not in our memory

// IPv4 first: it gives "localhost" its ephemeral port.
Result<std::vector<ip::address>> addresses_of(const std::string& host)
{
  if (host == "localhost") return std::vector<ip::address>{ip::address_v4::loopback(), ip::address_v6::loopback()};
  if (host == "[::1]") return std::vector<ip::address>{ip::address_v6::loopback()};
  std::error_code error;
  const auto address = ip::make_address_v4(host, error);
  if (error || !address.is_loopback())
    return fail(ErrorCode::kInternal, fmt::format("{} is no address of this machine alone", host));
  return std::vector<ip::address>{address};
}

bool is_missing_family(const std::error_code& error)
{
  return error == asio::error::address_family_not_supported || error == std::errc::address_not_available;
}

TcpEnd end_of(const ip::tcp::endpoint& endpoint)
{
  const auto address = endpoint.address();
  const auto v6 = address.is_v4() ? ip::make_address_v6(ip::v4_mapped, address.to_v4()) : address.to_v6();
  return {.address = v6.to_bytes(), .port = endpoint.port()};
}

bool is_shortage(const std::error_code& error)  // by number: Asio's category maps to no std::errc
{
  const int number = error.value();
  return number == EMFILE || number == ENFILE || number == ENOBUFS || number == ENOMEM;
}

Error open_error(const std::error_code& error, std::uint16_t port)
{
  if (is_shortage(error))
    return {.code = ErrorCode::kInternal,
            .reason = fmt::format("the port for the browser cannot be opened: {}", error.message())};
  if (error != asio::error::address_in_use)
    return {.code = ErrorCode::kTemporarilyUnavailable,
            .reason = fmt::format("port {} cannot be opened: {}", port, error.message()),
            .cause = "port_busy"};
  return {.code = ErrorCode::kTemporarilyUnavailable,
          .reason = fmt::format("port {} is used by {}", port, describe_port_holder(port)),
          .cause = "port_busy",
          .next = "stop it"};
}

}  // namespace

RedirectListener::RedirectListener(asio::io_context& io) : io_(io), policy_(content_security_policy()) {}

RedirectListener::~RedirectListener()
{
  for (auto& [number, port] : ports_) {
    shut(port);
    for (auto& connection : port.connections) connection->close();
  }
}

void RedirectListener::on_request(std::move_only_function<void(BrowserRequest, AnswerBrowser)> handler)
{
  on_request_ = std::move(handler);
}

Result<std::uint16_t> RedirectListener::open(const RedirectAddress& address)
{
  const auto addresses = addresses_of(address.host);
  if (!addresses) return fail(addresses.error());
  std::error_code error;
  for (int tries = address.port == 0 ? kEphemeralTries : 1; tries > 0; --tries) {
    std::uint16_t number = address.port;
    Doors fresh;
    error = listen_at(*addresses, number, fresh);
    if (error) continue;
    Port& port = ports_[number];  // it may be another login's, at other addresses
    port.doors.merge(fresh);
    ++port.users;
    start_accepting(number);
    return number;
  }
  return fail(open_error(error, address.port));
}

std::error_code RedirectListener::listen_at(const std::vector<ip::address>& addresses, std::uint16_t& number,
                                            Doors& doors)
{
  for (const auto& address : addresses) {
    if (is_open(number, address)) continue;
    const auto error = add_door(doors, address, number);
    const bool may_be_missing = addresses.size() > 1 && address.is_v6();
    if (error && !(may_be_missing && is_missing_family(error))) return error;
  }
  return {};
}

bool RedirectListener::is_open(std::uint16_t number, const ip::address& address) const
{
  const auto known = ports_.find(number);
  return known != ports_.end() && known->second.doors.contains(address);
}

std::error_code RedirectListener::add_door(Doors& doors, const ip::address& address, std::uint16_t& number)
{
  auto door = std::make_shared<Door>(Door{.acceptor = ip::tcp::acceptor(io_), .again = asio::steady_timer(io_)});
  auto& acceptor = door->acceptor;
  std::error_code error;
  acceptor.open(address.is_v6() ? ip::tcp::v6() : ip::tcp::v4(), error);
  if (!error) acceptor.set_option(ip::tcp::acceptor::reuse_address(true), error);
  if (!error && address.is_v6()) acceptor.set_option(ip::v6_only(true), error);
  if (!error) acceptor.bind({address, number}, error);
  if (!error) acceptor.listen(kBacklog, error);
  if (error) return error;
  number = acceptor.local_endpoint().port();
  doors.emplace(address, std::move(door));
  return {};
}

void RedirectListener::start_accepting(std::uint16_t number)
{
  for (auto& [address, door] : ports_.at(number).doors)
    if (!std::exchange(door->accepting, true)) accept(number, door);
}

// One connection a turn of the loop and door: between two of a crowd everybody else has a turn.
void RedirectListener::accept(std::uint16_t number, std::shared_ptr<Door> door)
{
  auto& acceptor = door->acceptor;
  acceptor.async_accept([this, number, door](std::error_code error, ip::tcp::socket socket) mutable {
    if (error == asio::error::operation_aborted || !door->acceptor.is_open()) return;
    if (!error) {
      welcome(number, std::move(socket));
      return accept(number, std::move(door));
    }
    door->again.expires_after(kAcceptAgain);
    door->again.async_wait([this, number, door](std::error_code cancelled) {
      if (!cancelled && door->acceptor.is_open()) accept(number, door);
    });
  });
}

void RedirectListener::welcome(std::uint16_t number, ip::tcp::socket socket)
{
  auto& port = ports_.at(number);
  if (is_foreign(socket) || !make_room(port)) return;
  auto connection = std::make_shared<RedirectConnection>(std::move(socket), number, policy_,
                                                         [this](BrowserRequest request, AnswerBrowser answer) {
                                                           if (on_request_)
                                                             on_request_(std::move(request), std::move(answer));
                                                         });
  port.connections.push_back(connection);
  connection->start();
}

// Another user of this machine has nothing to bring here. Where the kernel does not tell whose it is, `state` decides.
bool RedirectListener::is_foreign(const ip::tcp::socket& socket)
{
  std::error_code error;
  const auto theirs = socket.remote_endpoint(error);
  const auto ours = socket.local_endpoint(error);
  if (error) return true;
  const auto uid = owners_.owner(end_of(theirs), end_of(ours));
  return uid && *uid != ::geteuid() && *uid != 0 && *uid != kNobody;
}

// The connection that has waited longest without a request makes room: idle ones cannot keep a browser out.
bool RedirectListener::make_room(Port& port)
{
  auto& connections = port.connections;
  std::erase_if(connections, [](const auto& one) { return one->gone(); });
  if (connections.size() < kMostConnections) return true;
  const auto idle = std::ranges::find_if(connections, [](const auto& one) { return !one->busy(); });
  if (idle == connections.end()) return false;
  (*idle)->close();
  connections.erase(idle);
  return true;
}

// Handlers that are already queued see a closed door and touch nothing else.
void RedirectListener::shut(Port& port)
{
  for (auto& [address, door] : port.doors) {
    std::error_code ignored;
    door->again.cancel();
    door->acceptor.close(ignored);
  }
}

void RedirectListener::close(std::uint16_t number)
{
  const auto found = ports_.find(number);
  if (found == ports_.end() || --found->second.users > 0) return;
  shut(found->second);
  for (auto& connection : found->second.connections) connection->close_unless_busy();
  ports_.erase(found);
}

}  // namespace tokend
