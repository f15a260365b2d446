// Key encryption keys, the slots that they open, and what is said when they do not.
#include "daemon/vault/key_slot.hpp"
#include "tests/catch.hpp"
#include "tests/unit/vault/known_answers.hpp"
#include "tests/unit/vault/support.hpp"

namespace tokend::test {
namespace {

struct WrappedMasterKey {
  CountingRandom random;
  SlotRow slot = wrap(master_key(), key_encryption_key(), {.database_id = database_id()}, random);

  std::optional<SlotTrouble> trouble(const SlotRow& row) const
  {
    const auto master = unwrap(row, key_encryption_key(), database_id());
    return master ? std::nullopt : std::optional(master.error());
  }
};

TEST_CASE_METHOD(WrappedMasterKey, "a slot gives back the master key to the key that made it")
{
  const auto master = unwrap(slot, key_encryption_key(), database_id());
  REQUIRE(master.has_value());
  CHECK(master->key.view() == master_key().key.view());
}

TEST_CASE_METHOD(WrappedMasterKey, "another key is told as a wrong key, not as damage")
{
  const KeyEncryptionKey other{Key(LockedBytes(counting(0xa1, kKeyBytes)))};
  const auto master = unwrap(slot, other, database_id());
  REQUIRE_FALSE(master.has_value());
  CHECK(master.error() == SlotTrouble::kWrongKey);
}

TEST_CASE_METHOD(WrappedMasterKey, "a slot with any bit of the wrapped key flipped is told as damaged")
{
  for (std::size_t bit = 0; bit < slot.wrapped.size() * 8; ++bit) {
    SlotRow flipped = slot;
    flipped.wrapped[bit / 8] = static_cast<char>(flipped.wrapped[bit / 8] ^ (1 << (bit % 8)));
    REQUIRE(trouble(flipped) == SlotTrouble::kDamaged);
  }
  slot.wrapped.pop_back();
  CHECK(trouble(slot) == SlotTrouble::kDamaged);
}

TEST_CASE_METHOD(WrappedMasterKey, "a slot moved to another place opens nothing")
{
  CHECK(unwrap(slot, key_encryption_key(), counting(0x01, 16)).error() == SlotTrouble::kWrongKey);
  const auto swapped = [this](auto change) {
    SlotRow other = slot;
    change(other);
    return trouble(other);
  };
  CHECK(swapped([](SlotRow& row) { row.id = 2; }).has_value());
  CHECK(swapped([](SlotRow& row) { row.epoch = 2; }).has_value());
  CHECK(swapped([](SlotRow& row) { row.params = "x"; }).has_value());
  CHECK(swapped([](SlotRow& row) { row.kind = static_cast<int>(SlotKind::kCredential); }).has_value());
  CHECK(swapped([](SlotRow& row) { row.kind = 0; }) == SlotTrouble::kDamaged);
  CHECK(swapped([](SlotRow& row) { row.kind = 5; }) == SlotTrouble::kDamaged);
}

TEST_CASE("a key is read from its raw form and from its text form")
{
  const std::string raw = counting(0xa0, kKeyBytes);
  const auto from_raw = parse_key_encryption_key(raw);
  REQUIRE(from_raw.has_value());
  CHECK(from_raw->key.view() == raw);

  const std::string_view text = known_answers::kKeyText;
  for (const std::string_view form : {text, text.substr(0, text.size() - 1)}) {
    const auto from_text = parse_key_encryption_key(form);
    REQUIRE(from_text.has_value());
    CHECK(from_text->key.view() == raw);
  }
}

TEST_CASE("whatever is not exactly a key is refused, never hashed into one")
{
  const std::string text(known_answers::kKeyText);
  const std::string line = text.substr(0, text.size() - 1);
  const std::string refused[] = {
      "",
      counting(0xa0, 31),
      counting(0xa0, 33),
      text + "\n",
      " " + text,
      line + "=",
      line.substr(0, line.size() - 1),
      line.substr(0, line.size() - 1) + "+",
      line.substr(0, line.size() - 1) + "9",  // bits behind the 32nd byte
      "tokend-kek-v2 " + line.substr(14),
      "tokend-kek-v1 ",
      line.substr(14),
      std::string(4096, 'A'),
  };
  for (const std::string& contents : refused) CHECK_FALSE(parse_key_encryption_key(contents).has_value());
}

TEST_CASE("a new master key is 32 bytes of the given randomness")
{
  CountingRandom random(0x40);
  CHECK(create_master_key(random).key.view() == master_key().key.view());
}

}  // namespace
}  // namespace tokend::test
