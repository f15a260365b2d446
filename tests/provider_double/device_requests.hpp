// Device authorization requests (RFC 8628) and the pace of their polling. A request is decided once, by
// its user code; polling faster than the interval is answered with slow_down and makes it 5 s longer.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "tests/provider_double/clock.hpp"
#include "tests/provider_double/grants.hpp"

namespace tokend::provider_double {

enum class DeviceDecision { pending, allowed, denied };

struct DeviceRequest {
  std::string user_code;
  ScopeSet scopes;
  Seconds interval{5};
  Instant expires_at{};
  DeviceDecision decision = DeviceDecision::pending;
  std::string subject;
  std::optional<Instant> last_poll;
  bool spent = false;
};

class DeviceRequests {
 public:
  std::string open(DeviceRequest request);  // the device code
  DeviceRequest* find(std::string_view device_code);
  DeviceRequest* find_undecided(std::string_view user_code, Instant now);  // case and dash do not matter

  static bool polled_too_fast(DeviceRequest& request, Instant now);

 private:
  std::map<std::string, DeviceRequest, std::less<>> requests_;  // by device code
};

}  // namespace tokend::provider_double
