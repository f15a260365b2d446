// Someone who asked and waits for an answer: embedded in a session, because a connection waits for one thing at a time.
// Answers come from a later turn, never inside the call that parked the waiter. A stream gets several; `continues` is
// false in the last. Those that tell of every account are made one at a time, and only while the waiter has room: one
// that had none says resume(). A waiter that is destroyed has withdrawn itself.
#pragma once
#include <compare>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/core/token_key.hpp"
#include "daemon/ports/ids.hpp"
#include "daemon/ports/time.hpp"
#include "proto/error.hpp"

namespace tokend {

struct ReadyReply;
class Waiters;

struct Answer {
  std::variant<const ReadyReply*, std::string_view, const Error*> what;  // a token, reply parameters as JSON, a failure
  bool continues = false;
};

enum class Told { kToken, kExpiry, kReplaced };  // to GetToken, Refresh, RejectToken

struct TokenWish {  // what a call that needs a token waits for
  AccountId account{};
  TokenKey key;
  std::optional<Seconds> min_ttl;  // as asked
  Told told = Told::kToken;
  bool patient = false;  // has a timeout of its own: waits for whatever may clear by itself
  bool login = false;    // waits for a login too
};

// What a waiter waits for. A callback keeps the topic, never the waiter: whoever still waits is found by it.
struct Topic {
  enum class Kind { kToken, kLoginStarter, kLoginWatcher, kOperation, kEvents };
  Kind kind{};
  std::int64_t number = 0;  // of the account, the login or the operation; 0 for events
  auto operator<=>(const Topic&) const = default;
};
inline Topic token_topic(AccountId account) { return {Topic::Kind::kToken, static_cast<std::int64_t>(account)}; }

// A way through all accounts, by name: they may come, change and go while it is gone.
struct Walk {
  std::string told = {};             // the last one that was told; none yet: empty
  std::set<std::string> again = {};  // told before they changed
};
struct Piece {
  std::string parameters;
  bool continues = true;
  bool ends_walk = false;  // what is to come, if it continues, comes as it happens
};
using MakePiece = std::move_only_function<Piece(Walk&)>;  // the next answer that a walk gives

class Waiter {
 public:
  Waiter() = default;
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  virtual ~Waiter();
  virtual void on_answer(const Answer&) = 0;          // what the answer points to holds during the call only
  virtual bool has_room() const { return true; }      // for one more answer of a walk
  virtual std::string program() const { return {}; }  // what asks calls itself, for people; nothing rests on it
  bool waiting() const { return home_ != nullptr; }

 protected:
  void resume();  // it has room again

 private:
  friend class Waiters;
  struct Outgoing {  // an answer on its way; a token is fetched when it is handed over
    std::variant<TokenWish, std::string, Error> what;
    bool continues = false;
  };
  struct Walking {
    MakePiece make;
    Walk walk;
  };

  Waiters* home_ = nullptr;
  std::multimap<Topic, Waiter*>::iterator place_;
  bool parked_ = false;  // place_ is valid: the last answer is not on its way yet
  std::optional<TokenWish> wish_;
  std::vector<std::string> limits_;  // of a subscriber: these accounts; empty: all
  std::optional<std::multimap<BootTime, Waiter*>::iterator> deadline_;
  std::optional<std::list<Waiter*>::iterator> turn_;  // in the queue of those to be answered
  std::optional<Walking> walking_;                    // its answers go before the outgoing ones
  std::deque<Outgoing> outgoing_;
};

}  // namespace tokend
