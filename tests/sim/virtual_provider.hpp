// An authorization server in memory that keeps the books which the invariants are read from. It rotates as told, breaks
// the family of a refresh token that comes again too late, and knows which answers have reached tokend.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "daemon/core/provider.hpp"
#include "daemon/ports/http_client.hpp"
#include "tests/sim/seeded_random.hpp"
#include "tests/sim/virtual_loop.hpp"

namespace tokend::sim {

class VirtualProvider {
 public:
  struct Rules {
    RotationClass rotation = RotationClass::kStrict;
    Seconds leeway{0};
    Seconds access_ttl{120};
  };

  VirtualProvider(std::string host, Rules rules, VirtualLoop& loop, SeededRandom& world)
      : host_(std::move(host)), rules_(rules), loop_(loop), world_(world)
  {
  }

  const std::string& host() const { return host_; }
  std::string consent();  // a person said yes: a code
  HttpReply token_request(std::string_view body);
  HttpReply revocation_request(std::string_view body);

  // What the invariants ask.
  struct Issued {
    int family = 0;
    int number = 0;  // of the refresh token that came with it, within its family
    BootTime expires{};
  };
  const Issued* access(const std::string& token) const;
  const Issued* refresh(const std::string& token) const;
  bool alive(int family) const { return families_.at(family).alive; }
  bool is_superseded(const std::string& refresh_token) const;  // and its leeway is over
  void answer_arrived(const std::string& old_refresh_token);
  void process_forgot(const std::string& old_refresh_token);  // a crash: that answer was not kept

 private:
  struct Family {
    bool alive = true;
    int newest = 0;
    BootTime rotated{};  // when the newest was made
  };
  HttpReply mint(int family);
  std::string fresh(const char* prefix) { return prefix + std::to_string(++last_) + "-" + host_; }

  std::string host_;
  Rules rules_;
  VirtualLoop& loop_;
  SeededRandom& world_;
  std::map<int, Family> families_;
  std::map<std::string, int> codes_;  // -> family
  std::map<std::string, Issued> access_, refresh_;
  std::map<std::string, BootTime> superseded_;  // by an answer that arrived
  int last_ = 0;
};

HttpReply json_reply(int status, std::string body);

}  // namespace tokend::sim
