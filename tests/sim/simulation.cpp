#include "tests/sim/simulation.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "tests/sim/people.hpp"

namespace tokend::sim {
namespace {

std::unique_ptr<VirtualProvider> provider(const char* host, VirtualProvider::Rules rules, VirtualLoop& loop)
{
  return std::make_unique<VirtualProvider>(host, rules, loop);
}

VaultRow new_vault(SeededRandom& random)
{
  VaultRow row{.database_id = std::string(16, '\0'), .epoch = 1};
  random.fill(std::as_writable_bytes(std::span(row.database_id)));
  return row;
}

Flow flow_of(std::size_t account)
{
  if (account % 5 == 3) return Flow::kClientCredentials;
  return account % 5 == 4 ? Flow::kDevice : Flow::kCode;
}

}  // namespace

Simulation::Simulation(Script script)
    : script_(std::move(script)),
      world_(script_.seed),
      product_random_(script_.seed ^ 0x9e3779b97f4a7c15),
      store_(loop_, world_),
      network_(
          loop_, world_, [this](const std::string& what) { violated(what); },
          [this](const std::string& what) { tell(what); }),
      vault_row_(new_vault(product_random_))
{
  providers_.push_back(provider("static.example", {RotationClass::kStatic, {}, Seconds(90)}, loop_));
  providers_.push_back(provider("leeway.example", {RotationClass::kLeeway, Seconds(600), Seconds(120)}, loop_));
  providers_.push_back(provider("x-strict.example", {RotationClass::kStrict, {}, Seconds(300)}, loop_));
  for (auto& one : providers_) network_.add(*one);
  const std::size_t count = 3 + world_.below(8);
  for (std::size_t i = 0; i < count; ++i)
    accounts_.push_back({fmt::format("account{}", i), providers_[i % providers_.size()].get(), flow_of(i)});
  start();
  for (const AccountPlan& account : accounts_) {
    sign_in(account);
    loop_.run_for(Seconds(10));
  }
}

Simulation::~Simulation() { end_process(); }

void Simulation::violated(const std::string& what)
{
  tell("VIOLATION " + what);
  if (what.contains(script_.expected) && outcome_.violations.size() < 5)
    outcome_.violations.push_back(fmt::format("operation {}: {}", outcome_.operations, what));
}

void Simulation::tell(const std::string& what)
{
  if (script_.tell)
    script_.tell(fmt::format("{:>6} {:>12.3f} s  {}", outcome_.operations,
                             static_cast<double>(loop_.now().time_since_epoch().count()) / 1000, what));
}

void Simulation::start()
{
  vault_ = std::make_unique<Vault>(vault_row_, *keys_.master_key(), product_random_);
  broker_ = std::make_unique<Broker>(Broker::Ports{loop_, network_, store_, redirects_, nobody_, link_, product_random_,
                                                   fmt::format("boot-{}", boots_)},
                                     *vault_, keys_, config_, Broker::About{});
  for (const std::string& problem : broker_->load(*store_.load()))
    if (!damaged_) violated("at the start: " + problem);
}

void Simulation::end_process()
{
  programs_.clear();
  waiting_.clear();
  locked_ = false;
  broker_.reset();
  loop_.forget_process();
}

void Simulation::crash()
{
  ++outcome_.crashes;
  refresh();
  for (auto steps = world_.below(60); steps > 0; --steps) loop_.step();  // into the middle of an exchange
  tell("crash");
  end_process();
  store_.crash();
  network_.crash();
  redirects_.forget_process();
  forgive_what_a_crash_lost();
  if (world_.chance(3)) loop_.run_for(Milliseconds(world_.below(200'000)));  // nobody starts it at once
  if (world_.chance(4)) {
    tell("another boot");
    ++boots_;
    booted_ = loop_.now();
  }
  if (world_.chance(20)) {
    tell("a record is damaged");
    store_.damage();
    damaged_ = true;
  }
  tell("start");
  start();
}

// An answer that had come but was not yet on its way to the disk is one that tokend cannot know of.
void Simulation::forgive_what_a_crash_lost()
{
  for (const AccountPlan& account : accounts_) {
    const std::string token = durable_refresh_token(account.name);
    const GrantRow* grant = durable_grant(account.name);
    if (token.empty() || !grant) continue;
    const auto attempt = store_.attempts().find(grant->id);
    const auto spilled = store_.spilled().find(grant->id);
    const bool saved = spilled != store_.spilled().end() && attempt != store_.attempts().end() &&
                       spilled->second.id == attempt->second.id;
    const bool journalled = attempt != store_.attempts().end() && attempt->second.http_status;
    if (!journalled && !saved) account.provider->process_forgot(token);
  }
}

Simulation::AccountPlan& Simulation::plan_of(const std::string& account)
{
  return *std::ranges::find(accounts_, account, &AccountPlan::name);
}

Simulation::AccountPlan& Simulation::any_account() { return accounts_[world_.below(accounts_.size())]; }

wire::Definition Simulation::definition_of(const AccountPlan& account) const
{
  const std::string origin = "https://" + account.provider->host();
  wire::Definition definition;
  definition.authorization_endpoint = origin + "/authorize";
  definition.token_endpoint = origin + "/token";
  definition.device_endpoint = origin + "/device";
  definition.revocation_endpoint = origin + "/revoke";
  definition.client_id = fmt::format("{}.{}", account.name, account.client);
  definition.client_secret = Secret("client-secret");
  definition.client_auth = "post";
  definition.flow = account.flow;
  return definition;
}

void Simulation::add_account(const AccountPlan& account)
{
  auto waiter = std::make_unique<Anyone>();
  broker_->add_account({.account = account.name, .definition = definition_of(account)}, *waiter);
  waiting_.push_back(std::move(waiter));
  loop_.run_for(Seconds(1));
}

void Simulation::sign_in(const AccountPlan& account)
{
  const auto name = [](const auto& row) { return row.second.name; };
  if (std::ranges::find(store_.accounts(), account.name, name) == store_.accounts().end()) add_account(account);
  if (account.flow == Flow::kClientCredentials) return;
  ++outcome_.logins;
  auto person = std::make_unique<Person>(loop_, redirects_, *account.provider, world_);
  broker_->login({.account = account.name, .restart = true}, *person);
  waiting_.push_back(std::move(person));
}

Outcome Simulation::run()
{
  for (; outcome_.operations < script_.operations && outcome_.violations.empty(); ++outcome_.operations) {
    if (script_.only && !script_.only->contains(outcome_.operations)) continue;
    world_.begin(static_cast<std::uint64_t>(outcome_.operations));
    product_random_.begin(static_cast<std::uint64_t>(outcome_.operations));
    run_operation();
  }
  if (outcome_.violations.empty()) {
    settle();
    check_nothing_lost();
  }
  outcome_.requests = network_.requests();
  return outcome_;
}

void Simulation::run_operation()
{
  try {
    one_operation();
  } catch (const std::exception& broken) {
    violated(std::string("I9: the daemon would have ended: ") + broken.what());
  }
}

// A well world, and time for everything to end.
void Simulation::settle()
{
  network_.set_fault_rate(0);
  store_.set_trouble(std::nullopt);
  store_.set_failing(0);
  loop_.run_for(Seconds(1200));
}

}  // namespace tokend::sim
