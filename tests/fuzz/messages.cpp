// A message that can be read is written and read again, and says the same. The first byte chooses which.
#include <string>

#include "proto/error_codes.hpp"
#include "proto/messages.hpp"
#include "tests/fuzz/check.hpp"

using namespace tokend;
using namespace tokend::wire;

namespace {

template <class Message> void check_round_trip(std::string_view json)
{
  const auto message = read_message<Message>(json);
  if (!message) return fuzz::check(!message.error().subject.empty());
  std::string once, twice;
  write_message(*message, once);
  const auto again = read_message<Message>(once);
  fuzz::check(again.has_value());
  write_message(*again, twice);
  fuzz::check(once == twice);
}

void check_get_token(std::string_view json)
{
  std::string scratch, once, twice;
  const auto call = read_get_token(json, scratch);
  if (!call) return;
  write_message(*call, once);
  std::string again_scratch;
  const auto again = read_get_token(once, again_scratch);
  fuzz::check(again.has_value());
  write_message(*again, twice);
  fuzz::check(once == twice);
}

void check_error(std::string_view json)
{
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    std::string once;
    const auto name = names_of(static_cast<ErrorCode>(code)).varlink;
    const Error error = read_error(name, json);
    fuzz::check(error.code == static_cast<ErrorCode>(code) && !error.reason.empty());
    write_error_parameters(error, once);
    fuzz::check(read_error(name, once).account == error.account);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
  if (size == 0) return 0;
  const std::string_view json = fuzz::text_of(bytes + 1, size - 1);
  switch (bytes[0] % 8) {
    case 0: check_get_token(json); break;
    case 1: check_round_trip<AddAccountCall>(json); break;
    case 2: check_round_trip<LoginReply>(json); break;
    case 3: check_round_trip<ListAccountsReply>(json); break;
    case 4: check_round_trip<TokenReply>(json); break;
    case 5: check_round_trip<Event>(json); break;
    case 6: check_round_trip<DaemonStatus>(json); break;
    default: check_error(json);
  }
  return 0;
}
