// What happens in a simulated world: each operation is a choice of the seed.
#include <fmt/format.h>

#include <algorithm>

#include "tests/sim/people.hpp"
#include "tests/sim/simulation.hpp"

namespace tokend::sim {
namespace {

constexpr std::size_t kPrograms = 8;
constexpr std::uint64_t kDay = 86'400'000, kTenYears = 10 * 365 * 86'400ull;

}  // namespace

void Simulation::one_operation()
{
  std::erase_if(waiting_, [](const auto& waiter) { return !waiter->waiting(); });
  for (const auto& program : programs_) program->go_on(world_);
  const auto choice = world_.below(1000);
  if (choice < 680) ask();
  else if (choice < 705) refresh();
  else if (choice < 715) reject();
  else if (choice < 724) sign_in(any_account());
  else if (choice < 727) log_out();
  else if (choice < 730) redefine();
  else if (choice < 732) remove_and_add();
  else if (choice < 735) lock_for_a_while();
  else if (choice < 752) change_weather();
  else if (choice < 756) sleep();
  else if (choice < 759) step_clock();
  else if (choice < 761) stop();
  else if (choice < 770) crash();
  else loop_.run_for(Milliseconds(world_.below(20'000)));
}

Program& Simulation::a_program()
{
  std::erase_if(programs_, [](const auto& program) { return program->closed(); });
  const auto idle = std::ranges::find_if(programs_, [](const auto& program) { return program->idle(); });
  if (idle != programs_.end() && !world_.chance(4)) return **idle;
  if (programs_.size() == kPrograms)  // somebody hangs up, whatever it waits for
    programs_.erase(programs_.begin() + static_cast<std::ptrdiff_t>(world_.below(kPrograms)));
  const auto face = world_.chance(2) ? Program::Face::kVarlink : Program::Face::kHttp;
  programs_.push_back(std::make_unique<Program>(face, *broker_, loop_, [this](const Heard& answer) { heard(answer); }));
  return *programs_.back();
}

void Simulation::ask()
{
  Question question{.account = any_account().name};
  if (world_.chance(4)) question.min_ttl = world_.below(400);
  if (world_.chance(4)) question.timeout = world_.below(100);
  question.login = world_.chance(50);
  tell("ask for " + question.account);
  a_program().ask(question, world_);
  if (world_.chance(3)) loop_.turn();
}

void Simulation::refresh()
{
  auto caller = std::make_unique<Anyone>();
  const AccountPlan& account = any_account();
  tell("refresh " + account.name);
  broker_->refresh({.account = account.name}, *caller);
  waiting_.push_back(std::move(caller));
}

// An API has said no to a token, often one that is long gone.
void Simulation::reject()
{
  const AccountPlan& account = any_account();
  if (account.last_token.empty()) return;
  tell("reject " + account.last_token);
  auto caller = std::make_unique<Anyone>();
  broker_->reject_token({.account = account.name, .access_token = Secret(account.last_token)}, *caller);
  waiting_.push_back(std::move(caller));
}

void Simulation::log_out()
{
  const AccountPlan& account = any_account();
  tell("log out " + account.name);
  auto caller = std::make_unique<Anyone>();
  broker_->logout({.account = account.name, .local_only = world_.chance(2)}, *caller);
  waiting_.push_back(std::move(caller));
  loop_.run_for(Milliseconds(world_.below(2000)));
  sign_in(account);
}

// Another client: the old login goes, whatever is on its way for it.
void Simulation::redefine()
{
  AccountPlan& account = any_account();
  tell("redefine " + account.name);
  if (world_.chance(2)) ++account.client;
  auto caller = std::make_unique<Anyone>();
  broker_->update_account({.account = account.name, .definition = definition_of(account)}, *caller);
  waiting_.push_back(std::move(caller));
  loop_.run_for(Milliseconds(world_.below(2000)));
  sign_in(account);
}

void Simulation::remove_and_add()
{
  const AccountPlan& account = any_account();
  tell("remove " + account.name);
  auto caller = std::make_unique<Anyone>();
  broker_->remove_account({.account = account.name, .local_only = world_.chance(2)}, *caller);
  waiting_.push_back(std::move(caller));
  loop_.run_for(Milliseconds(world_.below(2000)));
  sign_in(account);
}

// From the call of Lock on nobody gets a token, whatever was on its way.
void Simulation::lock_for_a_while()
{
  tell("lock");
  auto locker = std::make_unique<Locker>(locked_);
  locked_ = true;
  broker_->lock(*locker);
  waiting_.push_back(std::move(locker));
  for (auto asks = world_.below(6); asks > 0; --asks) {
    ask();
    loop_.run_for(Milliseconds(world_.below(20'000)));
  }
  tell("unlock");
  auto opener = std::make_unique<Anyone>();
  locked_ = false;
  broker_->unlock({}, *opener);
  waiting_.push_back(std::move(opener));
}

void Simulation::change_weather()
{
  if (world_.chance(4)) link_.come_up();
  network_.set_fault_rate(world_.chance(3) ? 0 : 2 + world_.below(30));
  store_.set_failing(world_.chance(8) ? 2 + world_.below(30) : 0);
  store_.set_trouble(std::nullopt);
  if (world_.chance(8)) store_.set_trouble(world_.chance(2) ? DiskTrouble::kFull : DiskTrouble::kReadOnly);
  tell("other weather");
}

void Simulation::sleep()
{
  const auto span = Milliseconds(60'000 + world_.below(world_.chance(2) ? 30 * kDay : kDay / 24));
  tell(fmt::format("sleep {} s", span.count() / 1000));
  const auto due = due_soon();
  loop_.sleep(span);
  loop_.run_for(Seconds(2));
  check_refreshed(due);
}

void Simulation::step_clock()
{
  const auto off = static_cast<std::int64_t>(world_.below(2 * kTenYears)) - static_cast<std::int64_t>(kTenYears);
  const Seconds target(world_.chance(2) ? 0 : world_.chance(2) ? off : off / 100'000);
  tell(fmt::format("the wall clock is set {} s off", target.count()));
  loop_.run_for(Milliseconds(0));  // what is on its way to a program was judged by the old time
  loop_.step_wall(target - loop_.wall_is_off());
  loop_.run_for(Milliseconds(0));  // the daemon is told at once
}

void Simulation::stop()
{
  tell("stop");
  const bool well = disk_is_well();
  auto stopped = std::make_shared<bool>(false);
  broker_->quiesce([stopped] { *stopped = true; });
  loop_.run_for(Seconds(35));
  if (!*stopped) violated("I8: an orderly stop takes longer than 35 s");
  end_process();
  store_.stop();
  network_.crash();
  redirects_.forget_process();
  if (!well || !disk_is_well()) forgive_what_a_crash_lost();
  start();
}

}  // namespace tokend::sim
