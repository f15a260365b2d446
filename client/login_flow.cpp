#include "client/login_flow.hpp"

#include <unistd.h>

#include <array>

#include "client/browser.hpp"
#include "client/interrupts.hpp"
#include "client/printable.hpp"
#include "client/redirect_place.hpp"
#include "proto/error_codes.hpp"

namespace tokend::client {
namespace {

using wire::LoginReply;
using wire::Stage;

constexpr std::int64_t kExchange = 30;

class LoginFlow {
 public:
  LoginFlow(const Context& context, const LoginWish& wish)
      : context_(context), wish_(wish), browser_(wish.open_browser && has_display(context.environment.variable))
  {
    if (wish.timeout) own_deadline_ = in_seconds(*wish.timeout);
  }

  Outcome<void> run()
  {
    auto client = context_.connect();
    if (!client) return failed(client.error());
    const Interrupts interrupts;
    client->interrupted_by(interrupts.fd());
    if (auto sent = client->stream("Login", call()); !sent) return sent;
    for (Deadline deadline = in_seconds(patience(wish_, std::nullopt, unix_now()));;) {
      const auto raw = client->receive(deadline);
      if (!raw) return failed(ended(raw.error()));
      if (wish_.print_replies) context_.terminal.print(raw->parameters);
      const auto reply = BrokerClient::read_as<LoginReply>(*raw);
      if (!reply) return failed(about(reply.error(), wish_.account));
      if (reply->deadline) deadline = in_seconds(patience(wish_, reply->deadline, unix_now()));
      if (reply->stage == Stage::kWaiting && own_deadline_) deadline = own_deadline_;
      if (auto shown = show(*reply); !shown) return shown;
      if (reply->stage == Stage::kDone) return {};
      if (!raw->continues) return failed(cut_short());
    }
  }

 private:
  wire::LoginCall call() const
  {
    return {.account = wish_.account,
            .flow = wish_.flow,
            .scopes = wish_.scopes,
            .display = browser_,
            .restart = wish_.restart,
            .switch_user = wish_.switch_user,
            .timeout = wish_.timeout};
  }

  Outcome<void> show(const LoginReply& reply)
  {
    if (!reply.hint.empty() && reply.stage != Stage::kDone) context_.terminal.say(printable(reply.hint));
    switch (reply.stage) {
      case Stage::kOpenBrowser: return show_url(reply);
      case Stage::kEnterCode: return show_code(reply);
      case Stage::kWaiting:
        waits_ = true;
        context_.terminal.say(wish_.account +
                              ": a login is pending elsewhere, waiting for it; to start anew: tokenctl login " +
                              wish_.account + " --restart");
        return {};
      case Stage::kChoose:
        return failed({.error = "protocol",
                       .reason = wish_.account + ": this login leads to several sites, and this tokenctl cannot choose",
                       .next = "use a tokenctl of the daemon's version"});
      case Stage::kDone:
        context_.terminal.say(wish_.account + ": signed in" +
                              (reply.identity.empty() ? "" : " as " + printable(reply.identity)));
        if (!reply.hint.empty()) context_.terminal.say(printable(reply.hint));
        return {};
    }
    return {};
  }

  Outcome<void> show_url(const LoginReply& reply)
  {
    if (reply.url == told_) return {};
    if (!is_openable(reply.url)) return failed(unsafe());
    if (browser_) context_.terminal.say("Opening " + std::string(host_of(reply.url)) + " in your browser ...");
    else if (wish_.open_browser || is_remote()) say_no_browser(reply.redirect_uri);
    tell_and_open(reply.url);
    return {};
  }

  Outcome<void> show_code(const LoginReply& reply)
  {
    const bool complete = !reply.verification_uri_complete.empty();
    const std::string& url = complete ? reply.verification_uri_complete : reply.verification_uri;
    if (url == told_) return {};
    if (!is_openable(url)) return failed(unsafe());
    const std::string code = printable(reply.user_code);
    context_.terminal.must_say("Code: " + code);
    if (complete) context_.terminal.say("Continue only if the page of " + std::string(host_of(url)) + " shows " + code);
    tell_and_open(url);
    return {};
  }

  void tell_and_open(const std::string& url)
  {
    told_ = url;
    context_.terminal.must_say("Open: " + url);
    if (browser_ && !open_browser(url, context_.environment.variable))
      context_.terminal.say("No browser could be started: please open the address yourself.");
  }

  // The browser of another machine ends at that machine's loopback address: a tunnel brings it here.
  void say_no_browser(const std::string& redirect_uri) const
  {
    const auto here = loopback_place_of(redirect_uri);
    if (!here || here->port.empty()) return context_.terminal.say("No browser here. Open this where there is one:");
    std::array<char, 256> machine{};
    gethostname(machine.data(), machine.size() - 1);
    const std::string user = context_.environment.variable("USER").value_or("you");
    context_.terminal.say("No browser here. On the machine that has one, first let it come back here:\n\n    ssh " +
                          tunnel_of(*here) + " " + printable(user + "@" + machine.data()) +
                          "\n\nThen open this there and say yes:");
  }

  bool is_remote() const { return !context_.environment.variable("SSH_CONNECTION").value_or("").empty(); }

  Failure unsafe() const
  {
    return {.error = "unsafe_url",
            .reason = wish_.account + ": the login's address is not one that can be opened safely, so it was not",
            .account = wish_.account,
            .next = "tokenctl status " + wish_.account};
  }

  Failure cut_short() const
  {
    return {.error = "protocol",
            .reason = wish_.account + ": the daemon ended the login without saying how",
            .account = wish_.account,
            .next = "tokenctl status " + wish_.account};
  }

  // The daemon keeps to the deadline of a login that this connection started; for another's the wait is our own.
  Failure not_ended() const
  {
    return {.exit = exit_code::kLoginNeeded,
            .error = std::string(names_of(ErrorCode::kLoginTimedOut).http),
            .reason = wish_.account + ": the login that is pending elsewhere has not ended within " +
                      duration(*wish_.timeout),
            .account = wish_.account,
            .next = "tokenctl login " + wish_.account + " --restart"};
  }

  Failure ended(Failure failure) const
  {
    const bool too_long = waits_ && own_deadline_ && Clock::now() >= *own_deadline_;
    if (too_long && failure.exit == exit_code::kUnreachable) return not_ended();
    if (failure.exit != exit_code::kInterrupted) return about(std::move(failure), wish_.account);
    failure.account = wish_.account;
    if (waits_) return failure;
    const auto cancelled = cancel();
    failure.reason = cancelled ? "interrupted; the login was cancelled" : "interrupted; the login goes on";
    return failure;
  }

  // On a connection of its own: this one waits for the login's end.
  Outcome<void> cancel() const
  {
    auto client = context_.connect();
    if (!client) return failed(client.error());
    if (auto sent = client->send_raw("CancelLogin", account_parameters(), false); !sent) return sent;
    const auto reply = client->receive(in_seconds(kSilence));
    if (!reply) return failed(reply.error());
    return {};
  }

  std::string account_parameters() const
  {
    std::string json;
    wire::write_message(wire::AccountCall{wish_.account}, json);
    return json;
  }

  const Context& context_;
  const LoginWish& wish_;
  bool browser_;
  bool waits_ = false;  // another connection started the login; told at once, so until then it is ours
  Deadline own_deadline_;
  std::string told_;
};

}  // namespace

std::int64_t patience(const LoginWish& wish, std::optional<UnixTime> deadline, UnixTime now)
{
  const std::int64_t for_person = deadline ? *deadline - now : wish.timeout.value_or(wire::kDefaultLoginTimeout);
  return for_person + kExchange + kSilence;
}

Outcome<void> run_login(const Context& context, const LoginWish& wish) { return LoginFlow(context, wish).run(); }

}  // namespace tokend::client
