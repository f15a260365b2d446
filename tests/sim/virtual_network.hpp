// HTTP between the broker and the providers: delays, losses on either way, error pages, answers that arrive garbled.
// Counts what is in flight.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "daemon/ports/http_client.hpp"
#include "tests/sim/seeded_random.hpp"
#include "tests/sim/virtual_provider.hpp"

namespace tokend::sim {

class VirtualNetwork final : public HttpClient {
 public:
  using Violation = std::function<void(const std::string&)>;
  using Tell = std::function<void(const std::string&)>;

  VirtualNetwork(VirtualLoop& loop, SeededRandom& world, Violation violation, Tell tell)
      : loop_(loop), world_(world), violation_(std::move(violation)), tell_(std::move(tell))
  {
  }
  void add(VirtualProvider& provider) { providers_[provider.host()] = &provider; }

  void send(HttpId, HttpRequest, std::move_only_function<void(HttpOutcome)>) override;
  void cancel(HttpId) override {}

  void crash();                                                    // callbacks of the dead process are forgotten
  void set_fault_rate(std::uint64_t one_in) { one_in_ = one_in; }  // 0: a perfect world
  int requests() const { return requests_; }
  bool is_well() const { return one_in_ == 0; }

 private:
  struct Flight {
    VirtualProvider* provider = nullptr;
    std::string path, body, refresh_token, exchange;
    std::move_only_function<void(HttpOutcome)> done;
    int process = 0;
  };
  void arrive(std::shared_ptr<Flight>);
  void answer(std::shared_ptr<Flight>, HttpOutcome);
  HttpReply provider_error();
  HttpReply garbled();

  VirtualLoop& loop_;
  SeededRandom& world_;
  Violation violation_;
  Tell tell_;
  std::map<std::string, VirtualProvider*> providers_;
  std::map<std::string, int> in_flight_;  // of this process, by exchange_of()
  std::set<std::string> codes_;           // that were sent
  std::uint64_t one_in_ = 0;
  int process_ = 0, requests_ = 0;
};

}  // namespace tokend::sim
