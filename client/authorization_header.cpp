#include "client/authorization_header.hpp"

#include <algorithm>

#include "proto/error_codes.hpp"

namespace tokend::client {
namespace {

// RFC 6750 section 2.1 writes Bearer so; providers write it as they please.
std::string_view scheme_of(const wire::TokenReply& reply)
{
  return reply.token_type == "bearer" ? "Bearer" : std::string_view(reply.token_type);
}

bool fits_a_line(std::string_view text)
{
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; });
}

Failure not_a_line(const wire::TokenReply& reply)
{
  return {.error = std::string(names_of(ErrorCode::kInternal).http),
          .reason = "the provider's token has characters that no header can carry",
          .account = reply.account,
          .next = "tokenctl refresh " + reply.account};
}

}  // namespace

Outcome<Secret> authorization_header(const wire::TokenReply& reply)
{
  bool fits = fits_a_line(reply.token_type) && fits_a_line(reply.access_token.reveal());
  std::string lines;
  for (const std::string_view part :
       {std::string_view("Authorization: "), scheme_of(reply), std::string_view(" "), reply.access_token.reveal()})
    append_wiping(lines, part);
  for (const auto& [name, value] : reply.headers) {
    fits = fits && fits_a_line(name) && fits_a_line(value);
    append_wiping(lines, "\n" + name + ": " + value);
  }
  Secret header(std::move(lines));
  if (!fits) return failed(not_a_line(reply));
  return header;
}

}  // namespace tokend::client
