// What the broker may rely on: every kind of secret comes back, to its own place only.
#include "daemon/vault/vault.hpp"
#include "tests/catch.hpp"
#include "tests/unit/vault/support.hpp"

namespace tokend::test {
namespace {

struct OpenVault {
  CountingRandom random;
  Vault vault{vault_row(), master_key(), random};
};

Destination anywhere() { return AllowedOrigins({"https://as.example"}).admit("https://as.example/token").value(); }

GrantContext other_grant()
{
  GrantContext context = grant_seven();
  context.grant = GrantId{8};
  return context;
}

TEST_CASE_METHOD(OpenVault, "a refresh token comes back to its own grant, generation and binding only")
{
  const SealedBytes sealed = vault.seal_refresh(grant_seven(), Secret("refresh-token-1"));
  CHECK(vault.open_refresh(grant_seven(), sealed).value().reveal() == "refresh-token-1");
  CHECK_FALSE(vault.open_refresh(other_grant(), sealed).has_value());
  CHECK_FALSE(vault.open_journal(grant_seven(), sealed).has_value());

  GrantContext next_generation = grant_seven();
  next_generation.generation = next(next_generation.generation);
  CHECK_FALSE(vault.open_refresh(next_generation, sealed).has_value());

  GrantContext elsewhere = grant_seven();
  elsewhere.binding = binding_of({.issuer = "https://issuer.example",
                                  .token_origin = "https://evil.example",
                                  .client_id = "client-1",
                                  .auth_method = "basic"});
  CHECK_FALSE(vault.open_refresh(elsewhere, sealed).has_value());
}

TEST_CASE_METHOD(OpenVault, "an access token comes back to its own row and key only")
{
  const SealedBytes sealed = vault.seal_access(grant_seven(), 9, token_key(), Secret("access-token-1"));
  CHECK(vault.open_access(grant_seven(), 9, token_key(), sealed).value().reveal() == "access-token-1");
  CHECK_FALSE(vault.open_access(grant_seven(), 10, token_key(), sealed).has_value());
  CHECK_FALSE(vault.open_access(grant_seven(), 9, {}, sealed).has_value());
  CHECK_FALSE(vault.open_access(other_grant(), 9, token_key(), sealed).has_value());
}

TEST_CASE_METHOD(OpenVault, "a journal entry of a raw reply of 1 MiB comes back")
{
  const Secret reply(std::string(std::size_t{1} << 20, 'x'));
  const SealedBytes sealed = vault.seal_journal(grant_seven(), reply);
  CHECK(vault.open_journal(grant_seven(), sealed).value() == reply);
  CHECK_FALSE(vault.open_journal(other_grant(), sealed).has_value());
}

TEST_CASE_METHOD(OpenVault, "a client secret comes back to its own client only")
{
  const SealedBytes sealed = vault.seal_client_secret(ClientId{5}, Secret("client-secret-1"));
  CHECK(vault.open_client_secret(anywhere(), ClientId{5}, sealed).value().reveal() == "client-secret-1");
  CHECK_FALSE(vault.open_client_secret(anywhere(), ClientId{6}, sealed).has_value());
}

TEST_CASE_METHOD(OpenVault, "a definition comes back to its own account and revision only")
{
  const SealedBytes sealed = vault.seal_definition(AccountId{2}, 4, Secret("{}"));
  CHECK(vault.open_definition(AccountId{2}, 4, sealed).value().reveal() == "{}");
  CHECK_FALSE(vault.open_definition(AccountId{2}, 3, sealed).has_value());
  CHECK_FALSE(vault.open_definition(AccountId{3}, 4, sealed).has_value());
}

TEST_CASE_METHOD(OpenVault, "a vault of another database, epoch or master key opens nothing")
{
  const SealedBytes sealed = vault.seal_client_secret(ClientId{5}, Secret("client-secret-1"));
  const Vault another_database({.database_id = counting(0x10, 16), .epoch = 1}, master_key(), random);
  const Vault another_epoch({.database_id = database_id(), .epoch = 2}, master_key(), random);
  const Vault another_key(vault_row(), create_master_key(random), random);
  CHECK_FALSE(another_database.open_client_secret(anywhere(), ClientId{5}, sealed).has_value());
  CHECK_FALSE(another_epoch.open_client_secret(anywhere(), ClientId{5}, sealed).has_value());
  CHECK_FALSE(another_key.open_client_secret(anywhere(), ClientId{5}, sealed).has_value());
}

TEST_CASE_METHOD(OpenVault, "a head shows a replayed, edited or emptied grant row")
{
  GrantRow row{.id = GrantId{7}, .generation = Generation{3}};
  row.sealed = vault.seal_refresh(grant_seven(), Secret("refresh-token-1"));
  row.head = vault.head_of(row.id, row.generation, row.sealed);
  CHECK(vault.check_head(row));

  const auto edited = [&row](auto change) {
    GrantRow other = row;
    change(other);
    return other;
  };
  const SealedBytes resealed = vault.seal_refresh(grant_seven(), Secret("refresh-token-1"));
  CHECK_FALSE(vault.check_head(edited([](GrantRow& other) { other.generation = Generation{2}; })));
  CHECK_FALSE(vault.check_head(edited([](GrantRow& other) { other.id = GrantId{8}; })));
  CHECK_FALSE(vault.check_head(edited([](GrantRow& other) { other.sealed = {}; })));
  CHECK_FALSE(vault.check_head(edited([&](GrantRow& other) { other.sealed = resealed; })));
  CHECK_FALSE(vault.check_head(edited([](GrantRow& other) { other.head.clear(); })));
}

TEST_CASE_METHOD(OpenVault, "a grant without a refresh record has a head too")
{
  GrantRow row{.id = GrantId{7}, .generation = Generation{1}};
  row.head = vault.head_of(row.id, row.generation, row.sealed);
  CHECK(vault.check_head(row));
  row.sealed = vault.seal_refresh(grant_seven(), Secret("planted"));
  CHECK_FALSE(vault.check_head(row));
}

TEST_CASE_METHOD(OpenVault, "fingerprints are equal for equal credentials only, and say nothing without the key")
{
  const Vault another_key(vault_row(), create_master_key(random), random);
  CHECK(vault.fingerprint(Secret("a")) == vault.fingerprint(Secret("a")));
  CHECK(vault.fingerprint(Secret("a")) != vault.fingerprint(Secret("b")));
  CHECK(vault.fingerprint(Secret("a")) != another_key.fingerprint(Secret("a")));
  CHECK(vault.fingerprint(Secret("a")).size() == 32);
}

TEST_CASE("bindings differ wherever their parts differ, also when the parts are only cut differently")
{
  const auto of = [](std::string_view issuer, std::string_view origin, std::string_view client,
                     std::string_view method) {
    return binding_of({.issuer = issuer, .token_origin = origin, .client_id = client, .auth_method = method});
  };
  CHECK(of("a", "b", "c", "d") == of("a", "b", "c", "d"));
  CHECK(of("a", "b", "c", "d").bytes.size() == 32);
  CHECK_FALSE(of("ab", "", "c", "d") == of("a", "b", "c", "d"));
  CHECK_FALSE(of("b", "a", "c", "d") == of("a", "b", "c", "d"));
  CHECK_FALSE(of("a", "b", "x", "d") == of("a", "b", "c", "d"));
  CHECK_FALSE(of("a", "b", "c", "x") == of("a", "b", "c", "d"));
}

TEST_CASE("locked bytes hold a copy, move without a trace and are empty by default")
{
  LockedBytes bytes(std::string_view("serialised reply"));
  CHECK(bytes.view() == "serialised reply");
  const LockedBytes taken = std::move(bytes);
  CHECK(taken.view() == "serialised reply");
  CHECK(bytes.empty());  // NOLINT(bugprone-use-after-move): that is the promise
  CHECK(LockedBytes().empty());
  CHECK(LockedBytes(3).view() == std::string_view("\0\0\0", 3));
}

}  // namespace
}  // namespace tokend::test
