#include "tests/unit/broker/bench.hpp"

#include <fmt/format.h>

#include "daemon/core/base64url.hpp"
#include "proto/varlink.hpp"

namespace tokend::test {
namespace {

std::string token_in(const ReadyReply& ready)
{
  std::string scratch;
  const auto reply = varlink::read_reply(ready.varlink().substr(0, ready.varlink().size() - 1), scratch);
  return std::string(wire::read_message<wire::TokenReply>(reply->parameters)->access_token.reveal());
}

}  // namespace

void Caller::on_answer(const Answer& answer)
{
  REQUIRE(!over);
  over = !answer.continues;
  if (const auto* failed = std::get_if<const Error*>(&answer.what)) error = **failed;
  else if (const auto* ready = std::get_if<const ReadyReply*>(&answer.what)) answers.push_back(token_in(**ready));
  else answers.emplace_back(std::get<std::string_view>(answer.what));
}

wire::Definition definition(std::string client_id)
{
  wire::Definition what;
  what.authorization_endpoint = "https://as.example/authorize";
  what.token_endpoint = "https://as.example/token";
  what.revocation_endpoint = "https://as.example/revoke";
  what.client_id = std::move(client_id);
  what.client_secret = Secret("client-secret");
  return what;
}

wire::Definition definition_with_issuer()
{
  wire::Definition what;
  what.issuer = "https://as.example";
  what.client_id = "app";
  what.client_secret = Secret("client-secret");
  return what;
}

HttpOutcome metadata()
{
  return reply(200, R"({"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize",)"
                    R"("token_endpoint":"https://as.example/token","revocation_endpoint":"https://as.example/revoke",)"
                    R"("response_types_supported":["code"]})");
}

std::string id_token(std::string_view subject, WallTime now)
{
  const std::string claims =
      fmt::format(R"({{"iss":"https://as.example","sub":"{0}","aud":"app","exp":{1},"email":"{0}@example"}})", subject,
                  now.time_since_epoch().count() + 60);
  return base64url_encode(R"({"alg":"RS256"})") + "." + base64url_encode(claims) + ".c2ln";
}

Bench::Bench() { start(); }

void Bench::start()
{
  const VaultRow row{.database_id = std::string(16, 'd'), .epoch = 1};
  vault = std::make_unique<Vault>(row, *BenchKeys().master_key(), random);
  broker = std::make_unique<Broker>(Broker::Ports{loop, provider, disk, browser, notifier, link, random, boot_id},
                                    *vault, keys, config,
                                    Broker::About{.pid = 42, .socket = "/run/socket", .state_dir = "/var/state"});
  problems = broker->load(*disk.load());
  run();
}

void Bench::restart(Seconds off)
{
  broker.reset();
  callers.clear();
  loop.forget_process();
  provider.forget_process();
  disk.forget_process();
  browser.forget_process();
  loop.pass(off);
  start();
}

void Bench::pass(Milliseconds span)
{
  loop.pass(span);
  run();
}

Caller& Bench::call() { return callers.emplace_back(); }

Caller& Bench::ask(std::string_view account, wire::GetTokenCall wish)
{
  Caller& caller = call();
  wish.account = account;
  broker->get_token(wish, caller);
  run();
  return caller;
}

Caller& Bench::refresh(std::string account)
{
  Caller& caller = call();
  broker->refresh({.account = std::move(account), .timeout = {}}, caller);
  run();
  return caller;
}

Caller& Bench::login(std::string account, wire::LoginCall how)
{
  Caller& caller = call();
  how.account = std::move(account);
  broker->login(how, caller);
  run();
  return caller;
}

Caller& Bench::add(std::string account, wire::Definition what, bool dry_run)
{
  Caller& caller = call();
  broker->add_account({std::move(account), std::move(what), dry_run}, caller);
  run();
  return caller;
}

Caller& Bench::set(std::string account, wire::Definition what, bool dry_run)
{
  Caller& caller = call();
  broker->update_account({std::move(account), std::move(what), dry_run}, caller);
  run();
  return caller;
}

Caller& Bench::logout(std::string account, bool local)
{
  Caller& caller = call();
  broker->logout({std::move(account), local}, caller);
  run();
  return caller;
}

Caller& Bench::remove(std::string account, bool local)
{
  Caller& caller = call();
  broker->remove_account({std::move(account), local}, caller);
  run();
  return caller;
}

Caller& Bench::lock()
{
  Caller& caller = call();
  broker->lock(caller);
  run();
  return caller;
}

Caller& Bench::unlock()
{
  Caller& caller = call();
  broker->unlock({}, caller);
  run();
  return caller;
}

Caller& Bench::cancel(std::string account)
{
  Caller& caller = call();
  broker->cancel_login({std::move(account)}, caller);
  run();
  return caller;
}

Caller& Bench::subscribe(std::vector<std::string> accounts)
{
  Caller& caller = call();
  broker->subscribe({std::move(accounts)}, caller);
  run();
  return caller;
}

void Bench::come_back(const Caller& starter, const std::string& code)
{
  const auto progress = starter.read<wire::LoginReply>();
  REQUIRE(progress.stage == wire::Stage::kOpenBrowser);
  browser.visit(parameter_of(progress.url, "redirect_uri"),
                fmt::format("code={}&state={}", code, parameter_of(progress.url, "state")));
  run();
}

void Bench::answer(HttpOutcome outcome)
{
  provider.answer(std::move(outcome));
  run();
}

void Bench::commit(Committed outcome)
{
  disk.finish(outcome);
  run();
}

void Bench::sign_in_unsaved(const std::string& account)
{
  add(account);
  begin_exchange(account);
  disk.hold();
  answer(minted("at-1", "rt-1"));
  commit();
  refuse();
  disk.let_go();
}

void Bench::begin_exchange(const std::string& account)
{
  REQUIRE(provider.out() == 0);
  begin_exchange_beside(account);
}

void Bench::begin_exchange_beside(const std::string& account)
{
  come_back(login(account));
  REQUIRE(provider.last().has("grant_type=authorization_code"));
}

void Bench::sign_in(const std::string& account, HttpOutcome reply)
{
  if (!disk.account(account)) REQUIRE(!add(account).error);
  begin_exchange(account);
  answer(std::move(reply));
}

wire::AccountStatus Bench::status(const std::string& account)
{
  Caller& caller = call();
  broker->get_account({account}, caller);
  run();
  return caller.read<wire::GetAccountReply>().status;
}

wire::DaemonStatus Bench::daemon_status()
{
  Caller& caller = call();
  broker->get_status(caller);
  run();
  return caller.read<wire::DaemonStatus>();
}

std::string Bench::state(const std::string& account) { return std::string(wire::name_of(status(account).state)); }

std::string Bench::durable_refresh_token(const std::string& account)
{
  const AccountRow* row = disk.account(account);
  if (!row || !row->grant || !disk.grants.contains(*row->grant)) return "none";
  const GrantRow& grant = disk.grants.at(*row->grant);
  const auto json = vault->open_refresh({grant.id, grant.generation, Binding{grant.binding}}, grant.sealed);
  if (!json) return "none";
  return std::string(read_grant_record(*json)->refresh_token.reveal());
}

std::string Bench::durable_access_token(const std::string& account)
{
  const AccountRow* row = disk.account(account);
  if (!row || !row->grant || !disk.grants.contains(*row->grant)) return "none";
  const Binding binding{disk.grants.at(*row->grant).binding};
  for (const auto& [id, token] : disk.tokens) {
    if (token.grant != *row->grant) continue;
    const auto value = vault->open_access({token.grant, token.generation, binding}, id, TokenKey{}, token.sealed);
    if (value) return std::string(value->reveal());
  }
  return "none";
}

}  // namespace tokend::test
