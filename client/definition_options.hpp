// The flags that say what an account is, shared by `add` and `set`, and the Definition that they make.
#pragma once
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "client/failure.hpp"
#include "client/options.hpp"
#include "proto/messages.hpp"

namespace tokend::client {

inline constexpr std::array<Option, 21> kDefinitionOptions{{
    {.name = "--provider", .value = "ID", .use = Option::Use::kLater},
    {.name = "--issuer", .value = "URL", .help = "the provider; its endpoints are discovered"},
    {.name = "--authorization-endpoint", .value = "URL", .help = "without discovery: where the browser goes"},
    {.name = "--token-endpoint", .value = "URL", .help = "without discovery: where tokens come from"},
    {.name = "--device-endpoint", .value = "URL", .help = "where device codes come from"},
    {.name = "--revocation-endpoint", .value = "URL", .help = "where tokens are revoked"},
    {.name = "--client-id", .value = "ID", .help = "of the app that you registered at the provider"},
    {.name = "--client-secret-file", .value = "FILE|-", .help = "its secret, from a file or stdin"},
    {.name = "--client-auth", .value = "HOW", .help = "basic, post or none"},
    {.name = "--basic-encoding", .value = "HOW", .help = "form (the standard) or raw"},
    {.name = "--client-key-file", .value = "FILE", .use = Option::Use::kLater},
    {.name = "--flow", .value = "FLOW", .help = "code, device or client_credentials"},
    {.name = "--scope", .value = "SCOPE", .help = "what to ask for", .use = Option::Use::kRepeated},
    {.name = "--redirect-uri", .value = "URI", .help = "the callback URL, if it is to be another one"},
    {.name = "--shared-redirect", .value = "", .help = "another provider may use the same callback URL"},
    {.name = "--url", .value = "URL", .help = "where its tokens are used", .use = Option::Use::kRepeated},
    {.name = "--var", .value = "NAME=VALUE", .help = "a variable of the provider", .use = Option::Use::kRepeated},
    {.name = "--param",
     .value = "NAME=VALUE",
     .help = "added to authorization requests",
     .use = Option::Use::kRepeated},
    {.name = "--insecure-loopback", .value = "", .help = "allow http on loopback addresses"},
    {.name = "--shares", .value = "ACCOUNT", .use = Option::Use::kLater},
    {.name = "--mcp", .value = "URL", .use = Option::Use::kLater},
}};

template <std::size_t N>
constexpr std::array<Option, kDefinitionOptions.size() + N> definition_options_and(const std::array<Option, N>& more)
{
  std::array<Option, kDefinitionOptions.size() + N> all{};
  std::copy(kDefinitionOptions.begin(), kDefinitionOptions.end(), all.begin());
  std::copy(more.begin(), more.end(), all.begin() + kDefinitionOptions.size());
  return all;
}

// Only what was given is set; without the secret, which may have to be typed.
Outcome<wire::Definition> read_definition(const Arguments&);
// The secret, if one was given; it may be empty.
Outcome<void> read_client_secret(const Arguments&, wire::Definition&);

// The options that say what is in a definition, one shell word each; its secret would be typed again.
std::vector<std::string> options_of(const wire::Definition&);

// What the daemon says of a definition's fields, in the words of the command line: "tokenEndpoint" is --token-endpoint.
Failure with_option_names(Failure);

}  // namespace tokend::client
