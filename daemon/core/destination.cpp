#include "daemon/core/destination.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "daemon/core/url.hpp"

namespace tokend {

AllowedOrigins::AllowedOrigins(std::vector<std::string> origins) { add(origins); }

void AllowedOrigins::add(const std::vector<std::string>& origins)
{
  origins_.insert(origins_.end(), origins.begin(), origins.end());
  std::ranges::sort(origins_);
  origins_.erase(std::ranges::unique(origins_).begin(), origins_.end());
}

Result<Destination> AllowedOrigins::admit(const std::string& url) const
{
  const auto parsed = parse_url(url);
  const std::string to = parsed ? origin(*parsed) : url;
  if (parsed && std::ranges::binary_search(origins_, to)) return Destination(url);
  return fail(endpoint_changed(fmt::format("{}", fmt::join(origins_, ", ")), to));
}

Error endpoint_changed(std::string_view from, std::string_view to)
{
  return {.code = ErrorCode::kProviderRefused,
          .reason = fmt::format("endpoint changed from {} to {}: nothing was sent there", from, to),
          .cause = "endpoint_changed"};
}

}  // namespace tokend
