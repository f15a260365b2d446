// Lock and Unlock: who is answered what meanwhile, what is awaited, and what is left in memory.
#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

struct Locked : Bench {
  Locked()
  {
    add("mail");
    sign_in("mail");
  }
  Caller& ask_patiently(std::int64_t seconds)
  {
    wire::GetTokenCall call;
    call.timeout = seconds;
    return ask("mail", call);
  }
};

TEST_CASE_METHOD(Locked, "a locked vault gives no token, and the same one when it is unlocked")
{
  REQUIRE(ask("mail").token() == "at-1");
  CHECK(lock().answered());
  CHECK(vault->locked());
  CHECK(is_locked(ask("mail")));
  wire::GetTokenCall call;
  call.account = "mail";
  CHECK(broker->ready(call) == nullptr);
  CHECK(unlock().answered());
  CHECK(ask("mail").token() == "at-1");
}

TEST_CASE_METHOD(Locked, "every call that needs a secret is refused, and says what to do")
{
  lock();
  for (Caller* caller : {&refresh("mail"), &login("mail"), &add("other"), &set("mail", definition("app-2")),
                         &logout("mail"), &remove("mail")}) {
    CHECK(is_locked(*caller));
    CHECK(caller->error->next == "tokenctl unlock");
  }
  CHECK(provider.out() == 0);
}

TEST_CASE_METHOD(Locked, "lists and status are answered, and the daemon says that it is locked")
{
  lock();
  CHECK(status("mail").account == "mail");
  CHECK_FALSE(status("mail").usable);
  CHECK(daemon_status().state == wire::DaemonState::kLocked);
  CHECK(daemon_status().next == "tokenctl unlock");
  unlock();
  CHECK(daemon_status().state == wire::DaemonState::kOk);
}

TEST_CASE_METHOD(Locked, "subscribers are told of both")
{
  const Caller& watcher = subscribe();
  lock();
  CHECK(watcher.read<wire::Event>().event == wire::EventKind::kDaemon);
  CHECK(watcher.read<wire::Event>().cause == "locked");
  unlock();
  CHECK(watcher.read<wire::Event>().event == wire::EventKind::kDaemon);
  CHECK(watcher.read<wire::Event>().cause == "");
}

TEST_CASE_METHOD(Locked, "a request that is out is awaited and saved before the keys go, and nobody gets its token")
{
  expire();
  const Caller& asker = ask("mail");
  REQUIRE(provider.out() == 1);
  const Caller& locker = lock();
  CHECK(is_locked(asker));
  CHECK_FALSE(locker.answered());
  CHECK_FALSE(vault->locked());
  CHECK(is_locked(ask("mail")));
  disk.hold();
  answer(minted("at-2", "rt-2"));
  CHECK_FALSE(locker.answered());
  disk.let_go();
  run();
  CHECK(locker.answered());
  CHECK(vault->locked());
  unlock();
  CHECK(ask("mail").token() == "at-2");
  CHECK(durable_refresh_token("mail") == "rt-2");
}

TEST_CASE_METHOD(Locked, "an answer that is on its way when the lock comes is not a token any more")
{
  Caller& asker = call();
  wire::GetTokenCall wish;
  wish.account = "mail";
  broker->get_token(wish, asker);
  lock();
  CHECK(is_locked(asker));
}

TEST_CASE_METHOD(Locked, "who is patient waits for the unlocking, up to its own time")
{
  lock();
  const Caller& patient = ask_patiently(100);
  const Caller& less = ask_patiently(10);
  CHECK_FALSE(patient.answered());
  pass(Seconds(10));
  CHECK(is_locked(less));
  unlock();
  CHECK(patient.token() == "at-1");
}

TEST_CASE_METHOD(Locked, "who was waiting patiently for a refresh gets its token after the unlocking")
{
  expire();
  const Caller& patient = ask_patiently(100);
  lock();
  answer(minted("at-2", "rt-2"));
  CHECK_FALSE(patient.answered());
  unlock();
  CHECK(patient.token() == "at-2");
}

TEST_CASE_METHOD(Locked, "what comes due while it is locked happens at the unlocking")
{
  lock();
  const std::size_t asked = provider.asked.size();
  pass(Seconds(7200));
  CHECK(provider.asked.size() == asked);
  unlock();
  REQUIRE(provider.asked.size() == asked + 1);
  CHECK(provider.last().has("refresh_token=rt-1"));
}

TEST_CASE_METHOD(Locked, "a login that is pending is cancelled, and one that is being exchanged is not kept")
{
  add("work", definition("app-2"));
  Caller& pending = login("work");
  lock();
  CHECK(pending.error);
  CHECK(vault->locked());
  unlock();
  begin_exchange("work");
  const Caller& locker = lock();
  CHECK_FALSE(locker.answered());
  answer(minted("at-w", "rt-w"));
  while (provider.out() > 0) answer(reply(200, "{}"));  // what was minted is revoked
  CHECK(locker.answered());
  unlock();
  CHECK(ask("work").cause() == "never_signed_in");
}

TEST_CASE_METHOD(Locked, "an answer that could not be read waits sealed, and is read again after the unlocking")
{
  expire();
  ask("mail");
  answer(reply(200, "<html>"));
  REQUIRE(status("mail").cause == "refresh_in_doubt");
  lock();
  unlock();
  refresh("mail");
  CHECK(status("mail").cause == "refresh_in_doubt");
  CHECK(provider.out() == 0);
}

TEST_CASE_METHOD(Locked, "an answer that is being read again is read before the keys go")
{
  expire();
  ask("mail");
  answer(reply(200, "<html>"));
  disk.hold();
  Caller& person = call();
  broker->refresh({.account = "mail"}, person);
  CHECK_FALSE(lock().answered());
  CHECK_FALSE(vault->locked());
  commit();  // how often it was read
  CHECK(vault->locked());
  CHECK(is_locked(person));
}

TEST_CASE_METHOD(Locked, "a login that the disk refuses to the last is not locked away")
{
  expire();
  ask("mail");
  disk.fill(DiskTrouble::kFull);
  answer(minted("at-2", "rt-2"));
  const Caller& locker = lock();
  CHECK(locker.cause() == "disk_full");
  CHECK_FALSE(vault->locked());
  CHECK(ask("mail").token() == "at-2");
  disk.fill({});
  pass(Seconds(60));
  CHECK(lock().answered());
}

TEST_CASE_METHOD(Locked, "locking twice and unlocking twice are the same as once")
{
  lock();
  CHECK(lock().answered());
  unlock();
  CHECK(unlock().answered());
  CHECK(ask("mail").token() == "at-1");
}

TEST_CASE_METHOD(Locked, "an unlocking that comes while it is being locked is done after it")
{
  expire();
  ask("mail");
  const Caller& locker = lock();
  const Caller& unlocker = unlock();
  CHECK_FALSE(unlocker.answered());
  answer(minted("at-2", "rt-2"));
  CHECK(locker.answered());
  CHECK(unlocker.answered());
  CHECK(ask("mail").token() == "at-2");
}

TEST_CASE_METHOD(Locked, "of a lock, an unlocking and a lock the last one counts")
{
  expire();
  ask("mail");
  lock();
  const Caller& overruled = unlock();
  const Caller& last = lock();
  CHECK(is_locked(overruled));
  answer(minted("at-2", "rt-2"));
  CHECK(last.answered());
  CHECK(vault->locked());
}

TEST_CASE_METHOD(Locked,
                 "many who waited patiently are all told when their account cannot be served after the unlocking")
{
  expire();
  lock();
  std::vector<Caller*> patient;
  for (int n = 0; n < 5; ++n) patient.push_back(&ask_patiently(100));
  unlock();
  answer(refused("invalid_grant"));
  for (const Caller* caller : patient) CHECK(caller->cause() == "refresh_token_revoked");
}

TEST_CASE_METHOD(Locked, "without its key it stays locked, and says why")
{
  lock();
  keys.missing = Error{.code = ErrorCode::kLocked, .reason = "vault.key is missing", .next = "restore it"};
  const Caller& refused = unlock();
  CHECK(is_locked(refused));
  CHECK(refused.error->reason == "vault.key is missing");
  CHECK(is_locked(ask("mail")));
  keys.missing.reset();
  CHECK(unlock().answered());
}

TEST_CASE_METHOD(Locked, "a passphrase is for a slot that there is not yet")
{
  Caller& caller = call();
  broker->unlock({.passphrase = Secret("correct horse")}, caller);
  run();
  REQUIRE(caller.error);
  CHECK(caller.error->subject == "passphrase");
}

TEST_CASE_METHOD(Locked, "it can be told to stop while it is locked")
{
  lock();
  bool stopped = false;
  broker->quiesce([&] { stopped = true; });
  run();
  CHECK(stopped);
}

}  // namespace
}  // namespace tokend::test
