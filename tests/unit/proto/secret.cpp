// What a Secret promises: nothing of it stays where it was, a comparison looks at all of it, and it cannot be printed.
#include "proto/secret.hpp"

#include <fmt/format.h>

#include <concepts>
#include <cstring>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "tests/catch.hpp"
#include "tests/unit/proto/allocations.hpp"

using namespace tokend;

namespace {

// Of a secret, but for its first byte: a string that is moved from overwrites that one by itself.
constexpr std::string_view kShortRest = "3cr3t-wrd";
constexpr std::string_view kLongRest = "n-access-token-that-is-too-long-to-be-kept-inside-of-a-string";
std::string short_text() { return "s" + std::string(kShortRest); }
std::string long_text() { return "a" + std::string(kLongRest); }

// The bytes of an object that lives, those that it does not show among them.
template <class T> bool holds(const T& object, std::string_view text)
{
  const std::string_view bytes(reinterpret_cast<const char*>(&object), sizeof object);
  return bytes.find(text) != std::string_view::npos;
}

template <class T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };

}  // namespace

static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);
static_assert(fmt::is_formattable<std::string>::value && !fmt::is_formattable<Secret>::value);
static_assert(Printable<std::string> && !Printable<Secret>);
static_assert(!std::convertible_to<Secret, std::string> && !std::convertible_to<Secret, std::string_view>);
static_assert(!std::convertible_to<std::string, Secret>, "a secret is named as one");

TEST_CASE("a string that ends leaves its text behind, and that is seen here")
{
  const test::FreedMemory freed(kLongRest);
  std::make_unique<std::string>(long_text());
  CHECK(freed.blocks_with_it() > 0);
  auto text = short_text();
  const auto taken = std::move(text);
  CHECK(holds(text, kShortRest));
}

TEST_CASE("a secret that ends leaves nothing behind, long or short")
{
  for (const auto& [text, rest] : {std::pair(&long_text, kLongRest), std::pair(&short_text, kShortRest)}) {
    auto secret = std::make_unique<Secret>(text());
    const test::FreedMemory freed(rest);
    secret.reset();
    CHECK(freed.blocks_with_it() == 0);
  }
}

TEST_CASE("a secret that is made of a string leaves nothing in it")
{
  const test::FreedMemory freed(kLongRest);
  auto text = short_text();
  const Secret secret(std::move(text));
  CHECK(secret.reveal() == short_text());
  CHECK_FALSE(holds(text, kShortRest));
}

TEST_CASE("a secret that is moved away leaves nothing behind")
{
  Secret first(short_text());
  Secret second(std::move(first));
  CHECK(first.empty());
  CHECK_FALSE(holds(first, kShortRest));
  CHECK(second.reveal() == short_text());
  Secret third;
  third = std::move(second);
  CHECK(second.empty());
  CHECK_FALSE(holds(second, kShortRest));
  CHECK(third.reveal() == short_text());
}

TEST_CASE("a secret that is replaced leaves nothing behind")
{
  Secret secret(long_text());
  const test::FreedMemory freed(kLongRest);
  secret = Secret(std::string(300, 'n'));
  CHECK(freed.blocks_with_it() == 0);
  CHECK(secret.size() == 300);
}

TEST_CASE("a short secret that is replaced by a long one leaves nothing behind")
{
  Secret secret("01234567hidden!");  // as long as a short one can be; the long one's capacity overwrites its first half
  secret = Secret(long_text());
  CHECK_FALSE(holds(secret, "hidden!"));
  CHECK(secret.reveal() == long_text());
}

TEST_CASE("a secret that is moved to itself is kept")
{
  Secret secret(long_text());
  Secret& same = secret;
  secret = std::move(same);
  CHECK(secret.reveal() == long_text());
}

TEST_CASE("a duplicate is a secret of its own")
{
  auto secret = std::make_unique<Secret>(long_text());
  const Secret duplicate = secret->duplicate();
  secret.reset();
  CHECK(duplicate.reveal() == long_text());
}

TEST_CASE("wiping clears what a string held before it was shortened, too")
{
  auto text = std::make_unique<std::string>(long_text());
  text->resize(1);
  const test::FreedMemory freed(kLongRest);
  wipe(*text);
  CHECK(text->empty());
  text.reset();
  CHECK(freed.blocks_with_it() == 0);
}

TEST_CASE("a text that grows by append_wiping leaves nothing behind")
{
  auto text = long_text();
  const test::FreedMemory freed(kLongRest);
  append_wiping(text, std::string(1000, 'm'));
  CHECK(freed.blocks_with_it() == 0);
  CHECK(text == long_text() + std::string(1000, 'm'));
}

TEST_CASE("secrets are equal where every byte is")
{
  CHECK(Secret() == Secret());
  CHECK(Secret(long_text()) == Secret(long_text()));
  CHECK(Secret(std::string("a\0b", 3)) != Secret(std::string("a\0c", 3)));
  CHECK(Secret(long_text()) != Secret(long_text() + '\0'));
  CHECK(Secret(short_text()) != Secret());
  for (std::size_t i = 0; i < long_text().size(); ++i) {
    for (const int bit : {0x01, 0x80}) {
      auto other = long_text();
      other[i] = static_cast<char>(other[i] ^ bit);
      CHECK(Secret(long_text()) != Secret(std::move(other)));
    }
  }
}

TEST_CASE("two differences do not cancel each other")
{
  CHECK_FALSE(constant_time_equal("ab", "ba"));
  CHECK_FALSE(constant_time_equal("aa", "bb"));
}
