#include "daemon/adapters/public_address.hpp"

#include <arpa/inet.h>

#include <string>

#include "tests/catch.hpp"

namespace {

bool is_public(const std::string& text)
{
  sockaddr_in6 v6{.sin6_family = AF_INET6};
  sockaddr_in v4{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {}, .sin_zero = {}};
  if (::inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1)
    return tokend::is_public_address(reinterpret_cast<const sockaddr&>(v4));
  REQUIRE(::inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1);
  return tokend::is_public_address(reinterpret_cast<const sockaddr&>(v6));
}

}  // namespace

TEST_CASE("addresses that everybody can reach are public, up to the edges of those that are not")
{
  for (const std::string text :
       {"1.0.0.0",     "8.8.8.8",         "9.255.255.255",   "11.0.0.0",        "100.63.255.255",
        "100.128.0.0", "126.255.255.255", "128.0.0.0",       "169.253.255.255", "172.15.255.255",
        "172.32.0.0",  "192.0.1.0",       "192.167.255.255", "192.169.0.0",     "198.17.255.255",
        "198.20.0.0",  "223.255.255.255", "2606:4700::1111", "2a00:1450::1",    "2001:4860::8888"}) {
    INFO(text);
    CHECK(is_public(text));
  }
}

TEST_CASE("this machine, private networks and reserved addresses are not public")
{
  for (const std::string text : {"0.0.0.0",
                                 "10.0.0.1",
                                 "10.255.255.255",
                                 "100.64.0.1",
                                 "127.0.0.1",
                                 "127.255.255.255",
                                 "169.254.169.254",
                                 "172.16.0.1",
                                 "172.31.255.255",
                                 "192.0.0.1",
                                 "192.0.2.1",
                                 "192.168.1.1",
                                 "198.18.0.1",
                                 "198.19.255.255",
                                 "198.51.100.1",
                                 "203.0.113.1",
                                 "224.0.0.1",
                                 "255.255.255.255",
                                 "::",
                                 "::1",
                                 "fe80::1",
                                 "fc00::1",
                                 "fd12::1",
                                 "ff02::1",
                                 "2001:db8::1",
                                 "2001::1",
                                 "64:ff9b:1::1"}) {
    INFO(text);
    CHECK_FALSE(is_public(text));
  }
}

TEST_CASE("an IPv6 address that carries an IPv4 one is as public as that")
{
  for (const std::string around : {"::ffff:", "64:ff9b::"}) {
    CHECK(is_public(around + "8.8.8.8"));
    CHECK_FALSE(is_public(around + "127.0.0.1"));
  }
  CHECK(is_public("2002:808:808::1"));
  CHECK_FALSE(is_public("2002:7f00:1::1"));
}
