// One grant: one consent, one refresh credential at one provider, the access tokens minted from it, and at most one
// exchange under way at its token endpoint. A pure state machine: (event, moment) -> effects. The broker performs the
// effects and reports back with events; this file and grant*.cpp decide everything about a credential's life.
// Not here: names, policy and waiters (broker), admission (schedule), the browser leg (login), bytes on disk (store).
//
// Three independent questions, one variant each: what do we hold, what is under way, what do we know to be wrong.
// One exchange goes  Queued -> Noting -> Asking -> Keeping -> Saving -> Resting  (docs/DESIGN.md, S1 to S8): the intent
// is durable before the credential leaves, the raw answer before it is read, the new credential before anyone gets its
// access token.
#pragma once
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/core/error_rules.hpp"
#include "daemon/core/provider.hpp"
#include "daemon/core/refresh_policy.hpp"
#include "daemon/core/schedule.hpp"
#include "daemon/core/token_key.hpp"
#include "daemon/core/token_response.hpp"
#include "daemon/ports/http_client.hpp"
#include "daemon/ports/token_store.hpp"

namespace tokend {

struct Moment {
  BootTime boot;
  WallTime wall;
  double jitter = 0;  // uniform in [0, 1)
};

struct AccessToken {
  TokenKey key;
  SealedBytes sealed;  // the value; opened by the broker when somebody asks
  std::int64_t row = 0;
  Generation generation{};  // it was minted in
  std::string type;
  std::vector<std::string> granted;  // empty: as asked
  BootTime minted{};                 // when the request left, so that the provider's clock is never behind ours
  WallTime minted_wall{};
  std::optional<Seconds> lifetime;  // as the provider gave it; none: unknown or unlimited
  std::optional<BootTime> expires;
  std::optional<BootTime> refresh_at;  // ahead of expires; jittered
  bool restored = false;               // of another boot: its deadlines are as right as the wall clock at the start
};

struct Trouble {
  ErrorClass what = ErrorClass::kTransient;
  std::string cause;  // one word of interface.md
  std::string sentence;
  std::string error;  // the OAuth error code, escaped; empty if there was none
  int status = 0;     // of the HTTP answer; 0: there was none, or it is forgotten
  int failures = 0;   // in a row
  WallTime since{}, last{};
  BootTime last_try{};

  void note(const Judgement&, const Moment&);  // it has happened once more
};

struct Attempt {
  AttemptId id{};
  AttemptKind kind = AttemptKind::kRefresh;
  Generation from{};  // the credential that is spent
  TokenKey key;
  int sends = 0;          // counted durably before each send
  int readings = 0;       // of its raw answer; counted durably before each
  BootTime at{};          // of the newest send: a lifetime counts from here
  WallTime sent{};        // the same by the wall clock, for the disk
  WallTime answered{};    // when the raw answer came
  WallTime wall{};        // of the first send
  bool restored = false;  // its newest send was in another boot: `at` rests on the wall clock
};

// What we hold. One line each from here on, so that this is a table.
// clang-format off
struct RefreshToken { SealedBytes sealed; std::optional<RefreshEnd> end; WallTime issued{}; };
struct ClientItself {};                 // client credentials: nothing to rotate, nothing to lose, no journal
struct Nothing { SealedBytes sealed; }; // a token that cannot be refreshed, or a consent that is still being exchanged
struct Dead { ErrorClass why; WallTime since; };  // refused for good; the credential lies in quarantine
using Credential = std::variant<RefreshToken, ClientItself, Nothing, Dead>;

// What is under way.
struct Resting {};
struct Queued { Attempt attempt; Urgency urgency; };         // has asked the schedule for a slot
struct Noting { Attempt attempt; };                          // S2: the intent is at the store
struct Asking { Attempt attempt; };                          // S3 to S5: at the provider
struct Keeping { Attempt attempt; HttpReply reply; };        // S6: the raw answer is at the store
struct Saving { Attempt attempt; TokenResponse minted; };    // S7: the new credential is at the store
struct Unsaved { Attempt attempt; TokenResponse minted; int tries; BootTime again; };  // served, not on disk: degraded
struct Polling { Attempt attempt; Seconds interval; BootTime again; };  // device code: the person has not answered yet
struct InDoubt { Attempt attempt; BootTime again; };         // handed out, no answer known
struct SetAside { Attempt attempt; };                        // an answer that cannot be read: kept, and the old credential never sent
struct BackingOff { BootTime until; };
using Exchange =
    std::variant<Resting, Queued, Noting, Asking, Keeping, Saving, Unsaved, Polling, InDoubt, SetAside, BackingOff>;

// Events: what happened.
struct TokenWanted { TokenKey key; Urgency urgency = Urgency::kCaller; };  // and usable() had none
struct TokenRefused { std::int64_t row; };          // an API does not take it: it is never served again, if there can be another
struct RefreshOrdered { TokenKey key; };            // a person asked: skips a transient back-off, never a throttle
struct ConsentGiven { AttemptKind kind; Seconds poll_interval{5}; };  // a login has a code or a device code to exchange
struct SlotGranted { AttemptId fresh; };            // a random id, used when the attempt is a new one
struct IntentCommitted { AttemptId attempt; Committed outcome; };
struct Answered { AttemptId attempt; HttpOutcome outcome; };
struct ReplyCommitted { AttemptId attempt; Committed outcome; };
struct ReplyFound { AttemptId attempt; HttpReply reply; };  // that had been set aside
struct Kept { SealedBytes credential; SealedBytes access; std::int64_t token_row = 0; bool refused_before = false; };  // as the broker sealed them
struct GrantCommitted { AttemptId attempt; Committed outcome; Kept kept; };
struct MintedRefused { AttemptId attempt; std::string why; };  // it is another person's: nothing of it is kept, and the login is over
struct ConnectionImproved {};                       // the definition has changed: waiting is over
struct LinkCameUp {};                               // the network is back: what could not be reached may be
struct ClockStepped {};                             // the wall clock was set
struct SaveNow {};                                  // the last chance before a stop: what the disk has refused is offered again
struct Retired {};                                  // no account points here any more
struct TimePassed {};                               // next_wake() has come
using GrantEvent = std::variant<TokenWanted, TokenRefused, RefreshOrdered, ConsentGiven, SlotGranted, IntentCommitted, Answered,
                                ReplyCommitted, ReplyFound, GrantCommitted, MintedRefused, ConnectionImproved, LinkCameUp, ClockStepped,
                                SaveNow, Retired, TimePassed>;

// Effects: do this. Pointers reach into the grant and hold until its next event.
struct TakeSlot { Urgency urgency; };
struct GiveSlot {};
struct CommitIntent { Attempt attempt; };
struct SendExchange { Attempt attempt; };
struct CommitReply { Attempt attempt; const HttpReply* reply; };           // sealed raw by the broker
struct SetReplyAside { Attempt attempt; HttpReply reply; };                // sealed, in memory: it lies on disk already
struct ReadReplyAgain { Attempt attempt; };                                // what was set aside: ReplyFound
struct CommitGrant { Attempt attempt; const TokenResponse* minted; };      // generation + 1, tokens, intent cleared: one unit
struct ClearIntent { Attempt attempt; };                                   // proven not sent, or refused
struct CommitDeath { Attempt attempt; };                                   // credential to quarantine, intent cleared
struct ForgetToken { std::int64_t row; };                                  // drop it on disk too
struct Publish { TokenKey key; };                                          // a new token: tell subscribers, answer the waiters of key
struct FailWaiters { std::optional<TokenKey> only; };                      // with trouble(key); those who can wait go on waiting
struct GiveUpConsent {};                                                   // a login's exchange failed: trouble() says why
struct Discard {};                                                         // retired and at rest: drop the object
using GrantEffect = std::variant<TakeSlot, GiveSlot, CommitIntent, SendExchange, CommitReply, SetReplyAside, ReadReplyAgain, CommitGrant, ClearIntent,
                                 CommitDeath, ForgetToken, Publish, FailWaiters, GiveUpConsent, Discard>;
using GrantEffects = std::vector<GrantEffect>;
// clang-format on

class Grant {
 public:
  // What a start found on disk. An attempt without a reply is in doubt; one with a reply is read as if it came now,
  // unless reading it has ended the process twice: then it is set aside until another version reads it. One that does
  // not open is set aside too: its coming has superseded the credential.
  struct Restored {
    Credential credential;
    Generation generation{};
    std::vector<AccessToken> tokens;
    std::optional<Attempt> attempt;
    std::optional<HttpReply> reply;
    bool reply_damaged = false;      // there was one
    std::optional<Trouble> trouble;  // why it is dead
  };

  explicit Grant(Provider provider, Credential credential = Nothing{})  // Nothing: a login will exchange its consent
      : provider_(std::move(provider)), credential_(std::move(credential))
  {
  }
  GrantEffects restore(Restored, const Moment&);  // first, or not at all
  GrantEffects handle(GrantEvent, const Moment&);

  // A token of this key that lives for min_ttl more (capped at two thirds of its lifetime), or nullptr.
  const AccessToken* usable(const TokenKey&, Seconds min_ttl, BootTime) const;
  const AccessToken* newest(const TokenKey&) const;
  std::optional<BootTime> next_wake() const;  // ask after every handle(): there are no timer effects
  std::optional<BootTime> retry_at() const;   // of a back-off or a doubt; nullopt: nothing is waited for
  const Trouble* trouble() const { return trouble_ ? &*trouble_ : nullptr; }
  const Trouble* trouble(const TokenKey&) const;  // of this wish: the grant's, or that it cannot be met
  std::optional<BootTime> retry_at(const TokenKey&) const;
  const Credential& credential() const { return credential_; }
  const Exchange& exchange() const { return exchange_; }
  Generation generation() const { return generation_; }
  const std::vector<AccessToken>& tokens() const { return tokens_; }
  bool pending() const { return generation_ == Generation{} && !holds<ClientItself>(); }
  bool retired() const { return retired_; }
  bool may_refresh() const;
  bool request_is_out() const;  // or about to leave, or answered and not on disk yet: it is awaited

  // idle: nobody has asked for long, so it is refreshed on request only; kept alive: but before it dies of disuse.
  void set_habits(bool idle, bool kept_alive) { idle_ = idle, kept_alive_ = kept_alive; }
  void set_provider(Provider provider)
  {
    provider_ = std::move(provider);
    refused_keys_.clear();
  }
  const Provider& provider() const { return provider_; }
  void no_one_waits() { wanted_.clear(); }

 private:
  template <class T> bool holds() const { return std::holds_alternative<T>(credential_); }
  template <class T> T* doing() { return std::get_if<T>(&exchange_); }
  template <class T> bool is_about(AttemptId attempt) const
  {
    const T* step = std::get_if<T>(&exchange_);
    return step && step->attempt.id == attempt;
  }

  void on(const TokenWanted&, const Moment&);
  void on(const TokenRefused&, const Moment&);
  void on(const RefreshOrdered&, const Moment&);
  void on(const ConsentGiven&, const Moment&);
  void on(const SlotGranted&, const Moment&);
  void on(const IntentCommitted&, const Moment&);
  void on(Answered&, const Moment&);
  void on(const ReplyCommitted&, const Moment&);
  void on(ReplyFound&, const Moment&);
  void on(GrantCommitted&, const Moment&);
  void on(const MintedRefused&, const Moment&);
  void on(const ConnectionImproved&, const Moment&);
  void on(const LinkCameUp&, const Moment&);
  void on(const ClockStepped&, const Moment&);
  void on(const SaveNow&, const Moment&);
  void on(const Retired&, const Moment&);
  void on(const TimePassed&, const Moment&);

  void take_up(Attempt, Restored&, const Moment&);
  void set_aside(Attempt, std::optional<HttpReply>, const Judgement&, const Moment&);
  bool want(const TokenKey&, Urgency);  // false: too many others are wanted
  void turn_away(const TokenKey&, const Moment&);
  void refuse(const TokenKey&, const Judgement&, const Moment&);
  void queue(Attempt, Urgency);
  void start_next(const Moment&);  // from rest: the next wish, or what is due
  void refused(Attempt, const Judgement&, const Moment&);
  void poll_again(Attempt, const Judgement&, const Moment&);
  void keep(Attempt, HttpReply);
  void weigh(Attempt, HttpOutcome, const Moment&);
  void read_reply(Attempt, HttpReply, const Moment&);
  void refuse_key(const TokenKey&, const Judgement&, const Moment&);
  void not_sent(Attempt, const Judgement&, const Moment&);
  void doubt(Attempt, const Judgement&, const Moment&);
  BootTime send_again(const Attempt&, const Moment&) const;
  void back_off(const Judgement&, const Moment&);
  void die(Attempt, const Judgement&, const Moment&);
  void give_up(const Judgement&, const Moment&);
  void adopt(const Attempt&, TokenResponse&, Kept, const Moment&);
  void keep_token(const Attempt&, const TokenResponse&, Kept, const Moment&);
  void withhold(const Attempt&, const Kept&, const Moment&);
  void keep_credential(const Attempt&, const TokenResponse&, SealedBytes);
  void settle(const Moment&);
  void note_trouble(const Judgement&, const Moment&);
  bool journaled(AttemptKind) const;
  std::optional<TokenKey> due(BootTime) const;
  std::optional<BootTime> earliest_wish() const;                      // of those that have been put off
  std::optional<BootTime> too_soon(const TokenKey&, BootTime) const;  // until then: its last token was short-lived
  void put_off(const TokenKey&, BootTime until, const Moment&);
  std::vector<AccessToken>::iterator oldest_of_few_callers();
  void watch_disuse(const Moment&);
  bool worth_another_try(const Moment&) const;  // the provider could not be reached, and perhaps it can be now
  template <class Effect> void emit(Effect effect) { effects_.emplace_back(std::move(effect)); }

  Provider provider_;
  Credential credential_ = Nothing{};
  Exchange exchange_ = Resting{};
  std::optional<Trouble> trouble_;
  Generation generation_{};
  std::vector<AccessToken> tokens_;
  struct Wanted {
    TokenKey key;
    Urgency urgency;
  };
  std::vector<Wanted> wanted_;
  struct RefusedKey {  // one caller's scopes or resource are not the grant's trouble
    TokenKey key;
    Trouble trouble;
    BootTime until;
  };
  std::vector<RefusedKey> refused_keys_;
  const RefusedKey* refused_key(const TokenKey&) const;
  Seconds poll_interval_{5};
  bool idle_ = false, kept_alive_ = true, retired_ = false;
  std::optional<BootTime> disused_at_;  // the refresh token is used then, whether or not it is needed
  GrantEffects effects_;                // of the event being handled
};

}  // namespace tokend
