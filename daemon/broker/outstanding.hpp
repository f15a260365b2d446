// The broker's way to the network, the disk and its own later turns, with a count of what has been asked for and not
// come back. At rest: nothing is out. Then nobody but a new call or an alarm can need a secret.
#pragma once
#include <functional>
#include <utility>

#include "daemon/ports/http_client.hpp"
#include "daemon/ports/loop.hpp"
#include "daemon/ports/token_store.hpp"

namespace tokend {

class Outstanding {
 public:
  Outstanding(Loop& loop, HttpClient& http, TokenStore& store)
      : loop_(*this, loop), http_(*this, http), store_(*this, store)
  {
  }
  Loop& loop() { return loop_; }
  HttpClient& http() { return http_; }
  TokenStore& store() { return store_; }
  bool at_rest() const { return count_ == 0; }
  void on_rest(std::function<void()> told) { told_ = std::move(told); }  // after each last answer

 private:
  class Turns final : public Loop {
   public:
    Turns(Outstanding& all, Loop& real) : all_(all), real_(real) {}
    BootTime now() const override { return real_.now(); }
    WallTime wall() const override { return real_.wall(); }
    void post(std::move_only_function<void()> task) override { real_.post(all_.counted<>(std::move(task))); }
    void alarm_at(BootTime at) override { real_.alarm_at(at); }
    void on_alarm(std::move_only_function<void()> told) override { real_.on_alarm(std::move(told)); }

   private:
    Outstanding& all_;
    Loop& real_;
  };
  class Http final : public HttpClient {
   public:
    Http(Outstanding& all, HttpClient& real) : all_(all), real_(real) {}
    void send(HttpId id, HttpRequest request, std::move_only_function<void(HttpOutcome)> answer) override
    {
      real_.send(id, std::move(request), all_.counted<HttpOutcome>(std::move(answer)));
    }
    void cancel(HttpId id) override { real_.cancel(id); }

   private:
    Outstanding& all_;
    HttpClient& real_;
  };
  class Store final : public TokenStore {
   public:
    Store(Outstanding& all, TokenStore& real) : all_(all), real_(real) {}
    Result<Snapshot> load() override { return real_.load(); }
    void commit(Unit unit, std::move_only_function<void(Committed)> answer) override
    {
      real_.commit(std::move(unit), all_.counted<Committed>(std::move(answer)));
    }

   private:
    Outstanding& all_;
    TokenStore& real_;
  };

  template <class... Outcome>
  std::move_only_function<void(Outcome...)> counted(std::move_only_function<void(Outcome...)> answer)
  {
    ++count_;
    return [this, answer = std::move(answer)](Outcome... outcome) mutable {
      answer(std::move(outcome)...);
      if (--count_ == 0) told_();
    };
  }

  int count_ = 0;
  Turns loop_;
  Http http_;
  Store store_;
  std::function<void()> told_ = [] {};
};

}  // namespace tokend
