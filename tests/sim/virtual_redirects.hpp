// The redirect listener without sockets: browsers of the simulator hand their requests over directly.
#pragma once
#include <map>

#include "daemon/ports/redirects.hpp"

namespace tokend::sim {

class VirtualRedirects final : public Redirects {
 public:
  void on_request(std::move_only_function<void(BrowserRequest, AnswerBrowser)> handler) override
  {
    handler_ = std::move(handler);
  }
  Result<std::uint16_t> open(const RedirectAddress& address) override
  {
    const auto port = address.port ? address.port : static_cast<std::uint16_t>(40000 + users_.size());
    ++users_[port];
    return port;
  }
  void close(std::uint16_t port) override { --users_[port]; }

  void browse(BrowserRequest request)
  {
    if (users_[request.port] > 0) handler_(std::move(request), [](BrowserPage) {});
  }
  void forget_process() { users_.clear(); }

 private:
  std::move_only_function<void(BrowserRequest, AnswerBrowser)> handler_;
  std::map<std::uint16_t, int> users_;
};

}  // namespace tokend::sim
