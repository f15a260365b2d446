#include "daemon/core/http_date.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>

namespace tokend {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 7> kLongDays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Takes one piece after the other from the front of a text; the first that does not fit spoils the whole.
class Pieces {
 public:
  explicit Pieces(std::string_view text) : rest_(text) {}

  Pieces& literal(std::string_view expected)
  {
    if (rest_.starts_with(expected)) rest_.remove_prefix(expected.size());
    else failed_ = true;
    return *this;
  }
  Pieces& number(std::size_t digits, int& value)
  {
    value = 0;
    if (rest_.size() < digits) failed_ = true;
    for (std::size_t i = 0; i < digits && !failed_; ++i) {
      failed_ = rest_[i] < '0' || rest_[i] > '9';
      value = value * 10 + (rest_[i] - '0');
    }
    if (!failed_) rest_.remove_prefix(digits);
    return *this;
  }
  Pieces& one_of(std::span<const std::string_view> words, int& index)
  {
    const auto found = std::ranges::find_if(words, [&](std::string_view word) { return rest_.starts_with(word); });
    if (found == words.end()) failed_ = true;
    else rest_.remove_prefix(found->size());
    index = static_cast<int>(found - words.begin());
    return *this;
  }
  bool starts_with(char c) const { return rest_.starts_with(c); }
  bool complete() const { return !failed_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

struct Parts {
  int weekday = 0, year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

void read_time(Pieces& pieces, Parts& parts)
{
  pieces.number(2, parts.hour).literal(":").number(2, parts.minute).literal(":").number(2, parts.second);
}

std::optional<WallTime> to_time(const Parts& parts)
{
  using namespace std::chrono;
  const year_month_day date{year(parts.year), month(static_cast<unsigned>(parts.month + 1)),
                            day(static_cast<unsigned>(parts.day))};
  const bool plausible = date.ok() && parts.hour < 24 && parts.minute < 60 && parts.second <= 60;  // 60: a leap second
  if (!plausible) return std::nullopt;
  return WallTime(sys_days(date)) + hours(parts.hour) + minutes(parts.minute) + seconds(parts.second);
}

// Sun, 06 Nov 1994 08:49:37 GMT
std::optional<WallTime> parse_fixdate(std::string_view text)
{
  Pieces pieces(text);
  Parts parts;
  pieces.one_of(kDays, parts.weekday).literal(", ").number(2, parts.day).literal(" ").one_of(kMonths, parts.month);
  pieces.literal(" ").number(4, parts.year).literal(" ");
  read_time(pieces, parts);
  return pieces.literal(" GMT").complete() ? to_time(parts) : std::nullopt;
}

// Sunday, 06-Nov-94 08:49:37 GMT: a year more than fifty years ahead is meant to lie in the past.
std::optional<WallTime> parse_rfc850(std::string_view text, WallTime now)
{
  Pieces pieces(text);
  Parts parts;
  pieces.one_of(kLongDays, parts.weekday).literal(", ").number(2, parts.day).literal("-").one_of(kMonths, parts.month);
  pieces.literal("-").number(2, parts.year).literal(" ");
  read_time(pieces, parts);
  if (!pieces.literal(" GMT").complete()) return std::nullopt;
  const int this_year(std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(now)).year());
  parts.year += this_year / 100 * 100;
  if (parts.year > this_year + 50) parts.year -= 100;
  return to_time(parts);
}

// Sun Nov  6 08:49:37 1994
std::optional<WallTime> parse_asctime(std::string_view text)
{
  Pieces pieces(text);
  Parts parts;
  pieces.one_of(kDays, parts.weekday).literal(" ").one_of(kMonths, parts.month).literal(" ");
  if (pieces.starts_with(' ')) pieces.literal(" ").number(1, parts.day);
  else pieces.number(2, parts.day);
  pieces.literal(" ");
  read_time(pieces, parts);
  return pieces.literal(" ").number(4, parts.year).complete() ? to_time(parts) : std::nullopt;
}

}  // namespace

std::optional<WallTime> parse_http_date(std::string_view text, WallTime now)
{
  if (auto time = parse_fixdate(text)) return time;
  if (auto time = parse_rfc850(text, now)) return time;
  return parse_asctime(text);
}

}  // namespace tokend
