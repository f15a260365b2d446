// One seed, one world: the sessions, the broker, the core and the vault that ship, over virtual time, disk, network and
// people. Each operation is a choice of the seed; a crash destroys the broker at any turn and starts it again from what
// the disk kept. The invariants are checked at the moment when they could break:
//   I1 one exchange in flight per grant                       (network, when a request leaves)
//   I2 nothing is answered before it is durable               (program, when a token arrives; a sick disk excepted)
//   I3 a superseded refresh token is not sent outside the provider's leeway, nor a code twice        (network)
//   I4 no token is served past its expiry                     (program)
//   I5 a login that its provider still honours is not lost    (at the end, when the world is well again)
//   I6 what has come due while the machine slept is refreshed within 2 s           (after each sleep)
//   I7 a program gets what it asked for: a token of that account, none while the vault is locked, one answer a question
//   I8 an orderly stop takes 35 s at most, and loses nothing
//   I9 nothing throws
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "daemon/broker/broker.hpp"
#include "proto/messages.hpp"
#include "tests/sim/nobody.hpp"
#include "tests/sim/program.hpp"
#include "tests/sim/same_key.hpp"
#include "tests/sim/virtual_link.hpp"
#include "tests/sim/virtual_network.hpp"
#include "tests/sim/virtual_redirects.hpp"
#include "tests/sim/virtual_store.hpp"

namespace tokend::sim {

struct Outcome {
  std::vector<std::string> violations;  // empty: all invariants held
  long operations = 0;
  int crashes = 0, tokens_served = 0, errors = 0, logins = 0, requests = 0;
};

struct Script {  // what happens in a world
  std::uint64_t seed = 0;
  long operations = 0;                                // numbered from 0
  std::optional<std::set<long>> only = std::nullopt;  // leaves the others out
  std::string expected = {};                          // only violations with this text count
  std::function<void(const std::string&)> tell = {};  // a line for each operation
};

class Simulation {
 public:
  explicit Simulation(Script script);
  ~Simulation();
  Outcome run();

 private:
  struct AccountPlan {
    std::string name;
    VirtualProvider* provider = nullptr;
    Flow flow = Flow::kCode;
    int client = 1;  // the how manieth client id it has
    std::string last_token = {};
  };

  // The world, and the process in it (simulation.cpp).
  void start();
  void end_process();
  void crash();
  void add_account(const AccountPlan&);
  void sign_in(const AccountPlan&);
  void settle();
  void run_operation();
  void forgive_what_a_crash_lost();
  wire::Definition definition_of(const AccountPlan&) const;
  AccountPlan& plan_of(const std::string& account);
  AccountPlan& any_account();
  void violated(const std::string& what);
  void tell(const std::string& what);

  // What happens (operations.cpp).
  void one_operation();
  void ask();
  void refresh();
  void reject();
  void log_out();
  void redefine();
  void remove_and_add();
  void lock_for_a_while();
  void change_weather();
  void sleep();
  void step_clock();
  void stop();
  Program& a_program();

  // What must hold (invariants.cpp).
  void heard(const Heard&);
  void check_token(AccountPlan&, const std::string& token);
  void check_durable(const AccountPlan&, const std::string& token, const VirtualProvider::Issued&);
  std::vector<const AccountPlan*> due_soon();
  void check_refreshed(const std::vector<const AccountPlan*>&);
  void check_nothing_lost();
  bool disk_is_well() const;
  std::string durable_refresh_token(const std::string& account) const;
  const GrantRow* durable_grant(const std::string& account) const;
  bool token_is_durable(const std::string& account, const std::string& token) const;
  wire::AccountStatus status_of(const AccountPlan&);

  Script script_;
  SeededRandom world_, product_random_;
  VirtualLoop loop_;
  Outcome outcome_;
  VirtualStore store_;
  VirtualNetwork network_;
  VirtualRedirects redirects_;
  Nobody nobody_;
  VirtualLink link_;
  std::vector<std::unique_ptr<VirtualProvider>> providers_;
  std::vector<AccountPlan> accounts_;
  Config config_;
  SameKey keys_;
  VaultRow vault_row_;
  std::unique_ptr<Vault> vault_;
  std::unique_ptr<Broker> broker_;
  std::vector<std::unique_ptr<Program>> programs_;  // connected to this process
  std::vector<std::unique_ptr<Waiter>> waiting_;    // of this process
  bool locked_ = false;                             // or about to be
  bool damaged_ = false;                            // some row, at some time
  int boots_ = 1;
  BootTime booted_{};  // the machine
};

}  // namespace tokend::sim
