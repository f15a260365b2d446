#include "proto/json_reader.hpp"

#include <limits>
#include <optional>

#include "proto/utf8.hpp"
#include "tests/catch.hpp"
#include "tests/unit/vectors.hpp"

using tokend::JsonReader;
using tokend::JsonType;

namespace {

std::string string_of(std::string_view json)
{
  std::string scratch;
  JsonReader reader(json, scratch);
  std::string_view text;
  REQUIRE(reader.read(text));
  REQUIRE(reader.finish());
  return std::string(text);
}

}  // namespace

TEST_CASE("the JSON reader takes what RFC 8259 allows and nothing else")
{
  for (const auto& vector : tokend::test::load_vectors("json.txt")) {
    INFO(vector.line);
    std::string scratch;
    JsonReader reader(vector.text, scratch);
    const bool good = reader.skip() && reader.finish();
    CHECK(good == (vector.verdict == "good"));
  }
}

TEST_CASE("a string is judged alike whether it is read or skipped")
{
  for (const auto& vector : tokend::test::load_vectors("json.txt")) {
    if (!vector.text.starts_with('"')) continue;
    INFO(vector.line);
    std::string scratch;
    JsonReader reader(vector.text, scratch);
    std::string_view text;
    const bool good = reader.read(text) && reader.finish();
    CHECK(good == (vector.verdict == "good"));
  }
}

TEST_CASE("every proper prefix of a document is refused")
{
  const std::string document = R"({"a":[1,-2.5e3,true,null,"x\u00e9\ud83d\ude00"],"b":{"c":"é"}})";
  for (std::size_t size = 0; size < document.size(); ++size) {
    INFO(size);
    std::string scratch;
    JsonReader reader(std::string_view(document).substr(0, size), scratch);
    const bool good = reader.skip() && reader.finish();
    CHECK_FALSE(good);
  }
}

TEST_CASE("escapes are decoded")
{
  CHECK(string_of(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
  CHECK(string_of(R"("\u0041\u00e9\u20AC\ud83d\ude00")") == "A\u00e9\u20ac\U0001F600");
  CHECK(string_of(R"("a\u0000b")") == std::string("a\0b", 3));
}

TEST_CASE("views of earlier strings stay good while later ones are decoded")
{
  const std::string json = R"(["\u0041 first","\u0042 second","third"])";
  std::string scratch;
  JsonReader reader(json, scratch);
  std::string_view first, second, third;
  REQUIRE(reader.enter_array());
  REQUIRE((reader.next_element() && reader.read(first)));
  REQUIRE((reader.next_element() && reader.read(second)));
  REQUIRE((reader.next_element() && reader.read(third)));
  REQUIRE_FALSE(reader.next_element());
  REQUIRE(reader.finish());
  CHECK(first == "A first");
  CHECK(second == "B second");
  CHECK(third == "third");
  CHECK(third.data() > json.data());  // a view of the text itself
  CHECK(third.data() < json.data() + json.size());
}

TEST_CASE("a question of the wrong type consumes nothing")
{
  std::string scratch;
  JsonReader reader(R"(["x"])", scratch);
  std::int64_t number = 7;
  bool truth = true;
  std::string_view text;
  REQUIRE_FALSE(reader.enter_object());
  REQUIRE(reader.enter_array());
  REQUIRE(reader.next_element());
  CHECK_FALSE(reader.read(number));
  CHECK_FALSE(reader.read(truth));
  CHECK_FALSE(reader.read_null());
  CHECK_FALSE(reader.enter_array());
  CHECK(number == 7);
  CHECK(reader.ok());
  CHECK(reader.read(text));
  CHECK(text == "x");
}

TEST_CASE("integers are exact or refused")
{
  const auto read = [](std::string_view json) -> std::optional<std::int64_t> {
    std::string scratch;
    JsonReader reader(json, scratch);
    std::int64_t value = 0;
    if (!reader.read(value)) {
      CHECK(reader.ok());
      return std::nullopt;
    }
    return value;
  };
  CHECK(read("0") == 0);
  CHECK(read("-0") == 0);
  CHECK(read("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
  CHECK(read("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
  CHECK_FALSE(read("9223372036854775808"));
  CHECK_FALSE(read("1.0"));
  CHECK_FALSE(read("1e3"));
}

TEST_CASE("doubles are read where they are asked for")
{
  std::string scratch;
  JsonReader reader("[3599.5,-2e3,7]", scratch);
  double a = 0, b = 0, c = 0;
  REQUIRE(reader.enter_array());
  REQUIRE((reader.next_element() && reader.read(a) && reader.next_element() && reader.read(b)));
  REQUIRE((reader.next_element() && reader.read(c) && !reader.next_element() && reader.finish()));
  CHECK(a == 3599.5);
  CHECK(b == -2000.0);
  CHECK(c == 7.0);
}

TEST_CASE("a name given twice is handed out twice")
{
  std::string scratch;
  JsonReader reader(R"({"a":1,"a":2})", scratch);
  std::string names;
  REQUIRE(reader.enter_object());
  for (std::string_view name; reader.next_member(name); reader.skip()) names += name;
  CHECK(reader.finish());
  CHECK(names == "aa");
}

TEST_CASE("a raw value is the text as it was sent")
{
  std::string scratch;
  JsonReader reader(R"({"parameters": {"a" : [1, "x\n"]} ,"more":true})", scratch);
  std::string_view name, raw;
  REQUIRE(reader.enter_object());
  REQUIRE(reader.next_member(name));
  REQUIRE(reader.read_raw(raw));
  CHECK(raw == R"({"a" : [1, "x\n"]})");
}

TEST_CASE("after a break every question is answered false")
{
  std::string scratch;
  JsonReader reader(R"([tru,1])", scratch);
  bool truth = false;
  std::int64_t number = 0;
  REQUIRE(reader.enter_array());
  REQUIRE(reader.next_element());
  CHECK_FALSE(reader.read(truth));
  CHECK_FALSE(reader.ok());
  CHECK_FALSE(reader.next_element());
  CHECK_FALSE(reader.read(number));
  CHECK(reader.type() == JsonType::kNothing);
  CHECK_FALSE(reader.finish());
}
