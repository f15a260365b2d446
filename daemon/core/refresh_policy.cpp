#include "daemon/core/refresh_policy.hpp"

#include <algorithm>

namespace tokend {
namespace {

constexpr Seconds kCap{300};
constexpr Seconds kUnreachableCap{30};
constexpr Seconds kMostOften{60};  // is a token used for its own sake
constexpr Seconds kSameEnd{60};    // two answers that differ by less announce one end

Milliseconds scaled(Milliseconds span, double factor)
{
  return Milliseconds(static_cast<Milliseconds::rep>(static_cast<double>(span.count()) * factor));
}

// +1, +3, +7, +15 .. seconds after the first send: the wait doubles.
Milliseconds leeway_step(int sends) { return Seconds(1LL << std::min(sends - 1, 8)); }

std::string cause_of(DiskTrouble trouble)
{
  switch (trouble) {
    case DiskTrouble::kFull: return "disk_full";
    case DiskTrouble::kReadOnly: return "disk_read_only";
    case DiskTrouble::kIo:
    case DiskTrouble::kCorrupt: return "disk_failed";
    case DiskTrouble::kStale: return "timed_out";  // something else was faster
  }
  return "disk_failed";
}

std::string sentence_of(DiskTrouble trouble)
{
  switch (trouble) {
    case DiskTrouble::kFull: return "the disk of the state directory is full";
    case DiskTrouble::kReadOnly: return "the state directory is read-only";
    case DiskTrouble::kIo: return "the disk of the state directory failed";
    case DiskTrouble::kCorrupt: return "the database is damaged";
    case DiskTrouble::kStale: return "the account changed meanwhile";
  }
  return "the disk of the state directory failed";
}

bool inside_leeway(const RefreshRules& rules, Seconds age)
{
  return rules.rotation == RotationClass::kLeeway && age * 10 < rules.leeway * 8;
}

}  // namespace

Milliseconds refresh_margin(const RefreshRules& rules, Seconds lifetime, double jitter)
{
  const Milliseconds margin = std::min<Milliseconds>(rules.margin, Milliseconds(lifetime) / 3);
  return scaled(margin, 1.0 + 0.2 * jitter);
}

std::optional<BootTime> refresh_time(const RefreshRules& rules, BootTime expires, Seconds lifetime, double jitter)
{
  if (is_short(lifetime)) return std::nullopt;
  return expires - refresh_margin(rules, lifetime, jitter);
}

Seconds satisfiable_ttl(Seconds asked, std::optional<Seconds> lifetime)
{
  if (!lifetime) return asked;
  return std::min(asked, *lifetime * 2 / 3);
}

bool is_unreachable(std::string_view cause) { return cause == "network" || cause == "dns"; }

Milliseconds back_off(const BackOff& why, double jitter)
{
  if (why.retry_after) return *why.retry_after;  // no sooner, and a reader can count on it
  const Seconds cap = why.unreachable ? kUnreachableCap : kCap;
  const Seconds top = std::clamp(Seconds(1LL << std::clamp(why.failures, 1, 9)), Seconds(1), cap);
  return Seconds(1) + scaled(top - Seconds(1), jitter);
}

BootTime send_again_at(const RefreshRules& rules, const Doubt& doubt)
{
  if (inside_leeway(rules, doubt.age)) return doubt.now + leeway_step(doubt.sends);
  const BootTime backed_off = doubt.now + back_off({.failures = doubt.sends, .retry_after = {}}, doubt.jitter);
  const bool freely = rules.rotation == RotationClass::kStatic || rules.refresh_kills_access;
  if (freely || !doubt.access_expires) return backed_off;
  return std::max(backed_off, *doubt.access_expires - kDoubtHeldUntil);
}

std::optional<RefreshEnd> end_after(const std::optional<RefreshEnd>& held, const TokenResponse& minted, WallTime sent)
{
  if (!minted.refresh_expires_in && (!held || !minted.refresh_token.empty())) return std::nullopt;
  if (!minted.refresh_expires_in) return RefreshEnd{held->at, true};
  const WallTime at = sent + *minted.refresh_expires_in;
  return RefreshEnd{at, held && at <= held->at + kSameEnd};
}

std::optional<WallTime> keep_alive_at(const RefreshRules& rules, WallTime issued, const std::optional<RefreshEnd>& end)
{
  std::optional<WallTime> idle_end;
  if (rules.idle > Seconds(0)) idle_end = issued + rules.idle;
  if (end && !end->fixed && (!idle_end || end->at < *idle_end)) idle_end = end->at;
  if (!idle_end || *idle_end <= issued) return std::nullopt;
  return issued + std::max(kMostOften, (*idle_end - issued) * 2 / 3);
}

Judgement judge(DiskTrouble trouble)
{
  Judgement judgement;
  judgement.outcome = Outcome::kNotSent;
  judgement.cause = cause_of(trouble);
  judgement.sentence = sentence_of(trouble);
  return judgement;
}

}  // namespace tokend
