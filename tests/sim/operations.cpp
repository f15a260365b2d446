// What happens in a simulated world: each operation is a choice of the seed.
#include "daemon/broker/ready_reply.hpp"
#include "tests/sim/people.hpp"
#include "tests/sim/simulation.hpp"

namespace tokend::sim {

void Simulation::one_operation()
{
  std::erase_if(waiting_, [](const auto& waiter) { return !waiter->waiting(); });
  const auto choice = world_.below(1000);
  if (choice < 700) ask();
  else if (choice < 730) refresh();
  else if (choice < 740) sign_in(any_account());
  else if (choice < 743) leave();
  else if (choice < 760) change_weather();
  else if (choice < 770) crash();
  else if (choice < 773) lock_for_a_while();
  else loop_.run_for(Milliseconds(world_.below(20'000)));
}

void Simulation::ask(bool hurry)
{
  const AccountPlan& account = any_account();
  wire::GetTokenCall call{.account = account.name};
  if (world_.chance(4)) call.min_ttl = static_cast<std::int64_t>(world_.below(400));
  if (world_.chance(4)) call.timeout = static_cast<std::int64_t>(world_.below(100));
  if (const ReadyReply* ready = broker_->ready(call)) {
    ++outcome_.tokens_served;
    return check_token(account.name, token_in(*ready));
  }
  auto caller = std::make_unique<Caller>(account.name, [this](const std::string& name, const Answer& answer) {
    const auto* ready = std::get_if<const ReadyReply*>(&answer.what);
    ++(ready ? outcome_.tokens_served : outcome_.errors);
    if (ready) check_token(name, token_in(**ready));
  });
  broker_->get_token(call, *caller);
  waiting_.push_back(std::move(caller));
  if (!hurry && world_.chance(3)) loop_.turn();
}

void Simulation::refresh()
{
  auto caller = std::make_unique<Anyone>();
  broker_->refresh({.account = any_account().name}, *caller);
  waiting_.push_back(std::move(caller));
}

// From the call of Lock on nobody gets a token, whatever was on its way.
void Simulation::lock_for_a_while()
{
  auto locker = std::make_unique<Locker>(locked_);
  locked_ = true;
  broker_->lock(*locker);
  waiting_.push_back(std::move(locker));
  for (auto asks = world_.below(6); asks > 0; --asks) {
    ask();
    loop_.run_for(Milliseconds(world_.below(20'000)));
  }
  auto opener = std::make_unique<Anyone>();
  locked_ = false;
  broker_->unlock({}, *opener);
  waiting_.push_back(std::move(opener));
}

void Simulation::leave()
{
  const AccountPlan& account = any_account();
  auto caller = std::make_unique<Anyone>();
  broker_->logout({.account = account.name, .local_only = world_.chance(2)}, *caller);
  waiting_.push_back(std::move(caller));
  loop_.run_for(Milliseconds(world_.below(2000)));
  sign_in(account);
}

void Simulation::change_weather()
{
  if (world_.chance(4)) link_.come_up();
  network_.set_fault_rate(world_.chance(3) ? 0 : 2 + world_.below(30));
  const bool full = world_.chance(8);
  store_.set_full(full);
  if (full) disk_well_since_.reset();
  else if (!disk_well_since_) disk_well_since_ = loop_.now();
}

}  // namespace tokend::sim
