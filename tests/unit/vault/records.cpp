// A record opens where it was sealed for, and nowhere else.
#include "daemon/vault/primitives.hpp"
#include "daemon/vault/record.hpp"
#include "tests/catch.hpp"
#include "tests/unit/vault/support.hpp"

namespace tokend::test {
namespace {

constexpr std::string_view kBinding = "0123456789abcdef0123456789abcdef";
constexpr std::string_view kKeyHash = "fedcba9876543210fedcba9876543210";

RecordKey record_key()
{
  return {.database_id = database_id(), .epoch = 1, .key = derive_subkey(master_key(), Subkey::kRecords)};
}

RecordContext context()
{
  return {.kind = RecordKind::kRefresh, .row = 7, .owner = 7, .generation = 3, .binding = kBinding};
}

RecordContext access_context()
{
  RecordContext access = context();
  access.kind = RecordKind::kAccess;
  access.token_key_hash = kKeyHash;
  return access;
}

struct SealedRecord {
  CountingRandom random;
  SealedBytes sealed = seal(record_key(), context(), Secret("refresh-token-1"), random);
};

bool opens(const RecordKey& key, const RecordContext& where, const SealedBytes& sealed)
{
  return open(key, where, sealed).has_value();
}

TEST_CASE_METHOD(SealedRecord, "a record opens where it was sealed for")
{
  const Result<Secret> opened = open(record_key(), context(), sealed);
  REQUIRE(opened.has_value());
  CHECK(opened->reveal() == "refresh-token-1");
}

TEST_CASE("plaintexts of every length around the padding block come back whole")
{
  CountingRandom random;
  for (std::size_t size = 0; size <= 130; ++size) {
    const Secret plaintext(std::string(size, '\x80'));  // the padding's own marker byte
    const SealedBytes sealed = seal(record_key(), context(), plaintext, random);
    const Result<Secret> opened = open(record_key(), context(), sealed);
    REQUIRE(opened.has_value());
    REQUIRE(opened->reveal() == plaintext.reveal());
    REQUIRE((sealed.bytes.size() - 5 - kBoxOverhead) % 64 == 0);  // the length tells blocks, not bytes
  }
}

TEST_CASE_METHOD(SealedRecord, "a record does not open under another row, owner, generation, binding or kind")
{
  const auto swapped = [](auto change) {
    RecordContext other = context();
    change(other);
    return other;
  };
  CHECK_FALSE(opens(record_key(), swapped([](auto& c) { c.row = 8; }), sealed));
  CHECK_FALSE(opens(record_key(), swapped([](auto& c) { c.owner = 8; }), sealed));
  CHECK_FALSE(opens(record_key(), swapped([](auto& c) { c.generation = 4; }), sealed));
  CHECK_FALSE(opens(record_key(), swapped([](auto& c) { c.generation = 2; }), sealed));
  CHECK_FALSE(opens(record_key(), swapped([](auto& c) { c.binding = kKeyHash; }), sealed));
  CHECK_FALSE(opens(record_key(), swapped([](auto& c) { c.binding = {}; }), sealed));
  for (int kind = 1; kind <= static_cast<int>(RecordKind::kDefinition); ++kind)
    CHECK_FALSE(opens(record_key(), swapped([&](auto& c) { c.kind = static_cast<RecordKind>(kind); }), sealed));
}

TEST_CASE_METHOD(SealedRecord, "a record does not open in another database or under another key")
{
  RecordKey other_database = record_key();
  other_database.database_id.back() ^= 1;
  CHECK_FALSE(opens(other_database, context(), sealed));

  RecordKey other_key = record_key();
  other_key.key = derive_subkey(master_key(), Subkey::kHeads);
  CHECK_FALSE(opens(other_key, context(), sealed));
}

TEST_CASE_METHOD(SealedRecord, "a record does not open in another epoch, not even with its epoch bytes edited")
{
  RecordKey other_epoch = record_key();
  other_epoch.epoch = 2;
  CHECK_FALSE(opens(other_epoch, context(), sealed));
  sealed.bytes[1] = 2;
  CHECK_FALSE(opens(other_epoch, context(), sealed));
  CHECK_FALSE(opens(record_key(), context(), sealed));
}

TEST_CASE("an access record opens only for the scopes, resource and audience that it was asked for")
{
  CountingRandom random;
  const SealedBytes sealed = seal(record_key(), access_context(), Secret("access-token-1"), random);
  CHECK(opens(record_key(), access_context(), sealed));
  RecordContext other = access_context();
  other.token_key_hash = kBinding;
  CHECK_FALSE(opens(record_key(), other, sealed));
  other.token_key_hash = {};
  CHECK_FALSE(opens(record_key(), other, sealed));
}

TEST_CASE("token keys hash alike in any order of scopes, and differently wherever they differ")
{
  const std::string hash = token_key_hash(token_key());
  CHECK(token_key_hash({{"write", "read", "write"}, "https://api.example/", "aud"}) == hash);
  CHECK(token_key_hash({{"read"}, "https://api.example/", "aud"}) != hash);
  CHECK(token_key_hash({{"read", "write"}, "https://api.example", "aud"}) != hash);
  CHECK(token_key_hash({{"read", "write"}, "https://api.example/", "audi"}) != hash);
  CHECK(token_key_hash({{"read", "write"}, "", "https://api.example/aud"}) != hash);
  CHECK(token_key_hash({{"readwrite"}, "https://api.example/", "aud"}) != hash);
  CHECK(token_key_hash({{"a b"}, "", ""}) != token_key_hash({{"a", "b"}, "", ""}));
  CHECK(token_key_hash({{}, "x", ""}) != token_key_hash({{}, "", "x"}));
}

TEST_CASE_METHOD(SealedRecord, "a record with any bit flipped does not open")
{
  for (std::size_t bit = 0; bit < sealed.bytes.size() * 8; ++bit) {
    SealedBytes flipped = sealed;
    flipped.bytes[bit / 8] = static_cast<char>(flipped.bytes[bit / 8] ^ (1 << (bit % 8)));
    REQUIRE_FALSE(opens(record_key(), context(), flipped));
  }
}

TEST_CASE_METHOD(SealedRecord, "a record cut at any length or lengthened does not open")
{
  for (std::size_t size = 0; size < sealed.bytes.size(); ++size)
    REQUIRE_FALSE(opens(record_key(), context(), {sealed.bytes.substr(0, size)}));
  CHECK_FALSE(opens(record_key(), context(), {sealed.bytes + '\0'}));
}

TEST_CASE_METHOD(SealedRecord, "the error of a record that does not open names kind and row, and no secret")
{
  sealed.bytes.back() ^= 1;
  const Result<Secret> opened = open(record_key(), context(), sealed);
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().code == ErrorCode::kInternal);
  CHECK(opened.error().cause == "unreadable");
  CHECK(opened.error().reason ==
        "the refresh record of row 7 cannot be opened: it was changed, or sealed for another place");
}

TEST_CASE("two seals of one plaintext have nothing but the version and epoch in common")
{
  CountingRandom random;
  const SealedBytes one = seal(record_key(), context(), Secret("same"), random);
  const SealedBytes two = seal(record_key(), context(), Secret("same"), random);
  CHECK(one.bytes.substr(0, 5) == two.bytes.substr(0, 5));
  CHECK(one.bytes.substr(5 + kNonceBytes, 16) != two.bytes.substr(5 + kNonceBytes, 16));
}

}  // namespace
}  // namespace tokend::test
