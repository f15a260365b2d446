// How a login's end is told: the one Error for programs and terminals, and the page for the browser. Words only; what
// happened was decided by core/login.
#pragma once
#include <string>
#include <string_view>

#include "daemon/core/authorization_response.hpp"
#include "daemon/core/definition.hpp"
#include "daemon/core/error_rules.hpp"
#include "daemon/core/login.hpp"
#include "daemon/core/pages.hpp"
#include "daemon/ports/redirects.hpp"
#include "proto/error.hpp"

namespace tokend::login {

// For people, until there is a catalogue with names: the issuer's host, else that of the endpoint that a person meets.
std::string provider_name(const AccountDefinition&);

// Fills in whose error it is and, where nothing better is known, the command that mends it or tries again.
Error about(Error, std::string_view account);

// The browser brought an error instead of a code.
Error refusal(const AuthorizationResponse&, const PageNames&);
BrowserPage refusal_page(const AuthorizationResponse&, const Error&, const PageNames&);  // told as that error

// The token endpoint, or the store, did not turn the consent into a grant. detail: "invalid_client", "HTTP 503".
BrowserPage exchange_page(const Error&, std::string_view detail, const PageNames&);

// The port for the browser cannot be had: another one is chosen where this one was.
Error not_opened(Error, const Plan&);

// A request before the person was asked went wrong: discovery or device authorization.
Error unanswered(const Judgement&);

// The deadline passed; `what` did not happen: "nobody came back". The redirect URI is empty where there is none.
Error timed_out(std::string_view what, Seconds after, const std::string& redirect_uri, std::string_view provider);
Error different_user(const IdentityDiffered&, const PageNames&);
Error no_metadata(const AccountDefinition&);

std::string unregistered_hint(const std::string& redirect_uri, std::string_view provider);

}  // namespace tokend::login
