// One seed, one world: the broker, the core and the vault that ship, over virtual time, disk, network and people. Each
// operation is a choice of the seed; a crash destroys the broker at any turn and starts it again from what the disk
// kept. The invariants are checked at the moment when they could break:
//   I1 one exchange in flight per grant                       (network, when a request leaves)
//   I2 nothing is answered before it is durable               (caller, when a token arrives; a full disk excepted)
//   I3 a superseded refresh token is not sent outside the provider's leeway        (network)
//   I4 no token is served past its expiry                     (caller)
//   I5 a login that its provider still honours is not lost    (at the end, when the world is well again)
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "daemon/broker/broker.hpp"
#include "tests/sim/nobody.hpp"
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

class Simulation {
 public:
  explicit Simulation(std::uint64_t seed, std::string expected = {});  // only violations with this text count
  ~Simulation();
  Outcome run(long operations);

 private:
  class Caller;
  class Person;
  struct AccountPlan {
    std::string name;
    VirtualProvider* provider = nullptr;
  };

  void start();
  void crash();
  void add_accounts();
  void sign_in(const AccountPlan&);
  void settle();  // a well world, and time for everything to end
  void one_operation();
  void ask(bool hurry = false);
  void refresh();
  void leave();
  void lock_for_a_while();
  void change_weather();
  void check_token(const std::string& account, const std::string& token);
  void check_durable(const AccountPlan&, const std::string& token, const VirtualProvider::Issued&);
  void check_nothing_lost();
  std::string durable_refresh_token(const std::string& account) const;
  const GrantRow* durable_grant(const std::string& account) const;
  bool token_is_durable(const std::string& account, const std::string& token) const;
  void forgive_what_a_crash_lost();
  const AccountPlan& plan_of(const std::string& account) const;
  const AccountPlan& any_account();
  void violated(const std::string& what);

  SeededRandom world_, product_random_;
  VirtualLoop loop_;
  Outcome outcome_;
  VirtualStore store_;
  VirtualNetwork network_;
  VirtualRedirects redirects_;
  Nobody nobody_;
  VirtualLink link_;
  bool locked_ = false;  // or about to be
  std::vector<std::unique_ptr<VirtualProvider>> providers_;
  std::vector<AccountPlan> accounts_;
  Config config_;
  SameKey keys_;
  VaultRow vault_row_;
  std::unique_ptr<Vault> vault_;
  std::unique_ptr<Broker> broker_;
  std::string expected_;
  std::vector<std::unique_ptr<Waiter>> waiting_;          // callers and persons of this process
  std::optional<BootTime> disk_well_since_ = BootTime{};  // nullopt: it is full
};

}  // namespace tokend::sim
