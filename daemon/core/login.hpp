// One login: one authorization transaction, from the wish of a person to the answer about it. A pure state machine:
// (event, now) -> effects. It ends with a new grant or with one clear error, and it never touches an existing grant.
// Not here: sockets, browsers, randomness, wishes and their limits (broker), and the token endpoint: when the code or
// the device code is there, Exchange asks the broker to let a new grant spend it, with its journal, and the login
// waits.
//
//   code    Starting -> [Discovering] -> OpeningRedirect -> AwaitingBrowser -> Exchanging -> Over
//   device  Starting -> [Discovering] -> AskingDevice -> ShowingCode (the grant polls) -> Over
//
// What a browser brings counts only with this login's `state`: anything else changes nothing. Over is not the end: for
// a minute the browser can still read how it went, and after a login that nobody answered the port is held for 5
// minutes, so that a late answer reaches nobody else; an ephemeral port of a login that the next one replaces is not,
// as nobody could tell how many a loop of restarts holds. Discard says when to drop the object.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/core/authorization_response.hpp"
#include "daemon/core/metadata_search.hpp"
#include "daemon/core/pages.hpp"
#include "daemon/core/pkce.hpp"
#include "daemon/core/provider.hpp"
#include "daemon/core/redirect.hpp"
#include "daemon/ports/http_client.hpp"
#include "daemon/ports/redirects.hpp"
#include "daemon/ports/time.hpp"
#include "daemon/ports/token_store.hpp"
#include "proto/result.hpp"
#include "proto/secret.hpp"

namespace tokend::login {

inline constexpr Seconds kDefaultTimeout{300};
inline constexpr Seconds kHintAfter{20};        // a provider that knows another redirect URI never calls back
inline constexpr Milliseconds kHoldPage{2000};  // then the browser gets "One moment" and comes again
inline constexpr Seconds kKeepPage{60};         // how it went stays readable
inline constexpr Seconds kHoldPort{300};        // after a login that nobody answered
inline constexpr int kPasteTries = 10;
inline constexpr std::size_t kMostHeldBrowsers = 4;

// What the login is for. A copy: a definition that changes meanwhile does not reach it.
struct Plan {
  std::string account;
  AccountDefinition definition;
  ClientSecret secret = ClientSecret::kAbsent;  // whether there is one; it never comes here
  std::vector<std::string> fixed_origins =
      {};                           // where the secret may go besides the definition's; empty: not known yet
  Flow flow = Flow::kCode;          // kCode or kDevice
  std::vector<std::string> scopes;  // to ask for
  std::uint16_t redirect_port = kRedirectPort;  // config login.redirect_port
  Seconds timeout = kDefaultTimeout;
};
// Fresh random bytes, used by nobody else.
struct Entropy {
  std::array<std::byte, 32> state, verifier, nonce;
  std::array<std::byte, 16> done;
};
enum class BrowserId : std::uint64_t {};  // the broker's name for a browser that waits for its page

// For the connection that started the login. Others are told `waiting`, and no URL.
struct Progress {
  enum class Stage { kOpenBrowser, kEnterCode };
  Stage stage;
  std::string url = {};  // to open; https, or http on literal loopback; printable ASCII
  std::string redirect_uri = {};
  bool paste_allowed = false;
  std::string user_code = {};  // printable ASCII
  std::string verification_uri = {};
  std::string verification_uri_complete = {};
  std::string hint = {};  // a sentence; the rest is then as it was told before
  WallTime deadline{};
};

// Events: what happened. One line each, so that this is a table.
// clang-format off
struct Started {};
struct MetadataArrived { HttpOutcome outcome; };
struct RedirectOpened { Result<std::uint16_t> port; };
struct BrowserReturned { BrowserId browser; BrowserRequest request; };  // route() said: this login
struct Pasted { Secret url; };                          // CompleteLogin
struct DeviceAnswered { HttpOutcome outcome; };
struct ExchangeSaved { std::string identity; LoginLasts lasts = LoginLasts::kRenewed; };  // durable; for people, escaped, may be empty
struct ExchangeFailed { Error error; std::string detail; };  // detail: "invalid_client" or "HTTP 503"; may be empty
struct IdentityDiffered { std::string now, before; };   // nothing was stored; both for people, escaped
struct Cancelled { std::string reason; bool replaced = false; };  // replaced: by the next login of its account
struct RoomWanted {};                                   // many are over since: it holds its port and page no longer
struct TimePassed {};                                   // next_wake() has come
using Event = std::variant<Started, MetadataArrived, RedirectOpened, BrowserReturned, Pasted, DeviceAnswered,
                           ExchangeSaved, ExchangeFailed, IdentityDiffered, Cancelled, RoomWanted, TimePassed>;

// Effects: do this.
struct FetchMetadata { std::string url; };              // GET; answered by MetadataArrived
struct OpenRedirect { RedirectAddress address; };       // answered by RedirectOpened, at once
struct CloseRedirect { std::uint16_t port; };
struct AskDevice {};                                    // device_authorization_request() to provider(), by plan()
struct Tell { Progress progress; };
struct Exchange {                                       // at provider(), by a new grant; keep metadata() beside it
  AttemptKind kind;                                     // kCode or kDevice
  Secret code;                                          // or the device code
  std::optional<Secret> verifier = {};
  std::string redirect_uri = {};                        // as it was in the authorization request
  std::optional<std::string> nonce = {};                // openid was asked for: the ID token must carry it
  Seconds poll_interval{5};                             // kDevice
};
struct AbandonExchange {};                              // nobody waits for that grant any more: retire it
struct AnswerPage { BrowserId browser; BrowserPage page; };
struct AnswerPaste { Result<void> outcome; };           // of the Pasted being handled; a wrong one consumed nothing
struct Finish { Result<std::string> outcome; };         // once: identity or what went wrong; the starter and all who wait
struct Discard {};                                      // the last effect: nothing is open, drop the object
using Effect = std::variant<FetchMetadata, OpenRedirect, CloseRedirect, AskDevice, Tell, Exchange, AbandonExchange,
                            AnswerPage, AnswerPaste, Finish, Discard>;
using Effects = std::vector<Effect>;

// Situations.
struct Starting {};
struct Discovering { MetadataSearch places; };
struct OpeningRedirect {};
struct AwaitingBrowser { BootTime hint_at; bool hinted; int paste_tries; };
struct AskingDevice {};
struct ShowingCode {};
struct Held { BrowserId browser; BootTime until; };
struct Exchanging { std::vector<Held> browsers; };      // on their way to read how it went
struct Over { std::optional<BootTime> until; std::optional<BrowserPage> page; };  // no page: only a port to hold
// clang-format on
using Situation =
    std::variant<Starting, Discovering, OpeningRedirect, AwaitingBrowser, AskingDevice, ShowingCode, Exchanging, Over>;

// What a request at the redirect port is to a login.
enum class Claim {
  kForeign,  // another port or path
  kBarred,   // its path, but a prefetch or a method that only a program uses
  kStray,    // its path, and nothing that counts: another Host, no state, a wrong or used one, repeated parameters
  kMine,     // the answer to its authorization request, or the page that it sent its browser to
};

}  // namespace tokend::login

namespace tokend {

class Login {
 public:
  Login(login::Plan, const login::Entropy&);

  login::Effects handle(login::Event, const Now&);
  std::optional<BootTime> next_wake() const;  // ask after every handle(): there are no timer effects

  login::Claim claim(const BrowserRequest&) const;
  bool pending() const { return !std::holds_alternative<login::Over>(situation_); }
  const login::Plan& plan() const { return plan_; }
  BootTime deadline() const { return deadline_; }  // of the person; an exchange under way has the grant's

  // From AskDevice or Tell on.
  const Provider& provider() const { return provider_; }
  const std::optional<Metadata>& metadata() const { return metadata_; }  // none: every endpoint was given
  const std::string& redirect_uri() const { return redirect_.text; }     // empty for a device code

 private:
  template <class T> T* in() { return std::get_if<T>(&situation_); }
  template <class T> const T* in() const { return std::get_if<T>(&situation_); }
  template <class T> void emit(T effect) { effects_.emplace_back(std::move(effect)); }

  void on(login::Started&, const Now&);
  void on(login::MetadataArrived&, const Now&);
  void on(login::RedirectOpened&, const Now&);
  void on(login::BrowserReturned&, const Now&);
  void on(login::Pasted&, const Now&);
  void on(login::DeviceAnswered&, const Now&);
  void on(login::ExchangeSaved&, const Now&);
  void on(login::ExchangeFailed&, const Now&);
  void on(login::IdentityDiffered&, const Now&);
  void on(login::Cancelled&, const Now&);
  void on(login::RoomWanted&, const Now&);
  void on(login::TimePassed&, const Now&);

  void fetch_next_metadata(const Now&);
  void adopt_provider(const Metadata*, const Now&);  // endpoints are known: to the browser or the device
  void ask_person(const Now&);                       // the listener is there: to the browser
  void take_answer(AuthorizationResponse, const Now&);
  void show_done(login::BrowserId, const Now&);
  Result<AuthorizationResponse> read_pasted(std::string_view url) const;
  bool is_answer(const AuthorizationResponse&) const;  // carries our state
  bool is_done_path(const BrowserRequest&) const;
  void let_held_go(const Now&);
  bool is_answer_path(const BrowserRequest&) const;
  bool wants_form_post() const;  // response_mode=form_post: the answer is the body of a POST
  void time_out(const Now&);
  void fail_early(Error, const Now&);  // nobody was asked yet: no page, no port to hold
  void end(Result<std::string> outcome, std::optional<BrowserPage>, const Now&);
  void close();
  bool has_ephemeral_port() const;  // shared by no other login
  PageNames names() const { return {.account = plan_.account, .provider = provider_name_}; }
  std::string done_path() const { return "/done/" + done_; }
  // What has to stand at the provider: a port that is free by chance does not.
  const std::string& registered() const
  {
    return plan_.definition.redirect_uri.empty() ? redirect_.text : plan_.definition.redirect_uri;
  }
  login::Progress browser_progress(const Now&) const;
  WallTime wall_deadline(const Now&) const;

  login::Plan plan_;
  login::Situation situation_;
  Provider provider_;
  std::optional<Metadata> metadata_;
  RedirectUri redirect_;
  std::optional<std::uint16_t> open_port_;
  std::string provider_name_;
  std::string state_;  // empty once it was used
  std::string nonce_, done_, url_;
  Pkce pkce_;
  BootTime started_{}, deadline_{};
  login::Effects effects_;  // of the event being handled
};

namespace login {

// Whose is this request? A login of `logins` to hand it to, or the page that answers it: a person who is not expected
// reads which, a program that probes learns no account. One place decides method, Host, path and state for all ports.
std::variant<Login*, BrowserPage> route(std::span<Login* const> logins, const BrowserRequest&);

}  // namespace login
}  // namespace tokend
