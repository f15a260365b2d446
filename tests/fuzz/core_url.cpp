// Any bytes as a URL and as a form: no crash, and what is accepted prints and reads back the same.
#include <cstddef>
#include <cstdint>

#include "daemon/core/url.hpp"
#include "tests/fuzz/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
  const std::string_view text = tokend::fuzz::text_of(bytes, size);
  if (const auto url = tokend::parse_url(text)) {
    const std::string printed = tokend::to_string(*url);
    const auto again = tokend::parse_url(printed);
    // A missing path is printed as "/", which may be one character too many.
    tokend::fuzz::check(again ? *again == *url : printed.size() > tokend::kLongestUrl);
  }
  if (const auto fields = tokend::parse_form(text)) {
    tokend::FormWriter form;
    for (const auto& field : *fields) form.add(field.name, field.value);
    const auto again = tokend::parse_form(form.text());
    tokend::fuzz::check(again == *fields);
  }
  return 0;
}
