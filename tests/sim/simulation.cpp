#include "tests/sim/simulation.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/core/form.hpp"
#include "daemon/core/url.hpp"
#include "proto/varlink.hpp"
#include "tests/sim/people.hpp"

namespace tokend::sim {
namespace {

constexpr Seconds kDegradedFor{180};  // a full disk may be felt so long after it is well again

std::unique_ptr<VirtualProvider> provider(const char* host, VirtualProvider::Rules rules, VirtualLoop& loop,
                                          SeededRandom& world)
{
  return std::make_unique<VirtualProvider>(host, rules, loop, world);
}

VaultRow new_vault(SeededRandom& random)
{
  VaultRow row{.database_id = std::string(16, '\0'), .epoch = 1};
  random.fill(std::as_writable_bytes(std::span(row.database_id)));
  return row;
}

}  // namespace

Simulation::Simulation(std::uint64_t seed, std::string expected)
    : world_(seed),
      product_random_(seed ^ 0x9e3779b97f4a7c15),
      store_(loop_, world_),
      network_(loop_, world_, [this](const std::string& what) { violated(what); }),
      vault_row_(new_vault(product_random_)),
      expected_(std::move(expected))
{
  providers_.push_back(provider("static.example", {RotationClass::kStatic, {}, Seconds(90)}, loop_, world_));
  providers_.push_back(provider("leeway.example", {RotationClass::kLeeway, Seconds(600), Seconds(120)}, loop_, world_));
  providers_.push_back(provider("x-strict.example", {RotationClass::kStrict, {}, Seconds(300)}, loop_, world_));
  for (auto& one : providers_) network_.add(*one);
  for (int i = 0; i < 6; ++i)
    accounts_.push_back({fmt::format("account{}", i), providers_[static_cast<std::size_t>(i) % 3].get()});
  start();
  add_accounts();
}

Simulation::~Simulation()
{
  waiting_.clear();
  broker_.reset();
}

void Simulation::violated(const std::string& what)
{
  if (what.contains(expected_) && outcome_.violations.size() < 5)
    outcome_.violations.push_back(fmt::format("operation {}: {}", outcome_.operations, what));
}

void Simulation::start()
{
  vault_ = std::make_unique<Vault>(vault_row_, *keys_.master_key(), product_random_);
  broker_ = std::make_unique<Broker>(
      Broker::Ports{loop_, network_, store_, redirects_, nobody_, link_, product_random_, "boot"}, *vault_, keys_,
      config_, Broker::About{});
  for (const std::string& problem : broker_->load(*store_.load())) violated("at the start: " + problem);
}

void Simulation::crash()
{
  ++outcome_.crashes;
  refresh();
  for (auto steps = world_.below(60); steps > 0; --steps) loop_.step();  // into the middle of an exchange
  waiting_.clear();
  locked_ = false;
  broker_.reset();
  loop_.forget_process();
  store_.crash();
  network_.crash();
  redirects_.forget_process();
  forgive_what_a_crash_lost();
  if (world_.chance(3)) loop_.run_for(Milliseconds(world_.below(200'000)));  // nobody starts it at once
  start();
}

// An answer that had come but was not yet on its way to the disk is one that tokend cannot know of.
void Simulation::forgive_what_a_crash_lost()
{
  for (const AccountPlan& account : accounts_) {
    const std::string token = durable_refresh_token(account.name);
    const auto row =
        std::ranges::find(store_.accounts(), account.name, [](const auto& item) { return item.second.name; });
    if (token.empty() || row == store_.accounts().end()) continue;
    const auto attempt = store_.attempts().find(*row->second.grant);
    const auto spilled = store_.spilled().find(*row->second.grant);
    const bool saved = spilled != store_.spilled().end() && attempt != store_.attempts().end() &&
                       spilled->second.id == attempt->second.id;
    const bool journalled = attempt != store_.attempts().end() && attempt->second.http_status;
    if (!journalled && !saved) account.provider->process_forgot(token);
  }
}

std::string Simulation::durable_refresh_token(const std::string& account) const
{
  const GrantRow* found = durable_grant(account);
  if (!found) return {};
  const auto json = vault_->open_refresh({found->id, found->generation, Binding{found->binding}}, found->sealed);
  if (!json) return {};
  const auto opened = read_grant_record(*json);
  return opened ? std::string(opened->refresh_token.reveal()) : std::string();
}

const GrantRow* Simulation::durable_grant(const std::string& account) const
{
  const auto row = std::ranges::find(store_.accounts(), account, [](const auto& item) { return item.second.name; });
  if (row == store_.accounts().end() || !row->second.grant) return nullptr;
  const auto grant = store_.grants().find(*row->second.grant);
  return grant == store_.grants().end() ? nullptr : &grant->second;
}

// The very value lies sealed on the disk, under the grant that the account points to there.
bool Simulation::token_is_durable(const std::string& account, const std::string& token) const
{
  const GrantRow* grant = durable_grant(account);
  if (!grant) return false;
  return std::ranges::any_of(store_.tokens(), [&](const auto& item) {
    const TokenRow& row = item.second;
    if (row.grant != grant->id) return false;
    const GrantContext context{grant->id, row.generation, Binding{grant->binding}};
    const auto value = vault_->open_access(context, row.id, TokenKey{}, row.sealed);
    return value && value->reveal() == token;
  });
}

const Simulation::AccountPlan& Simulation::plan_of(const std::string& account) const
{
  return *std::ranges::find(accounts_, account, &AccountPlan::name);
}

const Simulation::AccountPlan& Simulation::any_account() { return accounts_[world_.below(accounts_.size())]; }

void Simulation::add_accounts()
{
  for (const AccountPlan& account : accounts_) {
    wire::AddAccountCall call{.account = account.name};
    call.definition.authorization_endpoint = "https://" + account.provider->host() + "/authorize";
    call.definition.token_endpoint = "https://" + account.provider->host() + "/token";
    call.definition.revocation_endpoint = "https://" + account.provider->host() + "/revoke";
    call.definition.client_id = "client";
    call.definition.client_secret = Secret("client-secret");
    auto waiter = std::make_unique<Anyone>();
    broker_->add_account(std::move(call), *waiter);
    loop_.run_for(Seconds(1));
    if (!waiter->error.empty()) violated("add: " + waiter->error);
    sign_in(account);
    loop_.run_for(Seconds(10));
  }
}

void Simulation::sign_in(const AccountPlan& account)
{
  ++outcome_.logins;
  auto person = std::make_unique<Person>(loop_, redirects_, *account.provider, world_);
  broker_->login({.account = account.name, .restart = true}, *person);
  waiting_.push_back(std::move(person));
}

Outcome Simulation::run(long operations)
{
  for (outcome_.operations = 0; outcome_.operations < operations && outcome_.violations.empty(); ++outcome_.operations)
    one_operation();
  if (outcome_.violations.empty()) {
    settle();
    check_nothing_lost();
  }
  outcome_.requests = network_.requests();
  return outcome_;
}

void Simulation::check_token(const std::string& account, const std::string& token)
{
  if (locked_) violated("a token is served while the vault is locked");
  const AccountPlan& plan = plan_of(account);
  const auto* issued = plan.provider->access(token);
  if (!issued) return violated("a token was served that the provider has not issued: " + token);
  if (issued->expires <= loop_.now()) violated("a token is served past its expiry");
  check_durable(plan, token, *issued);
}

void Simulation::check_durable(const AccountPlan& plan, const std::string& token, const VirtualProvider::Issued& issued)
{
  const bool degraded = !disk_well_since_ || loop_.now() - *disk_well_since_ < kDegradedFor;
  if (degraded) return;
  if (!token_is_durable(plan.name, token)) violated(plan.name + ": a token was answered before it was durable");
  const GrantRow* grant = durable_grant(plan.name);
  if (grant && grant->status == GrantStatus::kDead)
    return;  // its refresh token lies in quarantine, its last token lives
  const auto* held = plan.provider->refresh(durable_refresh_token(plan.name));
  if (!held || held->family != issued.family || held->number < issued.number)
    violated(fmt::format("{}: the refresh token on the disk is older than the token that was answered: {} < {}",
                         plan.name, held ? held->number : 0, issued.number));
}

void Simulation::settle()
{
  network_.set_fault_rate(0);
  store_.set_full(false);
  disk_well_since_ = loop_.now();
  loop_.run_for(Seconds(1200));
}

void Simulation::check_nothing_lost()
{
  for (const AccountPlan& account : accounts_) {
    auto caller = std::make_unique<Anyone>();
    broker_->get_token({.account = account.name, .timeout = 60}, *caller);
    loop_.run_for(Seconds(90));
    const auto* held = account.provider->refresh(durable_refresh_token(account.name));
    const bool honoured = held && account.provider->alive(held->family);
    if (honoured && !caller->got_token)
      violated(fmt::format("{}: the provider honours the login, tokend does not: {}", account.name, caller->error));
  }
}

}  // namespace tokend::sim
