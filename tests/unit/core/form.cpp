#include "daemon/core/form.hpp"

#include "tests/catch.hpp"

namespace tokend {
namespace {

TEST_CASE("a form writes a space as %20 and leaves nothing ambiguous")
{
  FormWriter form;
  form.add("scope", "a b").add("client id", "x+y&z=1/ä~").add("empty", "");
  CHECK(form.text() == "scope=a%20b&client%20id=x%2By%26z%3D1%2F%C3%A4~&empty=");
  CHECK(form.take().reveal() == "scope=a%20b&client%20id=x%2By%26z%3D1%2F%C3%A4~&empty=");
}

TEST_CASE("a form is read back as it was written")
{
  std::string every_byte;
  for (int byte = 1; byte < 256; ++byte) every_byte += static_cast<char>(byte);
  FormWriter form;
  form.add(every_byte, every_byte);
  const auto fields = parse_form(form.text());
  REQUIRE(fields);
  CHECK(*fields == std::vector<FormField>{{every_byte, every_byte}});
}

TEST_CASE("a form keeps order and repetitions, takes '+' for a space and skips empty pieces")
{
  CHECK(*parse_form("b=1+2&&a=%31&b=&c") == std::vector<FormField>{{"b", "1 2"}, {"a", "1"}, {"b", ""}, {"c", ""}});
  CHECK(parse_form("")->empty());
}

TEST_CASE("a form with a broken percent sign, a NUL or too many fields is none")
{
  for (const auto* text : {"a=%", "a=%4", "a=%4g", "%zz=1", "a=%00"}) CHECK_FALSE(parse_form(text));
  CHECK_FALSE(form_decode(std::string_view("a\0b", 3)));
  std::string many;
  for (std::size_t i = 0; i < kMostFormFields; ++i) many += "a=1&";
  CHECK(parse_form(many));
  CHECK_FALSE(parse_form(many + "a=1"));
}

}  // namespace
}  // namespace tokend
