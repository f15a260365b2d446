#include "daemon/core/device.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "daemon/core/authorization.hpp"
#include "daemon/core/json_document.hpp"

namespace tokend {
namespace {

constexpr std::size_t kLongestUserCode = 64;
constexpr Seconds kUsualInterval{5};
constexpr Seconds kLongestInterval{60};
constexpr Seconds kLongestLife{24 * 60 * 60};

std::unexpected<Error> unreadable(std::string why)
{
  return fail({.code = ErrorCode::kTemporarilyUnavailable,
               .reason = "the device authorization endpoint's answer " + std::move(why),
               .cause = "provider_error"});
}

bool is_printable(std::string_view text)
{
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

std::optional<Seconds> seconds(const JsonObject& object, std::string_view name)
{
  const auto value = object.find(name);
  if (!value) return std::nullopt;
  if (const auto number = value->number()) {
    const bool fits = *number >= 1 && *number < 1e9;
    return fits ? std::optional(Seconds(static_cast<std::int64_t>(*number))) : std::nullopt;
  }
  const auto text = value->string().value_or("");
  std::int64_t read = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), read);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && read >= 1 ? std::optional(Seconds(read)) : std::nullopt;
}

std::string verification_uri(const JsonObject& object)
{
  auto uri = object.text("verification_uri");
  return uri.empty() ? object.text("verification_url") : uri;
}

std::string openable_or_empty(std::string uri)
{
  return check_openable(uri, "verification URI") ? std::move(uri) : std::string();
}

}  // namespace

Result<DeviceCode> read_device_code(const HttpReply& reply)
{
  const auto json = JsonDocument::parse(reply.body.reveal());
  const auto object = json ? json->object() : std::nullopt;
  if (!object) return unreadable("is not a JSON object");
  if (object->count("device_code") > 1 || object->count("user_code") > 1) return unreadable("repeats a member");
  DeviceCode code{.device_code = Secret(object->text("device_code")),
                  .user_code = object->text("user_code"),
                  .verification_uri = verification_uri(*object),
                  .verification_uri_complete = openable_or_empty(object->text("verification_uri_complete")),
                  .expires_in = seconds(*object, "expires_in"),
                  .interval = std::min(seconds(*object, "interval").value_or(kUsualInterval), kLongestInterval)};
  if (code.device_code.empty()) return unreadable("holds no device code");
  if (code.user_code.empty() || code.user_code.size() > kLongestUserCode || !is_printable(code.user_code))
    return unreadable("holds no code that could be shown");
  if (auto checked = check_openable(code.verification_uri, "verification URI"); !checked) return fail(checked.error());
  if (code.expires_in) code.expires_in = std::min(*code.expires_in, kLongestLife);
  return code;
}

}  // namespace tokend
