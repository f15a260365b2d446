#include "daemon/broker/trouble_reports.hpp"

#include <fmt/format.h>

namespace tokend {
namespace {

using wire::State;

bool is_in_trouble(const wire::AccountStatus& status)
{
  return !status.cause.empty() && (status.state == State::kBackingOff || status.state == State::kNeedsLogin);
}

// Another try is under way, or a person is: how it ends is not known yet.
bool is_undecided(State state) { return state == State::kRefreshing || state == State::kSigningIn; }

// A wait that is over is no success.
bool has_succeeded_since(const wire::AccountStatus& status)
{
  return !status.last_error_at || status.last_refresh_at.value_or(0) >= *status.last_error_at;
}

}  // namespace

void TroubleReports::look_at(const wire::AccountStatus& status)
{
  if (is_undecided(status.state)) return;
  if (is_in_trouble(status)) return begun(status);
  if (status.state == State::kFresh && !has_succeeded_since(status)) return;
  const bool was_in_trouble = causes_.erase(status.account) > 0;
  if (was_in_trouble && status.state == State::kFresh)
    told_(LogLevel::kInfo, fmt::format("{}: well again", status.account));
}

void TroubleReports::begun(const wire::AccountStatus& status)
{
  std::string& cause = causes_[status.account];
  if (std::exchange(cause, status.cause) == status.cause) return;
  std::string sentence = fmt::format("{} ({})", status.reason, status.cause);
  if (!status.next.empty()) sentence += "; next: " + status.next;
  told_(LogLevel::kWarn, sentence);
}

}  // namespace tokend
