// Every byte format of the vault against answers computed by another implementation (reference.py).
#include "daemon/vault/key_slot.hpp"
#include "tests/catch.hpp"
#include "tests/unit/vault/known_answers.hpp"
#include "tests/unit/vault/support.hpp"

namespace tokend::test {
namespace {

struct FormatsOfTheVault {
  CountingRandom random;  // one seal per test: the nonce is 80..97
  Vault vault{vault_row(), master_key(), random};
};

TEST_CASE_METHOD(FormatsOfTheVault, "a refresh record has the bytes of the format")
{
  CHECK(hex(vault.seal_refresh(grant_seven(), Secret("refresh-token-1")).bytes) == known_answers::kRefreshRecord);
}

TEST_CASE_METHOD(FormatsOfTheVault, "an access record has the bytes of the format")
{
  const SealedBytes record = vault.seal_access(grant_seven(), 9, token_key(), Secret("access-token-1"));
  CHECK(hex(record.bytes) == known_answers::kAccessRecord);
}

TEST_CASE_METHOD(FormatsOfTheVault, "a journal record of a whole block has the bytes of the format")
{
  CHECK(hex(vault.seal_journal(grant_seven(), Secret(std::string(64, 'j'))).bytes) == known_answers::kJournalRecord);
}

TEST_CASE_METHOD(FormatsOfTheVault, "a client secret record has the bytes of the format")
{
  const SealedBytes record = vault.seal_client_secret(ClientId{5}, Secret("client-secret-1"));
  CHECK(hex(record.bytes) == known_answers::kClientSecretRecord);
}

TEST_CASE_METHOD(FormatsOfTheVault, "an empty definition record has the bytes of the format")
{
  CHECK(hex(vault.seal_definition(AccountId{2}, 4, Secret()).bytes) == known_answers::kDefinitionRecord);
}

TEST_CASE_METHOD(FormatsOfTheVault, "heads, fingerprints, bindings and token keys hash to the bytes of the format")
{
  const SealedBytes refresh = vault.seal_refresh(grant_seven(), Secret("refresh-token-1"));
  CHECK(hex(vault.head_of(GrantId{7}, Generation{3}, refresh)) == known_answers::kHead);
  CHECK(hex(vault.head_of(GrantId{8}, Generation{0}, {})) == known_answers::kHeadWithoutRecord);
  CHECK(hex(vault.fingerprint(Secret("refresh-token-1"))) == known_answers::kFingerprint);
  CHECK(hex(binding().bytes) == known_answers::kBinding);
  CHECK(hex(token_key_hash(token_key())) == known_answers::kTokenKeyHash);
  CHECK(hex(token_key_hash({})) == known_answers::kDefaultTokenKeyHash);
}

TEST_CASE("a key slot and a key file have the bytes of the format")
{
  CountingRandom random;
  const SlotRow slot = wrap(master_key(), key_encryption_key(), {.database_id = database_id()}, random);
  CHECK(hex(slot.commitment) == known_answers::kSlotCommitment);
  CHECK(hex(slot.wrapped) == known_answers::kSlotWrapped);
  CHECK(format_key_encryption_key(key_encryption_key()).reveal() == known_answers::kKeyText);
}

TEST_CASE("the names inside the seals never change")
{
  using enum RecordKind;
  const std::pair<RecordKind, std::string_view> names[] = {
      {kRefresh, "refresh"},
      {kAccess, "access"},
      {kDpopKey, "dpop_key"},
      {kJournal, "journal"},
      {kQuarantine, "quarantine"},
      {kSpill, "spill"},
      {kClientSecret, "client_secret"},
      {kClientKey, "client_key"},
      {kRegistrationToken, "registration_token"},
      {kDefinition, "definition"},
  };
  for (const auto& [kind, expected] : names) CHECK(name(kind) == expected);
  CHECK(name(SlotKind::kKeyfile) == "keyfile");
  CHECK(name(SlotKind::kCredential) == "credential");
  CHECK(name(SlotKind::kPassphrase) == "passphrase");
  CHECK(name(SlotKind::kSecretService) == "secret_service");
}

}  // namespace
}  // namespace tokend::test
