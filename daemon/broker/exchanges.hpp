// Performs what grants decide: takes slots, seals and commits, sends, and feeds the answers back as events. It decides
// nothing about a credential (core/grant does) and knows nobody who waits (the broker's hooks do).
// Callbacks capture this and ids only; an answer for a grant that is gone is dropped.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "daemon/broker/journal_entry.hpp"
#include "daemon/broker/registry.hpp"
#include "daemon/core/schedule.hpp"
#include "daemon/ports/http_client.hpp"
#include "daemon/ports/loop.hpp"
#include "daemon/ports/random.hpp"
#include "daemon/ports/token_store.hpp"
#include "daemon/vault/vault.hpp"

namespace tokend {

struct Consent {                          // what a login found: lives until its exchange has ended
  AttemptKind kind = AttemptKind::kCode;  // kCode or kDevice
  Secret code;                            // or the device code
  std::optional<Secret> verifier;
  std::string redirect_uri;
  Seconds poll_interval{5};
  ConsentNote note;
};

struct ConsentRefused {  // the provider said yes, tokend says no: nothing was stored
  Error error;
  std::string now, before;  // labels, when another user came back; else empty
};

// What a grant's secrets are sealed to: this issuer, token endpoint, client and way to authenticate.
Binding binding_to(const Provider&, std::string_view client_id);

class Exchanges {
 public:
  struct Ports {
    Loop& loop;
    HttpClient& http;
    TokenStore& store;
    Random& random;
    std::string boot_id;
  };
  struct Hooks {                                     // called while a grant's event is handled; none may feed a grant
    std::function<void(GrantEntry&)> consent_saved;  // before published: the accounts point here now
    std::function<void(GrantEntry&, const TokenKey&)> published;
    std::function<void(GrantEntry&, const TokenKey* only)>
        failed;  // machine.trouble() says why; waiters may go on waiting
    std::function<void(GrantId, const Trouble&)> consent_failed;
    std::function<void(GrantId, const ConsentRefused&)> consent_refused;
    std::function<void(const GrantEntry&, const TokenResponse&)> unwanted;  // minted, and not to be kept
    std::function<void(const GrantEntry&)> discarding;                      // retired and at rest: it goes now
    std::function<void(GrantEntry&)> changed;                               // after every event
    std::function<void(GrantId)> gone;                                      // instead, when the event was its last
  };

  struct Habits {
    Seconds idle;            // a grant that nobody has used for so long is refreshed on request only
    bool keep_alive = true;  // but its refresh token is used before it dies of disuse
  };

  Exchanges(Ports ports, Registry& registry, Vault& vault, Habits habits)
      : ports_(std::move(ports)), registry_(registry), vault_(vault), habits_(habits), offset_(clock_offset())
  {
  }
  void set_hooks(Hooks hooks) { hooks_ = std::move(hooks); }

  void feed(GrantEntry&, GrantEvent);  // the entry may be gone afterwards
  void restore(GrantEntry&, Grant::Restored, std::optional<ConsentNote>);
  GrantEntry& begin_consent(ClientId, Provider, Consent);
  void redefine(GrantEntry&, const AccountDefinition&);  // same client and endpoint; a back-off is over
  void on_time();
  void link_came_up();
  std::optional<BootTime> next_wake() const { return stopped_ ? std::nullopt : alarms_.earliest(); }
  void go_on();                          // after a stop
  void stop();                           // nothing new is sent; what the disk has refused is offered to it once more
  bool rotating_request_out() const;     // a stop waits for these, and for that last offer
  std::vector<GrantId> unsaved() const;  // their credentials are in memory alone
  Trouble save_trouble() const;          // why, of the first of these

  // Where a grant's secrets go for this URL: kProviderRefused{endpoint_changed}, unless its login was for that place.
  Result<Destination> destination(const GrantEntry&, const std::string& url) const;
  // The credential of a grant, to be sent there. nullopt: there is none, or it cannot be read.
  std::optional<Secret> refresh_token_of(const GrantEntry&, const Destination&) const;
  Result<Secret> access_token_of(const GrantEntry&, const AccessToken&) const;
  // nullopt: a public client, or it cannot be read.
  std::optional<Secret> secret_of(const Client&, const Destination&) const;
  AllowedOrigins allowed_of(const Account&, const Provider& found) const;  // of its client secret
  void fix_origins(Account&, const Provider& found);                       // found first: from now on nowhere else
  Moment moment();                                                         // now, with a jitter of its own
  HttpId next_http_id() { return HttpId{++last_http_}; }

  void note_use(const Account&);
  void note_refused(GrantEntry&, const AccessToken&);              // this value is never given out again
  void save(const GrantEntry&);                                    // its record, now or with its next exchange
  std::optional<GrantId> login_being_saved(const Account&) const;  // its consent is at the disk
  bool saves_login_of(const Account&) const;                       // a unit under way, or refused so far, holds its row
  AccountRow row_of(const Account&) const;
  GrantRow row_of(const GrantEntry&, GrantStatus, Generation, SealedBytes) const;

 private:
  struct Save {  // a commit under way, kept for a disk that refuses it
    AttemptId attempt{};
    Unit unit;
    Kept kept;
    GrantRecord record;
    bool refused = false;
    std::optional<GrantId> replaces = {};  // the login that goes when this one is durable
  };

  void perform(GrantEntry&, const GrantEffects&);
  void perform(GrantEntry&, const TakeSlot&);
  void perform(GrantEntry&, const GiveSlot&);
  void perform(GrantEntry&, const CommitIntent&);
  void perform(GrantEntry&, const SendExchange&);
  void perform(GrantEntry&, const CommitReply&);
  void perform(GrantEntry&, const CommitGrant&);
  void perform(GrantEntry&, const ClearIntent&);
  void perform(GrantEntry&, const CommitDeath&);
  void perform(GrantEntry&, const SetReplyAside&);
  void perform(GrantEntry&, const ReadReplyAgain&);
  void perform(GrantEntry&, const ForgetToken&);
  void perform(GrantEntry&, const Publish&);
  void perform(GrantEntry&, const FailWaiters&);
  void perform(GrantEntry&, const GiveUpConsent&);
  void perform(GrantEntry&, const Discard&);

  void feed_id(GrantId, GrantEvent);  // from callbacks
  void admit();
  void notice_clock_step();
  Milliseconds clock_offset() const;
  bool is_idle(const GrantEntry&) const;
  GrantContext context(const GrantEntry&, Generation) const;
  AttemptRow attempt_row(const GrantEntry&, const Attempt&, const HttpReply*) const;
  JournalEntry journal_entry(const GrantEntry&, const Attempt&) const;
  std::optional<Secret> held_token(const GrantEntry&) const;  // to seal it anew: it goes nowhere
  std::optional<Secret> credential_of(const GrantEntry&, const Attempt&, const Destination&) const;
  std::expected<HttpRequest, HttpFailure> request(const GrantEntry&, const Attempt&) const;
  void send(GrantId, AttemptId, HttpRequest);
  bool was_refused(const GrantEntry&, const TokenKey&, const Secret& value) const;
  Save prepare(GrantEntry&, const CommitGrant&);
  void add_tokens(const GrantEntry&, const CommitGrant&, Save&);
  void add_accounts(const GrantEntry&, Save&);
  std::optional<ConsentRefused> objection(GrantEntry&, const CommitGrant&) const;
  bool is_anothers(GrantEntry&, const CommitGrant&);  // a refresh: then its login ends
  void renew_accounts(const GrantEntry&, Unit&) const;
  void adopt(GrantEntry&, AttemptId, GrantCommitted&);
  void adopt_consent(GrantEntry&);
  void retire_unused(GrantId);
  void drop(GrantId);

  Ports ports_;
  Registry& registry_;
  Vault& vault_;
  Hooks hooks_;
  Alarms alarms_;
  Admission admission_;
  std::map<GrantId, Consent> consents_;
  std::map<GrantId, Save> saves_;
  std::map<GrantId, SealedBytes> aside_;  // answers that cannot be read, as they lie in the journal
  std::uint64_t last_http_ = 0;
  Habits habits_;
  Milliseconds offset_;  // of the wall clock, against the clock that never steps
  bool admitting_ = false, stopped_ = false;
  std::set<GrantId> last_offers_;  // of a stop, at the disk
};

}  // namespace tokend
