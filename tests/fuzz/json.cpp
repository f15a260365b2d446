// Whatever the text: reading and skipping agree on it, and what was read can be written and read again, unchanged.
#include <string>

#include "proto/json_reader.hpp"
#include "proto/json_writer.hpp"
#include "proto/utf8.hpp"
#include "tests/fuzz/check.hpp"

using namespace tokend;

namespace {

// Copies one value, value by value.
void copy(JsonReader& in, JsonWriter& out)
{
  std::string_view text;
  std::int64_t integer = 0;
  bool truth = false;
  switch (in.type()) {
    case JsonType::kNothing: return;
    case JsonType::kNull:
      if (in.read_null()) out.null();
      return;
    case JsonType::kBool:
      if (in.read(truth)) out.value(truth);
      return;
    case JsonType::kNumber:
      if (in.read(integer)) out.value(integer);
      else if (in.read_raw(text)) out.raw(text);
      return;
    case JsonType::kString:
      if (!in.read(text)) return;
      fuzz::check(is_utf8(text));
      out.value(text);
      return;
    case JsonType::kArray:
      in.enter_array();
      out.begin_array();
      while (in.next_element()) copy(in, out);
      out.end_array();
      return;
    case JsonType::kObject:
      in.enter_object();
      out.begin_object();
      while (in.next_member(text)) {
        out.name(text);
        copy(in, out);
      }
      out.end_object();
      return;
  }
}

bool copied(std::string_view text, std::string& out)
{
  std::string scratch;
  JsonReader in(text, scratch);
  JsonWriter writer(out);
  copy(in, writer);
  return in.finish();
}

bool skipped(std::string_view text)
{
  std::string scratch;
  JsonReader in(text, scratch);
  return in.skip() && in.finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
  const std::string_view text = fuzz::text_of(bytes, size);
  std::string once, twice;
  const bool good = copied(text, once);
  fuzz::check(good == skipped(text));
  if (good) fuzz::check(copied(once, twice) && once == twice);
  return 0;
}
