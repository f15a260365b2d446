// A program of this machine that asks for tokens: a real session behind it, varlink or HTTP, whose bytes come in
// pieces, several requests on one connection, sometimes two in one write. Its answers are read as bytes and told one by
// one.
#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/session/face_session.hpp"
#include "tests/sim/seeded_random.hpp"

namespace tokend::sim {

struct Question {
  std::string account;
  std::optional<std::uint64_t> min_ttl, timeout;
  bool login = false;
};

struct Heard {  // one answer
  std::string account;
  std::string token;     // empty: it is an error
  std::string nonsense;  // not an answer at all, or not to what was asked
};

class Program final : public SessionHost {
 public:
  using Ears = std::function<void(const Heard&)>;
  enum class Face { kVarlink, kHttp };

  Program(Face face, Broker& broker, const Loop& loop, Ears ears)
      : face_(face), session_(open_session(broker, loop)({}, *this)), ears_(std::move(ears))
  {
  }
  ~Program() override { session_->on_peer_gone(); }  // hangs up, whatever is on its way

  void ask(const Question&, SeededRandom& world);
  void go_on(SeededRandom& world);  // what it has written is read as far as the session wants it
  bool idle() const { return asked_.empty() && unread_.empty(); }
  bool closed() const { return next_ == Next::kCloseAfterFlush; }

  void wake() override;

 private:
  void take_output();
  bool take_one_answer();
  std::optional<std::string> next_answer();  // its body, cut off the front of what was received
  void tell(std::string_view body);

  Face face_;
  std::unique_ptr<Session> session_;
  Ears ears_;
  Next next_ = Next::kRead;
  Outbox out_;
  std::string unread_, received_;
  std::deque<std::string> asked_;  // accounts, in order
};

}  // namespace tokend::sim
