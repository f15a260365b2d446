// The link as the kernel tells of it (rtnetlink(7)): up when a default route or an address that reaches beyond its link
// appears. What comes and goes with containers, addresses of the link alone, is no news.
#pragma once
#include <array>
#include <asio/posix/stream_descriptor.hpp>
#include <functional>

#include "daemon/adapters/asio_loop.hpp"
#include "daemon/ports/link.hpp"

namespace tokend {

class NetlinkLink final : public Link {
 public:
  explicit NetlinkLink(AsioLoop&);  // where the kernel gives no such socket it says nothing
  void on_up(std::move_only_function<void()> told) override { told_ = std::move(told); }

 private:
  void wait();

  asio::posix::stream_descriptor socket_;
  alignas(8) std::array<char, 16 * 1024> buffer_;
  std::move_only_function<void()> told_ = [] {};
};

}  // namespace tokend
