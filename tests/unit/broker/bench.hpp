// A broker over ports that the test plays by hand: nothing happens by itself. The clock moves when told to, requests to
// the provider wait for an answer, units wait for the disk where the test holds it, and the browser goes where it is
// sent. restart() destroys the broker at any moment and starts another from what the disk has kept.
#pragma once
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/broker/broker.hpp"
#include "tests/catch.hpp"
#include "tests/unit/broker/ports.hpp"

namespace tokend::test {

// Whoever asked, and what came back.
class Caller final : public Waiter {
 public:
  void on_answer(const Answer&) override;

  std::vector<std::string> answers;  // a token's value, or JSON
  std::optional<Error> error;
  bool over = false;
  std::string program() const override { return "git"; }

  bool answered() const { return !answers.empty() || error; }
  std::string token() const { return answers.empty() ? "none" : answers.back(); }
  std::string cause() const { return error ? error->cause : "none"; }
  template <class Message> Message read(std::size_t back = 0) const  // the last answer, or `back` before it
  {
    REQUIRE(answers.size() > back);
    const auto message = wire::read_message<Message>(answers[answers.size() - 1 - back]);
    REQUIRE(message.has_value());
    return *message;
  }
};

inline bool is_locked(const Caller& caller) { return caller.error && caller.error->code == ErrorCode::kLocked; }

wire::Definition definition(std::string client_id = "app");
wire::Definition definition_with_issuer();  // its endpoints are announced by metadata()
HttpOutcome metadata();
std::string id_token(std::string_view subject, WallTime now);

struct Bench {
  Bench();
  void start();
  void restart(Seconds off = Seconds(1));
  void pass(Milliseconds span);                       // and what is due then
  void sleep(Milliseconds span) { loop.pass(span); }  // the machine: nothing runs before the next call
  void run() { loop.run(); }

  Caller& ask(std::string_view account, wire::GetTokenCall call = {});
  Caller& refresh(std::string account);
  Caller& login(std::string account, wire::LoginCall call = {});
  Caller& add(std::string account, wire::Definition what = definition(), bool dry_run = false);
  Caller& set(std::string account, wire::Definition what, bool dry_run = false);
  Caller& logout(std::string account, bool local = false);
  Caller& remove(std::string account, bool local = false);
  Caller& cancel(std::string account);
  Caller& lock();
  Caller& unlock();
  Caller& subscribe(std::vector<std::string> accounts = {});
  Caller& call();  // nobody yet

  void come_back(const Caller& starter, const std::string& code = "code-1");  // the person said yes
  void answer(HttpOutcome outcome);     // of the oldest request, and the turns after it
  void commit(Committed outcome = {});  // of the oldest unit, likewise
  void refuse(DiskTrouble trouble = DiskTrouble::kFull) { commit(std::unexpected(trouble)); }

  // Whole stories, on a disk that is well.
  void sign_in(const std::string& account, HttpOutcome reply = minted("at-1", "rt-1"));
  void sign_in_unsaved(const std::string& account);        // but the disk refuses the login, once
  void begin_exchange(const std::string& account);         // a login whose code is at the token endpoint
  void begin_exchange_beside(const std::string& account);  // with other requests out
  void expire() { sleep(Seconds(3600)); }                  // what minted() gave, on a machine that slept

  wire::AccountStatus status(const std::string& account);
  wire::DaemonStatus daemon_status();
  std::string state(const std::string& account);
  std::string durable_refresh_token(const std::string& account);  // what a start would find; "none"
  std::string durable_access_token(const std::string& account);

  BenchLoop loop;
  ScriptedProvider provider;
  ScriptedDisk disk{loop};
  ScriptedBrowser browser;
  PersonTold notifier;
  BenchLink link;
  BenchKeys keys;
  CountingRandom random;
  std::string boot_id = "boot-1";
  Config config;
  std::unique_ptr<Vault> vault;
  std::deque<Caller> callers;
  std::vector<std::string> problems;  // of the last start
  std::unique_ptr<Broker> broker;
};

}  // namespace tokend::test
