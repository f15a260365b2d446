// When things are done, and how many at once. Two small books without a clock:
//   Alarms     one wake-up time per owner; the broker arms the loop's single alarm with the earliest.
//   Admission  at most 8 exchanges in flight per issuer and 64 in all; callers before background work; FIFO within.
// Both are asked and told; neither calls anybody.
#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/ports/ids.hpp"
#include "daemon/ports/time.hpp"

namespace tokend {

enum class Urgency { kCaller, kBackground };

class Alarms {
 public:
  using Owner = std::uint64_t;
  void set(Owner, std::optional<BootTime>);  // replaces; nullopt: no alarm
  std::optional<BootTime> earliest() const;
  std::optional<Owner> pop_due(BootTime now);  // one at a time; its alarm is gone
 private:
  std::set<std::pair<BootTime, Owner>> queue_;
  std::unordered_map<Owner, BootTime> when_;
};

class Admission {
 public:
  static constexpr int kPerIssuer = 8;
  static constexpr int kInAll = 64;

  void ask(GrantId, const std::string& issuer, Urgency);  // asking again can only raise the urgency
  void give_back(GrantId);                                // a slot, or a place in the queue
  std::optional<GrantId> admit();                         // the next that may go, until nullopt
  int in_flight() const { return static_cast<int>(holders_.size()); }

 private:
  struct Asked {
    GrantId grant;
    std::string issuer;
  };
  std::optional<GrantId> admit_from(std::deque<Asked>&);

  std::array<std::deque<Asked>, 2> waiting_;  // by Urgency
  std::map<GrantId, std::string> holders_;    // grant -> issuer
  std::map<std::string, int> busy_;           // issuer -> slots held
};

}  // namespace tokend
