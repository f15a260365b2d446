// Any bytes as a device authorization endpoint's answer: no crash; what is accepted can be shown, opened and polled.
#include "daemon/core/device.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "daemon/core/authorization.hpp"
#include "tests/fuzz/check.hpp"

namespace {

bool is_printable(std::string_view text)
{
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

void check_promises(const tokend::DeviceCode& code)
{
  using tokend::Seconds, tokend::check_openable, tokend::fuzz::check;
  check(!code.device_code.empty());
  check(!code.user_code.empty() && code.user_code.size() <= 64 && is_printable(code.user_code));
  check(check_openable(code.verification_uri, "verification URI").has_value());
  const std::string& complete = code.verification_uri_complete;
  check(complete.empty() || check_openable(complete, "verification URI").has_value());
  check(!code.expires_in || (*code.expires_in >= Seconds(1) && *code.expires_in <= Seconds(24 * 60 * 60)));
  check(code.interval >= Seconds(1) && code.interval <= Seconds(60));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
  const tokend::HttpReply reply{
      .status = 200, .fields = {}, .body = tokend::Secret(std::string(tokend::fuzz::text_of(bytes, size)))};
  if (const auto code = tokend::read_device_code(reply)) check_promises(*code);
  return 0;
}
