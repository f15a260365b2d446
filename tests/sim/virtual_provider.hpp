// An authorization server in memory that keeps the books which the invariants are read from. It rotates as told, breaks
// the family of a refresh token that comes again too late, and knows which answers have reached tokend. Its client ids
// begin with the name of their account and a dot, so it knows whose each family is.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "daemon/core/provider.hpp"
#include "daemon/ports/http_client.hpp"
#include "tests/sim/virtual_loop.hpp"

namespace tokend::sim {

class VirtualProvider {
 public:
  struct Rules {
    RotationClass rotation = RotationClass::kStrict;
    Seconds leeway{0};
    Seconds access_ttl{120};
  };

  VirtualProvider(std::string host, Rules rules, VirtualLoop& loop) : host_(std::move(host)), rules_(rules), loop_(loop)
  {
  }

  const std::string& host() const { return host_; }
  std::string consent();                       // a person said yes in a browser: a code
  void approve(const std::string& user_code);  // or typed a code
  HttpReply request(std::string_view path, std::string_view body);

  // What the invariants ask.
  struct Issued {
    int family = 0;
    int number = 0;  // of the refresh token that came with it, within its family
    BootTime expires{};
    BootTime minted{};
    Seconds clock_was_off{0};  // then
  };
  const Issued* access(const std::string& token) const;
  const Issued* refresh(const std::string& token) const;
  bool alive(int family) const { return families_.at(family).alive; }
  const std::string& owner(int family) const { return families_.at(family).owner; }
  bool is_superseded(const std::string& refresh_token) const;  // and its leeway is over
  bool was_answered_in_vain(const std::string& refresh_token) const { return in_vain_.contains(refresh_token); }
  void answer_arrived(const std::string& old_refresh_token, bool readable);
  void process_forgot(const std::string& old_refresh_token);  // a crash: that answer was not kept

 private:
  struct Family {
    bool alive = true;
    int newest = 0;
    BootTime rotated{};  // when the newest was made
    std::string owner = {};
  };
  HttpReply token_request(std::string_view body);
  HttpReply revocation_request(std::string_view body);
  HttpReply device_request();
  HttpReply exchange_code(const std::string& code, const std::string& owner);
  HttpReply exchange_device_code(const std::string& code, const std::string& owner);
  HttpReply mint(int family, bool with_refresh_token);
  int begin_family(std::string owner = {});
  std::string fresh(const char* prefix) { return prefix + std::to_string(++last_) + "-" + host_; }

  std::string host_;
  Rules rules_;
  VirtualLoop& loop_;
  std::map<int, Family> families_;
  std::map<std::string, int> codes_;               // -> family
  std::map<std::string, std::string> user_codes_;  // -> device code
  std::map<std::string, int> device_codes_;        // -> family; 0: nobody has said yes yet
  std::map<std::string, Issued> access_, refresh_;
  std::map<std::string, BootTime> superseded_;  // by an answer that arrived
  std::set<std::string> in_vain_;               // by one that nobody can read: the login is gone
  int last_ = 0;
};

HttpReply json_reply(int status, std::string body);
std::string form_field(std::string_view body, std::string_view name);  // empty: not there

}  // namespace tokend::sim
