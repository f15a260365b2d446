// What a person's browser reads at the redirect URI: one function per page. Arguments are plain text, escaped here;
// `provider` and `account` are names for people. A page ends with what to do next, since the terminal may be far away.
#pragma once
#include <string>
#include <string_view>

#include "daemon/core/client_refusals.hpp"
#include "daemon/ports/redirects.hpp"

namespace tokend {

struct PageNames {
  std::string_view account;
  std::string_view provider;
};

enum class LoginLasts { kRenewed, kUntilItsTokenEnds, kUntilRevoked };  // the others: no refresh token came
BrowserPage signed_in_page(const PageNames&, std::string_view identity,
                           LoginLasts);  // identity may be empty: not known
BrowserPage one_moment_page();           // comes again by itself

// The login is over without a grant. `error` is the provider's code, `description` its text; either may be empty.
BrowserPage denied_page(const PageNames&, std::string_view error, std::string_view description);
// `next` is what the terminal says: a command, or words; empty, or a login again, where trying again is what helps.
BrowserPage app_refused_page(const PageNames&, std::string_view error);  // its key or secret
BrowserPage request_refused_page(const PageNames&, const ClientRefusal&, std::string_view next);
BrowserPage not_finished_page(const PageNames&, std::string_view detail, std::string_view next);
// Anything else; the sentence is ours, without a full stop.
BrowserPage failed_page(const PageNames&, std::string_view sentence, std::string_view next);
BrowserPage another_user_page(const PageNames&, std::string_view now, std::string_view before);

// For requests that belong to no login: they name no account.
BrowserPage stale_page();         // 400
BrowserPage nothing_here_page();  // 404
BrowserPage wrong_method_page();  // 405
BrowserPage empty_page();         // 204, for a prefetch

BrowserPage see_other(std::string path);  // 303; the path is ours, never from input

}  // namespace tokend
