#include "client/callback_words.hpp"

#include "client/printable.hpp"
#include "client/redirect_place.hpp"

namespace tokend::client {
namespace {

constexpr std::string_view kAnyPort =  // RFC 8252 section 7.3
    "Each login adds a free port to it. Where the provider wants it registered,\n"
    "register it as it stands, without a port; for desktop apps many want none.\n\n";
constexpr std::string_view kHere =
    "That is where your browser returns after you said yes. It is your own machine;\n"
    "tokend listens there only while a login is under way, and for five minutes\n"
    "after one that nobody finished.";
constexpr std::string_view kElsewhere =
    "That is where your browser returns after you said yes. tokend does not listen there:\n"
    "whoever does has to bring it the answer, by its method CompleteLogin.";

bool has_any_port(const std::string& redirect_uri)
{
  const auto place = loopback_place_of(redirect_uri);
  return place && place->port.empty();
}

}  // namespace

std::string callback_words(const std::string& redirect_uri)
{
  if (redirect_uri.empty()) return "No callback URL has to be registered: no browser comes back here.";
  const bool any_port = has_any_port(redirect_uri);
  std::string text = any_port ? "The callback URL:" : "The callback URL to register at the provider, exactly:";
  text += "\n\n    " + printable(redirect_uri) + "\n\n";
  if (any_port) text += kAnyPort;
  return text.append(loopback_place_of(redirect_uri) ? kHere : kElsewhere);
}

std::string callback_clause(const std::string& redirect_uri)
{
  return "with the callback URL " + printable(redirect_uri) +
         (has_any_port(redirect_uri) ? ", to which each login adds a port," : " exactly,");
}

}  // namespace tokend::client
