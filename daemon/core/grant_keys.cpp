// Tokens of one key (scopes, resource, audience) that cannot be had now, while the grant itself is well: each such key
// has a trouble and a wait of its own, and callers who want other tokens do not notice.
#include <algorithm>

#include "daemon/core/grant.hpp"
#include "daemon/core/refresh_policy.hpp"

namespace tokend {
namespace {

constexpr Seconds kUntilAnotherToken{60};

Judgement throttled(std::string why)
{
  Judgement judgement;
  judgement.what = ErrorClass::kThrottle;
  judgement.cause = "rate_limited";
  judgement.sentence = std::move(why);
  return judgement;
}

}  // namespace

// Others go on: their wishes are not met by this answer, and not refused by it either.
void Grant::refuse_key(const TokenKey& key, const Judgement& judgement, const Moment& now)
{
  refuse(key, judgement, now);
  settle(now);
}

void Grant::refuse(const TokenKey& key, const Judgement& judgement, const Moment& now)
{
  const RefusedKey* known = refused_key(key);
  RefusedKey refused{.key = key, .trouble = known ? known->trouble : Trouble{.since = now.wall}, .until = {}};
  refused.trouble.note(judgement, now);
  refused.until = now.boot + tokend::back_off({.failures = refused.trouble.failures, .retry_after = {}}, now.jitter);
  std::erase_if(refused_keys_, [&](const RefusedKey& old) { return old.key == key; });
  if (refused_keys_.size() >= kTokensPerGrant) refused_keys_.erase(refused_keys_.begin());
  refused_keys_.push_back(std::move(refused));
  std::erase_if(wanted_, [&](const Wanted& wanted) { return wanted.key == key; });
  emit(FailWaiters{key});
}

// Whoever wanted them may be gone, and each costs a request: the queue of one grant has an end.
void Grant::turn_away(const TokenKey& key, const Moment& now)
{
  refuse(key, throttled("too many different tokens of this login are wanted at once"), now);
}

// Who can wait is served then; the others are told.
void Grant::put_off(const TokenKey& key, BootTime until, const Moment& now)
{
  refuse(key, throttled("the provider gave its last token no time to live, and another is not asked for yet"), now);
  refused_keys_.back().until = until;
  want(key, Urgency::kCaller);
}

// Some answer with the token that they have minted already, as long as it lives: asking again soon brings no other.
void Grant::withhold(const Attempt& attempt, const Kept& kept, const Moment& now)
{
  Judgement judgement;
  judgement.what = ErrorClass::kTransient;
  judgement.cause = "provider_error";
  judgement.sentence = "the provider returned the refused token again";
  emit(ForgetToken{kept.token_row});
  refuse(attempt.key, judgement, now);
  refused_keys_.back().until = std::max(refused_keys_.back().until, now.boot + kUntilAnotherToken);
}

}  // namespace tokend
