// A real broker over the smallest ports there are, and a client of it that needs no socket: the tests talk to a session
// byte by byte and see what comes back. One turn of the loop is one turn; nothing happens by itself.
#pragma once
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/broker/broker.hpp"
#include "daemon/session/face_session.hpp"

namespace tokend::test {

class TurnLoop final : public Loop {
 public:
  BootTime now() const override { return BootTime(std::chrono::seconds(1000)) + passed; }
  WallTime wall() const override
  {
    return WallTime(std::chrono::seconds(1'700'000'000)) + std::chrono::floor<Seconds>(passed);
  }
  void post(std::move_only_function<void()> task) override { tasks.push_back(std::move(task)); }
  void alarm_at(BootTime) override {}
  void on_alarm(std::move_only_function<void()> fire) override { alarm = std::move(fire); }
  void run();  // until nothing is left to do

  std::deque<std::move_only_function<void()>> tasks;
  std::move_only_function<void()> alarm;
  Milliseconds passed{0};
};

// An authorization server that answers every token request alike, or holds its answers back.
class OneAnswer final : public HttpClient {
 public:
  explicit OneAnswer(Loop& loop) : loop_(loop) {}
  void send(HttpId, HttpRequest, std::move_only_function<void(HttpOutcome)>) override;
  void cancel(HttpId) override {}
  void release();  // answers what was held

  int status = 200;
  std::string body = R"({"access_token":"AT-canary","token_type":"Bearer","expires_in":3600})";
  std::vector<std::string> retry_after = {};
  bool held = false;
  int asked = 0;

 private:
  HttpReply reply() const;

  Loop& loop_;
  std::vector<std::move_only_function<void(HttpOutcome)>> waiting_;
};

class WellDisk final : public TokenStore {
 public:
  explicit WellDisk(Loop& loop) : loop_(loop) {}
  Result<Snapshot> load() override { return Snapshot{}; }
  void commit(Unit, std::move_only_function<void(Committed)> done) override;

 private:
  Loop& loop_;
};

class NoRedirects final : public Redirects {
 public:
  void on_request(std::move_only_function<void(BrowserRequest, AnswerBrowser)>) override {}
  Result<std::uint16_t> open(const RedirectAddress& address) override { return address.port ? address.port : 40000; }
  void close(std::uint16_t) override {}
};

class SameKey final : public KeySource {
 public:
  Result<MasterKey> master_key() override;
};

class NoLink final : public Link {
 public:
  void on_up(std::move_only_function<void()>) override {}
};

class Nobody final : public Notifier {
 public:
  void tell(const Notice&) override {}
};

class CountingRandom final : public Random {
 public:
  void fill(std::span<std::byte> bytes) override
  {
    for (std::byte& byte : bytes) byte = std::byte{next_++};
  }

 private:
  unsigned char next_ = 1;
};

// A daemon without a process. `robot` is an account that logs in as itself, `ana` one that needs a browser.
struct Daemon {
  Daemon();
  void run() { loop.run(); }

  TurnLoop loop;
  OneAnswer http{loop};
  WellDisk store{loop};
  NoRedirects redirects;
  Nobody nobody;
  NoLink link;
  CountingRandom random;
  Config config;
  Vault vault;
  SameKey keys;
  Broker broker;
  OpenSession open = open_session(broker, loop);
};

// One connection. It keeps the listener's side of the contract: an empty outbox at each call, on_wake() after a yield.
class Client final : public SessionHost {
 public:
  explicit Client(Daemon& daemon) : daemon_(daemon), session_(daemon.open({}, *this)) {}

  void wake() override;
  void send(std::string_view bytes);  // as one read; only while the session reads
  void send_in_pieces(std::string_view bytes, std::size_t size);
  void finish_sending();
  void go() { session_->on_peer_gone(); }
  void leave() { session_.reset(); }

  std::string take_received() { return std::exchange(received_, {}); }
  std::string ask(std::string_view bytes);  // sends, runs the loop, takes what came
  const std::string& received() const { return received_; }
  Next next() const { return next_; }
  bool closed() const { return next_ == Next::kCloseAfterFlush; }
  std::size_t unfinished() const { return session_->unfinished(); }
  int yields() const { return yields_; }

  void stop_reading() { reads_ = false; }  // what is said from now on stays with the daemon
  void read_on();

 private:
  void flush(Next);

  Daemon& daemon_;
  Outbox out_;
  std::string received_;
  Next next_ = Next::kRead;
  int yields_ = 0;
  bool reads_ = true;
  std::unique_ptr<Session> session_;
};

std::string message(std::string_view json);  // with its NUL
std::string call(std::string_view method, std::string_view parameters = "{}", std::string_view more = "");
std::vector<std::string> messages_in(std::string_view received);  // without NULs

struct HttpAnswer {
  int status = 0;
  std::string head, body;                 // the body without the marks of its chunks
  bool has(std::string_view line) const;  // a whole line of the head
};
HttpAnswer parse_answer(std::string_view& received);
std::string get(std::string_view target, std::string_view fields = "");
std::string post(std::string_view method, std::string_view body, std::string_view fields = "");

}  // namespace tokend::test
