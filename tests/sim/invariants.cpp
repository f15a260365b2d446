// What must hold in a simulated world: read from the provider's books, the disk and what programs hear.
#include <fmt/format.h>

#include <algorithm>

#include "proto/messages.hpp"
#include "tests/sim/people.hpp"
#include "tests/sim/simulation.hpp"

namespace tokend::sim {
namespace {

constexpr Seconds kDegradedFor{180};  // a sick disk may be felt so long after it is well again

// Keeps the reply of GetAccount.
class Asker final : public Waiter {
 public:
  void on_answer(const Answer& answer) override
  {
    if (const auto* json = std::get_if<std::string_view>(&answer.what))
      if (auto reply = wire::read_message<wire::GetAccountReply>(*json)) status = std::move(reply->status);
  }
  wire::AccountStatus status;
};

}  // namespace

void Simulation::heard(const Heard& answer)
{
  if (!answer.nonsense.empty()) return violated("I7: " + answer.nonsense);
  tell("  " + answer.account + " hears " + (answer.token.empty() ? "an error" : answer.token));
  ++(answer.token.empty() ? outcome_.errors : outcome_.tokens_served);
  if (!answer.token.empty()) check_token(plan_of(answer.account), answer.token);
}

// After a boot with a clock that went back, a stored expiry cannot be known to be over: the life once more is believed.
void Simulation::check_token(AccountPlan& account, const std::string& token)
{
  account.last_token = token;
  if (locked_) violated("I7: a token is served while the vault is locked");
  const auto* issued = account.provider->access(token);
  if (!issued) return violated("I7: a token was served that the provider has not issued: " + token);
  if (account.provider->owner(issued->family) != account.name) violated("I7: another account's token was served");
  const bool clock_went_back = issued->minted < booted_ && loop_.wall_is_off() < issued->clock_was_off;
  if (issued->expires <= loop_.now() && !clock_went_back)
    violated(account.name + ": I4: a token is served past its expiry");
  check_durable(account, token, *issued);
}

bool Simulation::disk_is_well() const { return store_.well_for(kDegradedFor); }

void Simulation::check_durable(const AccountPlan& plan, const std::string& token, const VirtualProvider::Issued& issued)
{
  if (!disk_is_well()) return;
  if (!token_is_durable(plan.name, token)) violated(plan.name + ": I2: a token was answered before it was durable");
  const GrantRow* grant = durable_grant(plan.name);
  if (plan.flow == Flow::kClientCredentials || (grant && grant->status == GrantStatus::kDead))
    return;  // no refresh token, or it lies in quarantine and its last token lives
  const auto* held = plan.provider->refresh(durable_refresh_token(plan.name));
  if (!held || held->family != issued.family || held->number < issued.number)
    violated(fmt::format("{}: I2: the refresh token on the disk is older than the token that was answered: {} < {}",
                         plan.name, held ? held->number : 0, issued.number));
}

wire::AccountStatus Simulation::status_of(const AccountPlan& account)
{
  Asker asker;
  broker_->get_account({.account = account.name}, asker);
  while (asker.waiting() && loop_.turn()) {}
  return asker.status;
}

// Fresh, used, and nothing in the way of a refresh: sleep or not, they are to be fresh again soon.
std::vector<const Simulation::AccountPlan*> Simulation::due_soon()
{
  std::vector<const AccountPlan*> due;
  if (locked_ || !disk_is_well() || store_.may_refuse() || !network_.is_well()) return due;
  constexpr auto kUsedWithin = 14 * 86'400;
  const auto now = loop_.wall().time_since_epoch().count();
  for (const AccountPlan& account : accounts_) {
    const auto status = status_of(account);
    const auto used = status.last_used_at.value_or(0);
    if (status.state == wire::State::kFresh && status.cause.empty() && used <= now && now - used < kUsedWithin / 2)
      due.push_back(&account);
  }
  return due;
}

void Simulation::check_refreshed(const std::vector<const AccountPlan*>& due)
{
  for (const AccountPlan* account : due) {
    const auto status = status_of(*account);
    const auto used = status.last_used_at.value_or(0);
    const bool in_use = loop_.wall().time_since_epoch().count() - used < 13 * 86'400;
    if (in_use && (status.state == wire::State::kIdle || status.state == wire::State::kBackingOff))
      violated(fmt::format("{}: I6: it was not refreshed after the sleep: {}", account->name, name_of(status.state)));
  }
}

void Simulation::check_nothing_lost()
{
  for (const AccountPlan& account : accounts_) {
    auto caller = std::make_unique<Anyone>();
    broker_->get_token({.account = account.name, .timeout = 60}, *caller);
    loop_.run_for(Seconds(90));
    const std::string token = durable_refresh_token(account.name);
    const auto* held = account.provider->refresh(token);
    const bool honoured =
        held && account.provider->alive(held->family) && !account.provider->was_answered_in_vain(token);
    if (honoured && !caller->got_token)
      violated(fmt::format("{}: I5: the provider honours the login, tokend does not: {}", account.name, caller->error));
  }
}

const GrantRow* Simulation::durable_grant(const std::string& account) const
{
  const auto row = std::ranges::find(store_.accounts(), account, [](const auto& item) { return item.second.name; });
  if (row == store_.accounts().end() || !row->second.grant) return nullptr;
  const auto grant = store_.grants().find(*row->second.grant);
  return grant == store_.grants().end() ? nullptr : &grant->second;
}

// Of a login that was refused for good: what was set aside of it.
std::string Simulation::durable_refresh_token(const std::string& account) const
{
  const GrantRow* found = durable_grant(account);
  if (!found) return {};
  const auto aside = store_.set_aside().find(found->id);
  if (found->status == GrantStatus::kDead && aside != store_.set_aside().end()) found = &aside->second;
  const auto json = vault_->open_refresh({found->id, found->generation, Binding{found->binding}}, found->sealed);
  if (!json) return {};
  const auto opened = read_grant_record(*json);
  return opened ? std::string(opened->refresh_token.reveal()) : std::string();
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

}  // namespace tokend::sim
