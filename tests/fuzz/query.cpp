// What is decoded is text without NUL, and no longer than what was sent.
#include "proto/http_query.hpp"

#include "proto/utf8.hpp"
#include "tests/fuzz/check.hpp"

using namespace tokend;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
  const std::string_view text = fuzz::text_of(bytes, size);
  const auto is_text = [](const std::string& part) { return is_utf8(part) && part.find('\0') == part.npos; };
  if (const auto segment = percent_decode(text)) fuzz::check(is_text(*segment) && segment->size() <= text.size());
  if (const auto parameters = query_parameters(text)) {
    std::size_t total = 0;
    for (const auto& [name, value] : *parameters) {
      fuzz::check(is_text(name) && is_text(value));
      total += name.size() + value.size();
    }
    fuzz::check(total <= text.size());
  }
  return 0;
}
