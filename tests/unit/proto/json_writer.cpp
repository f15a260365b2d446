#include "proto/json_writer.hpp"

#include <limits>

#include "proto/json_reader.hpp"
#include "proto/utf8.hpp"
#include "tests/catch.hpp"

using tokend::JsonReader;
using tokend::JsonWriter;

namespace {

std::string written(std::string_view text)
{
  std::string out;
  JsonWriter(out).value(text);
  return out;
}

}  // namespace

TEST_CASE("members and elements are separated by commas, and only by them")
{
  std::string out;
  JsonWriter json(out);
  json.begin_object().member("a", 1).name("b").begin_array().value(true).null().begin_object().end_object();
  json.end_array().member("c", "x").name("d").raw("[0]").end_object();
  CHECK(out == R"({"a":1,"b":[true,null,{}],"c":"x","d":[0]})");
}

TEST_CASE("what JSON cannot hold is escaped")
{
  CHECK(written("a\"b\\c\n\r\t\x01\x1f\x7f") == R"("a\"b\\c\n\r\t\u0001\u001f\u007f")");
  CHECK(written(std::string_view("\0", 1)) == R"("\u0000")");
  CHECK(written("/é€\U0001F600") == "\"/é€\U0001F600\"");
}

TEST_CASE("bytes that are not UTF-8 become U+FFFD")
{
  CHECK(written("a\x80z") == "\"a\xEF\xBF\xBDz\"");
  CHECK(written("\xC3") == "\"\xEF\xBF\xBD\"");
  CHECK(written("\xED\xA0\x80") == "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
  CHECK(written("\xE2\x82\"") == "\"\xEF\xBF\xBD\xEF\xBF\xBD\\\"\"");
}

TEST_CASE("every byte string comes back from the reader as it went in, or as valid UTF-8")
{
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text{'x', static_cast<char>(byte), 'y'};
    const std::string json = written(text);
    std::string scratch;
    JsonReader reader(json, scratch);
    std::string_view back;
    INFO(byte);
    REQUIRE(reader.read(back));
    CHECK(reader.finish());
    if (tokend::is_utf8(text)) CHECK(back == text);
    else CHECK(tokend::is_utf8(back));
  }
}

TEST_CASE("integers are written in full")
{
  std::string out;
  JsonWriter json(out);
  json.begin_array().value(std::numeric_limits<std::int64_t>::min()).value(std::numeric_limits<std::int64_t>::max());
  json.end_array();
  CHECK(out == "[-9223372036854775808,9223372036854775807]");
}
