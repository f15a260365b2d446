#include "tests/provider_double/device_requests.hpp"

#include <utility>

#include "tests/provider_double/text.hpp"

namespace tokend::provider_double {
namespace {

std::string comparable(std::string_view user_code)
{
  std::string letters;
  for (const char c : user_code) {
    if (c >= 'a' && c <= 'z') letters += static_cast<char>(c - 32);
    if (c >= 'A' && c <= 'Z') letters += c;
  }
  return letters;
}

}  // namespace

std::string DeviceRequests::open(DeviceRequest request)
{
  auto device_code = random_string("pd-device-");
  requests_[device_code] = std::move(request);
  return device_code;
}

DeviceRequest* DeviceRequests::find(std::string_view device_code)
{
  const auto found = requests_.find(device_code);
  return found == requests_.end() ? nullptr : &found->second;
}

DeviceRequest* DeviceRequests::find_undecided(std::string_view user_code, Instant now)
{
  for (auto& [device_code, request] : requests_) {
    const bool open = request.decision == DeviceDecision::pending && now < request.expires_at;
    if (open && comparable(request.user_code) == comparable(user_code)) return &request;
  }
  return nullptr;
}

bool DeviceRequests::polled_too_fast(DeviceRequest& request, Instant now)
{
  const auto last = std::exchange(request.last_poll, now);
  // A second is forgiven: the client's timer and this clock round differently.
  const bool too_fast = last && now - *last + Seconds{1} < request.interval;
  if (too_fast) request.interval += Seconds{5};
  return too_fast;
}

}  // namespace tokend::provider_double
