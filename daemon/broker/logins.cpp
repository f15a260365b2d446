#include "daemon/broker/logins.hpp"

#include <fmt/format.h>

#include "daemon/broker/account_errors.hpp"
#include "daemon/broker/replies.hpp"
#include "daemon/core/token_request.hpp"

namespace tokend {
namespace {

Topic starter(std::int64_t login) { return {Topic::Kind::kLoginStarter, login}; }
Topic watcher(std::int64_t login) { return {Topic::Kind::kLoginWatcher, login}; }
Alarms::Owner owner(std::int64_t login) { return static_cast<Alarms::Owner>(login); }

login::Entropy fresh_entropy(Random& random)
{
  login::Entropy entropy;
  random.fill(entropy.state);
  random.fill(entropy.verifier);
  random.fill(entropy.nonce);
  random.fill(entropy.done);
  return entropy;
}

login::Plan plan_of(const Account& account, const Client& client, const LoginOptions& options, const Config& config)
{
  login::Plan plan{.account = account.name, .definition = account.definition};
  plan.secret = client.secret.empty() ? ClientSecret::kAbsent : ClientSecret::kPresent;
  plan.fixed_origins = account.fixed_origins;
  plan.flow = options.flow.value_or(account.definition.flow);
  plan.scopes = options.scopes.empty() ? account.definition.scopes : options.scopes;
  plan.redirect_port = config.redirect_port;
  plan.timeout = options.timeout.value_or(config.login_timeout);
  return plan;
}

Error too_many(const std::string& account)
{
  return {.code = ErrorCode::kTemporarilyUnavailable,
          .reason = fmt::format("{}: {} logins are waiting for their browsers already", account, Logins::kMostPending),
          .cause = "rate_limited",
          .next = "tokenctl status",
          .account = account};
}

// Whose login it was, where the sentence does not begin with it.
Error named(Error error)
{
  const bool says_so = error.reason.starts_with(error.account + ":") || error.reason.starts_with(error.account + " ");
  if (!error.account.empty() && !says_so) error.reason = fmt::format("{}: {}", error.account, error.reason);
  return error;
}

}  // namespace

Logins::Logins(Ports ports, Registry& registry, Exchanges& exchanges, Waiters& waiters, const Config& config)
    : ports_(ports), registry_(registry), exchanges_(exchanges), waiters_(waiters), config_(config)
{
  ports_.redirects.on_request(
      [this](BrowserRequest request, AnswerBrowser answer) { browser_came(std::move(request), std::move(answer)); });
}

void Logins::login(Account& account, const LoginOptions& options, Waiter& waiter)
{
  Running* pending = pending_of(account.id);
  if (pending && !options.restart) {
    waiters_.park(waiter, watcher(pending->id));
    return waiters_.answer(waiter, waiting_reply(pending->machine, {ports_.loop.now(), ports_.loop.wall()}), true);
  }
  if (pending) feed(*pending, login::Cancelled{account.name + ": the login was started anew", true});
  start(account, options, waiter);
}

void Logins::start(Account& account, const LoginOptions& options, Waiter& waiter)
{
  const Id id = ++last_id_;
  waiters_.park(waiter, starter(id));
  if (pending_count() >= kMostPending) return waiters_.fail(waiter, too_many(account.name));
  const Client& client = *registry_.find(*account.client);
  running_[id] = std::make_unique<Running>(
      Running{.id = id,
              .account = account.id,
              .machine = Login(plan_of(account, client, options, config_), fresh_entropy(ports_.random)),
              .switch_user = options.switch_user});
  by_account_[account.id] = id;
  let_go_of_oldest();
  feed(*running_[id], login::Started{});
  changed_(account.id);
}

// Ports are descriptors: without a bound, whoever starts and cancels logins takes them all.
void Logins::let_go_of_oldest()
{
  std::vector<Id> over;
  for (const auto& [id, running] : running_)
    if (!running->machine.pending()) over.push_back(id);
  for (std::size_t i = 0; i + kMostOver < over.size(); ++i) feed(*find(over[i]), login::RoomWanted{});
}

void Logins::complete(Account& account, Secret redirected_url, Waiter& waiter)
{
  waiters_.park(waiter, Topic{Topic::Kind::kOperation, 0});
  Running* pending = pending_of(account.id);
  if (!pending) return waiters_.fail(waiter, no_login_pending(account.name));
  paste_outcome_.reset();
  feed(*pending, login::Pasted{std::move(redirected_url)});
  if (paste_outcome_ && !*paste_outcome_) return waiters_.fail(waiter, paste_outcome_->error());
  waiters_.answer(waiter, "{}");
}

void Logins::cancel(AccountId account, const std::string& why)
{
  if (Running* pending = pending_of(account)) feed(*pending, login::Cancelled{why});
}

void Logins::cancel_all(const std::string& why)
{
  std::vector<AccountId> pending;
  for (const auto& [account, id] : by_account_) pending.push_back(account);
  for (const AccountId account : pending) cancel(account, why);
}

std::string Logins::redirect_uri(AccountId account) const
{
  const auto id = by_account_.find(account);
  return id == by_account_.end() ? std::string() : running_.at(id->second)->machine.redirect_uri();
}

Logins::Running* Logins::find(Id id)
{
  const auto found = running_.find(id);
  return found == running_.end() ? nullptr : found->second.get();
}

Logins::Running* Logins::pending_of(AccountId account)
{
  const auto id = by_account_.find(account);
  return id == by_account_.end() ? nullptr : find(id->second);
}

Logins::Running* Logins::of_grant(GrantId grant)
{
  for (auto& [id, running] : running_)
    if (running->grant == grant) return running.get();
  return nullptr;
}

void Logins::on_time()
{
  while (const auto due = alarms_.pop_due(ports_.loop.now()))
    if (Running* running = find(static_cast<Id>(*due))) feed(*running, login::TimePassed{});
}

void Logins::feed(Running& running, login::Event event)
{
  const Id id = running.id;
  auto effects = running.machine.handle(std::move(event), {ports_.loop.now(), ports_.loop.wall()});
  for (login::Effect& effect : effects) {
    std::visit([&](auto& what) { perform(running, what); }, effect);
    if (!find(id)) break;
  }
  alarms_.set(owner(id), find(id) ? running.machine.next_wake() : std::nullopt);
  rearm_();
}

void Logins::ask(Running& running, HttpRequest request, std::function<login::Event(HttpOutcome)> event)
{
  const HttpId asked = exchanges_.next_http_id();
  running.asked = asked;
  ports_.http.send(asked, std::move(request), [this, id = running.id, event = std::move(event)](HttpOutcome outcome) {
    Running* still = find(id);
    if (!still) return;
    still->asked.reset();
    feed(*still, event(std::move(outcome)));
  });
}

void Logins::perform(Running& running, login::FetchMetadata& fetch)
{
  ask(running, metadata_request(fetch.url),
      [](HttpOutcome outcome) { return login::MetadataArrived{std::move(outcome)}; });
}

void Logins::perform(Running& running, login::AskDevice&)
{
  const login::Plan& plan = running.machine.plan();
  Account* account = registry_.find(running.account);
  const Client* client = account ? registry_.find(*account->client) : nullptr;
  if (!client) return;
  const Provider& provider = running.machine.provider();
  const auto place = exchanges_.allowed_of(*account, provider).admit(provider.device_endpoint);
  if (!place) return refuse_device(running, place.error());
  exchanges_.fix_origins(*account, provider);
  std::optional<Secret> secret = exchanges_.secret_of(*client, *place);
  const ClientIdentity who{client->client_id, secret ? &*secret : nullptr};
  ask(running, device_authorization_request({provider, *place}, who, {plan.scopes, plan.definition.params}),
      [](HttpOutcome outcome) { return login::DeviceAnswered{std::move(outcome)}; });
}

// The definition has been changed since the login began.
void Logins::refuse_device(Running& running, const Error& why)
{
  ports_.loop.post([this, id = running.id, reason = why.reason] {
    const HttpFailure forbidden{HttpTrouble::kForbidden, Sent::kNo, reason};
    if (Running* still = find(id)) feed(*still, login::DeviceAnswered{std::unexpected(forbidden)});
  });
}

void Logins::perform(Running& running, login::OpenRedirect& open)
{
  // The answer is an event of its own turn: this one's effects are not all performed yet.
  auto port = ports_.redirects.open(open.address);
  ports_.loop.post([this, id = running.id, port = std::move(port)] {
    Running* still = find(id);
    if (still) return feed(*still, login::RedirectOpened{port});
    if (port) ports_.redirects.close(*port);
  });
}

void Logins::perform(Running&, login::CloseRedirect& close) { ports_.redirects.close(close.port); }

void Logins::perform(Running& running, login::Tell& tell)
{
  running.starters_last = progress_reply(tell.progress);
  waiters_.answer_all(starter(running.id), *running.starters_last, true);
}

void Logins::perform(Running& running, login::Exchange& exchange)
{
  Account* account = registry_.find(running.account);
  if (!account) return;
  exchanges_.fix_origins(*account, running.machine.provider());
  const GrantEntry* old = registry_.grant_of(*account);
  Consent consent{.kind = exchange.kind,
                  .code = std::move(exchange.code),
                  .verifier = std::move(exchange.verifier),
                  .redirect_uri = std::move(exchange.redirect_uri),
                  .poll_interval = exchange.poll_interval};
  AccountDefinition consented = running.machine.plan().definition;
  consented.scopes = running.machine.plan().scopes;
  consent.note = {.account = account->id,
                  .definition = std::move(consented),
                  .metadata = running.machine.metadata(),
                  .nonce = std::move(exchange.nonce)};
  consent.note.definition.flow = running.machine.plan().flow;
  if (old && !running.switch_user) consent.note.before = old->record.identity;
  running.grant = exchanges_.begin_consent(*account->client, running.machine.provider(), std::move(consent)).id;
}

void Logins::perform(Running& running, login::AbandonExchange&)
{
  if (!running.grant) return;
  GrantEntry* entry = registry_.find(*running.grant);
  running.grant.reset();
  // What is on its way to the disk has repointed the account there already: then the login has won.
  const bool too_late = entry && std::holds_alternative<Saving>(entry->machine.exchange());
  if (entry && !too_late) exchanges_.feed(*entry, Retired{});
}

void Logins::browser_came(BrowserRequest request, AnswerBrowser answer)
{
  std::vector<Login*> machines;
  for (auto& [id, running] : running_) machines.push_back(&running->machine);
  auto routed = login::route(machines, request);
  if (auto* page = std::get_if<BrowserPage>(&routed)) return answer(std::move(*page));
  for (auto& [id, running] : running_) {
    if (&running->machine != std::get<Login*>(routed)) continue;
    const login::BrowserId browser{++last_browser_};
    running->browsers.emplace(browser, std::move(answer));
    return feed(*running, login::BrowserReturned{browser, std::move(request)});
  }
}

void Logins::perform(Running& running, login::AnswerPage& page)
{
  const auto browser = running.browsers.find(page.browser);
  if (browser == running.browsers.end()) return;
  AnswerBrowser answer = std::move(browser->second);
  running.browsers.erase(browser);
  answer(std::move(page.page));
}

void Logins::perform(Running&, login::AnswerPaste& paste) { paste_outcome_ = std::move(paste.outcome); }

void Logins::perform(Running& running, login::Finish& finish)
{
  by_account_.erase(running.account);
  if (running.asked) ports_.http.cancel(*running.asked);
  for (const Topic topic : {starter(running.id), watcher(running.id)}) {
    if (finish.outcome) waiters_.answer_all(topic, done_reply(*finish.outcome, hint_at_end(running.account)));
    else waiters_.fail_all(topic, named(finish.outcome.error()));
  }
  note_end(running.account, finish.outcome);
  changed_(running.account);
}

void Logins::perform(Running& running, login::Discard&) { running_.erase(running.id); }

}  // namespace tokend
