// Whose a connection is, asked of the real kernel.
#include "daemon/adapters/socket_owners.hpp"

#include "tests/adapters/few_descriptors.hpp"
#include "tests/adapters/stranger.hpp"
#include "tests/root.hpp"

using namespace tokend;
using namespace tokend::test;

namespace {

TcpEnd end_of(const sockaddr_in6& address)
{
  TcpEnd end{.port = ntohs(address.sin6_port)};
  std::copy_n(address.sin6_addr.s6_addr, end.address.size(), end.address.begin());
  return end;
}

sockaddr_in6 loopback(bool v6, std::uint16_t port = 0)
{
  sockaddr_in6 address{.sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = in6addr_loopback};
  if (!v6) ::inet_pton(AF_INET6, "::ffff:127.0.0.1", &address.sin6_addr);
  return address;
}

// Listens on a port of this machine, with a socket for both families or for IPv4 alone, and accepts at once.
class Door {
 public:
  explicit Door(bool v6) : v6_(v6), fd_(::socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
  {
    sockaddr_in6 six = loopback(true);
    sockaddr_in four{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    open_ = (v6 ? ::bind(fd_.get(), reinterpret_cast<sockaddr*>(&six), sizeof six)
                : ::bind(fd_.get(), reinterpret_cast<sockaddr*>(&four), sizeof four)) == 0 &&
            ::listen(fd_.get(), 1) == 0;
  }
  bool open() const { return open_; }
  std::uint16_t port() const
  {
    sockaddr_in6 address{};
    socklen_t size = sizeof address;
    ::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin6_port);
  }
  TcpEnd end() const { return end_of(loopback(v6_, port())); }
  TcpEnd other_end_of_next()
  {
    sockaddr_in6 peer{};
    socklen_t size = sizeof peer;
    last_ = FileDescriptor(::accept(fd_.get(), reinterpret_cast<sockaddr*>(&peer), &size));
    TcpEnd end = end_of(peer);
    return v6_ ? end : TcpEnd{.address = end_of(loopback(false)).address, .port = end.port};
  }

 private:
  bool v6_;
  FileDescriptor fd_, last_;
  bool open_ = false;
};

}  // namespace

TEST_CASE("a connection of ours is ours, in either family")
{
  const bool v6 = GENERATE(false, true);
  Door door(v6);
  if (!door.open()) return;
  const Client client(door.port(), v6);
  const TcpEnd theirs = door.other_end_of_next();
  SocketOwners owners;
  for (int again = 0; again < 3; ++again) CHECK(owners.owner(theirs, door.end()) == ::geteuid());
}

TEST_CASE("a connection of another user is theirs, in either family, and no descriptor is needed to know it", "[root]")
{
  if (left_out()) return;
  const bool v6 = GENERATE(false, true);
  Door door(v6);
  if (!door.open()) return;
  const auto client = Stranger::connect_to(door.port(), v6);
  const TcpEnd theirs = door.other_end_of_next();
  SocketOwners owners;
  const tokend::testing::FewDescriptors none(0);
  CHECK(owners.owner(theirs, door.end()) == Stranger::kUid);
}

TEST_CASE("an IPv4 connection of a socket for both families is found")
{
  Door door(false);
  const FileDescriptor client(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in6 address = loopback(false, door.port());
  if (::connect(client.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return;
  CHECK(SocketOwners().owner(door.other_end_of_next(), door.end()) == ::geteuid());
}

TEST_CASE("what is no connection has no owner, though somebody listens there")
{
  Door door(false), other(false);
  SocketOwners owners;
  CHECK_FALSE(owners.owner(other.end(), door.end()));
  CHECK_FALSE(owners.owner({.address = door.end().address, .port = 1}, door.end()));
  const Client client(door.port());
  CHECK(owners.owner(door.other_end_of_next(), door.end()) == ::geteuid());  // an earlier answer is not taken for this
}
