// However a stream of bytes is cut, the same messages come out of it; and an envelope that can be read can be written.
#include <string>
#include <vector>

#include "proto/varlink.hpp"
#include "tests/fuzz/check.hpp"

using namespace tokend;

namespace {

constexpr std::size_t kMostBytes = 64;  // small, so that the limit is met

std::vector<std::string> messages_of(std::string_view bytes, std::size_t piece, bool& too_long)
{
  varlink::Framing framing(kMostBytes);
  std::vector<std::string> messages;
  while (!bytes.empty()) {
    std::string_view input = bytes.substr(0, piece);
    bytes.remove_prefix(input.size());
    while (const auto message = framing.next(input)) {
      fuzz::check(message->size() <= kMostBytes);
      messages.emplace_back(*message);
    }
  }
  too_long = framing.too_long();
  return messages;
}

void check_call(std::string_view message)
{
  std::string scratch, out;
  const auto call = varlink::read_call(message, scratch);
  if (!call) return;
  varlink::open_call(*call, out);
  out += call->parameters.empty() ? "{}" : call->parameters;
  varlink::close_message(out);
  std::string again_scratch;
  const auto again = varlink::read_call(std::string_view(out).substr(0, out.size() - 1), again_scratch);
  fuzz::check(again && again->method == call->method && again->more == call->more && again->oneway == call->oneway);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
  const std::string_view text = fuzz::text_of(bytes, size);
  bool too_long = false, also_too_long = false;
  const auto whole = messages_of(text, text.size(), too_long);
  fuzz::check(whole == messages_of(text, 1, also_too_long) && too_long == also_too_long);
  fuzz::check(whole == messages_of(text, 7, also_too_long) && too_long == also_too_long);
  check_call(text);
  std::string scratch;
  varlink::read_reply(text, scratch);
  return 0;
}
