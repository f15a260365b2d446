// The ports of a broker under test. Each records what it is asked for and answers when the test says so.
#pragma once
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/ports/http_client.hpp"
#include "daemon/ports/link.hpp"
#include "daemon/ports/loop.hpp"
#include "daemon/ports/notifier.hpp"
#include "daemon/ports/random.hpp"
#include "daemon/ports/redirects.hpp"
#include "daemon/ports/token_store.hpp"
#include "daemon/vault/key_source.hpp"

namespace tokend::test {

class BenchLoop final : public Loop {
 public:
  BootTime now() const override { return BootTime(Seconds(5000)) + passed_; }
  WallTime wall() const override
  {
    return WallTime(Seconds(1'700'000'000)) + std::chrono::floor<Seconds>(passed_ + stepped_);
  }
  void post(std::move_only_function<void()> task) override { posted_.push_back(std::move(task)); }
  void alarm_at(BootTime at) override { alarm_ = at; }
  void on_alarm(std::move_only_function<void()> ring) override { ring_ = std::move(ring); }

  bool turn();  // one posted task, or the alarm if it is due; false: there is nothing to do
  void run();   // until there is nothing to do
  void pass(Milliseconds span) { passed_ += span; }
  void step_wall(Seconds by) { stepped_ += by; }
  void ring() { ring_(); }  // as the real one does when the clock was set
  void forget_process();

 private:
  std::deque<std::move_only_function<void()>> posted_;
  std::optional<BootTime> alarm_;
  std::move_only_function<void()> ring_;
  Milliseconds passed_{0}, stepped_{0};
};

HttpOutcome reply(int status, std::string body);
HttpOutcome minted(std::string_view access, std::string_view refresh = {}, std::string_view id_token = {});  // 3600 s
HttpOutcome refused(std::string_view error);
HttpOutcome come_later(int status, std::string_view retry_after);
HttpOutcome lost();      // on its way to the provider or back
HttpOutcome not_sent();  // proven

struct Asked {
  std::string url, body;
  std::map<std::string, std::string> fields;
  bool has(std::string_view parameter) const;  // name=value
};

class ScriptedProvider final : public HttpClient {
 public:
  void send(HttpId, HttpRequest, std::move_only_function<void(HttpOutcome)>) override;
  void cancel(HttpId) override { ++cancelled; }

  std::size_t out() const { return waiting_.size(); }  // requests without an answer
  const Asked& last() const { return asked.back(); }
  void answer(HttpOutcome);  // the oldest
  void answer_newest(HttpOutcome);
  void forget_process() { waiting_.clear(); }

  std::vector<Asked> asked;  // since the beginning
  int cancelled = 0;

 private:
  std::deque<std::move_only_function<void(HttpOutcome)>> waiting_;
};

// Rows in memory. Well: units are committed as they come. Held: they wait for finish(), which may refuse them.
class ScriptedDisk final : public TokenStore {
 public:
  explicit ScriptedDisk(Loop& loop) : loop_(loop) {}
  Result<Snapshot> load() override;
  void commit(Unit, std::move_only_function<void(Committed)>) override;

  void hold() { held_ = true; }
  void let_go();  // commits what waits; well from now on
  void fill(std::optional<DiskTrouble> trouble) { sick_ = trouble; }
  void finish(Committed);                    // the oldest; a good one is applied
  std::vector<std::string> waiting() const;  // in words, see in_words()
  std::vector<std::string> log;              // units as they were handed over
  void forget_process() { waiting_.clear(); }

  std::map<ClientId, ClientRow> clients;
  std::map<GrantId, GrantRow> grants;
  std::map<AccountId, AccountRow> accounts;
  std::map<std::int64_t, TokenRow> tokens;
  std::map<GrantId, AttemptRow> attempts;
  const AccountRow* account(std::string_view name) const;

 private:
  struct UnderWay {
    Unit unit;
    std::move_only_function<void(Committed)> done;
  };
  Committed apply(const Unit&);
  bool holds(const Precondition&) const;

  Loop& loop_;
  bool held_ = false;
  std::optional<DiskTrouble> sick_;
  std::deque<UnderWay> waiting_;
};

// "intent", "reply", "client account", "grant no-tokens token no-intent" ..: a word for each change of the unit.
std::string in_words(const Unit&);

class ScriptedBrowser final : public Redirects {
 public:
  void on_request(std::move_only_function<void(BrowserRequest, AnswerBrowser)> handler) override
  {
    handler_ = std::move(handler);
  }
  Result<std::uint16_t> open(const RedirectAddress&) override;
  void close(std::uint16_t port) override { --users[port]; }
  void visit(std::string_view redirect_uri, std::string query);
  void forget_process() { users.clear(); }

  std::map<std::uint16_t, int> users;
  std::vector<BrowserPage> pages;  // that the browser was shown

 private:
  std::move_only_function<void(BrowserRequest, AnswerBrowser)> handler_;
};

class BenchKeys final : public KeySource {
 public:
  Result<MasterKey> master_key() override;
  std::optional<Error> missing;  // why there is no key
};

class BenchLink final : public Link {
 public:
  void on_up(std::move_only_function<void()> told) override { up = std::move(told); }
  std::move_only_function<void()> up;  // the network is back
};

class PersonTold final : public Notifier {
 public:
  void tell(const Notice& notice) override { notices.push_back(notice); }
  std::vector<Notice> notices;
};

std::string parameter_of(std::string_view url, std::string_view name);

// Never twice the same, and read as a number it is next to nothing: no jitter.
class CountingRandom final : public Random {
 public:
  void fill(std::span<std::byte> bytes) override;

 private:
  std::uint64_t count_ = 0;
};

}  // namespace tokend::test
