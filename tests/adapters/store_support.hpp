// What the tests of the store share: a state directory of their own, a store in it, rows, and commits that are waited
// for. No clock and no sleep: an answer is a future.
#pragma once
#include <sqlite3.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "daemon/adapters/sqlite_token_store.hpp"
#include "daemon/adapters/state_directory.hpp"

namespace tokend::test {

class TemporaryDirectory {
 public:
  TemporaryDirectory()
  {
    std::string name = (std::filesystem::temp_directory_path() / "tokend-store-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = name;
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

inline std::string contents(const std::filesystem::path& path)
{
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Edits a closed database as no tokend would.
inline void edit(const std::filesystem::path& path, const std::string& sql)
{
  sqlite3* database = nullptr;
  const int opened = sqlite3_open(path.c_str(), &database);
  const int edited = opened == SQLITE_OK ? sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) : opened;
  const std::string message = sqlite3_errmsg(database);
  sqlite3_close(database);
  if (edited != SQLITE_OK) throw std::runtime_error(message);
}

inline constexpr WallTime kNow{Seconds{1'800'000'000}};
using Store = std::unique_ptr<SqliteTokenStore>;

// The "loop" of these tests is the store thread itself.
inline void run_at_once(std::move_only_function<void()> work) { work(); }

inline Store open_store(const StateDirectory& directory, const std::filesystem::path& spill = {})
{
  auto opened = SqliteTokenStore::open(directory, spill, kNow, run_at_once);
  if (!opened) throw std::runtime_error(opened.error().error.reason);
  return std::move(*opened);
}

inline DatabaseRefusal refusal(const StateDirectory& directory)
{
  auto opened = SqliteTokenStore::open(directory, {}, kNow, run_at_once);
  if (opened) throw std::runtime_error("the database was not refused");
  return opened.error();
}

inline std::future<Committed> commit_later(SqliteTokenStore& store, Unit unit)
{
  auto promise = std::make_shared<std::promise<Committed>>();
  auto answer = promise->get_future();
  store.commit(std::move(unit), [promise](Committed outcome) { promise->set_value(outcome); });
  return answer;
}

inline Committed commit(SqliteTokenStore& store, Unit unit) { return commit_later(store, std::move(unit)).get(); }

inline VaultRow vault_row() { return {.database_id = std::string(16, 'd')}; }
inline SlotRow slot_row()
{
  return {.id = 1, .kind = 1, .commitment = std::string(32, 'c'), .wrapped = std::string(72, 'w')};
}
inline ClientRow client(int id = 1)
{
  return {.id = ClientId{id}, .issuer = "https://issuer.example", .client_id = "client", .secret = {"sealed secret"}};
}
inline GrantRow grant(int id, int generation = 1, std::string sealed = "sealed refresh")
{
  return {.id = GrantId{id},
          .status = GrantStatus::kLive,
          .client = ClientId{1},
          .generation = Generation{generation},
          .consented = kNow,
          .rotated = kNow,
          .binding = std::string(32, 'b'),
          .sealed = {std::move(sealed)},
          .head = std::string(32, 'h')};
}
inline AccountRow account(int id, std::string name, std::optional<GrantId> of = std::nullopt)
{
  return {.id = AccountId{id},
          .name = std::move(name),
          .grant = of,
          .client = ClientId{1},
          .definition = {"sealed definition"}};
}
inline TokenRow token(int id, int of) { return {.id = id, .grant = GrantId{of}, .sealed = {"sealed token"}}; }
inline AttemptRow attempt(int of, int id, int from = 1)
{
  return {.grant = GrantId{of},
          .id = AttemptId{id},
          .from = Generation{from},
          .sends = 1,
          .credential_tag = std::string(32, 't'),
          .wall = kNow,
          .boot = BootTime(Milliseconds(12'345)),
          .boot_id = "boot",
          .parse_tries = 1,
          .http_status = 200,
          .sealed = {"sealed reply"}};
}

struct OpenStore {
  TemporaryDirectory directory;
  StateDirectory state = StateDirectory::open(directory.path()).value();
  Store store = open_store(state);

  OpenStore()
  {
    if (!store->create_vault(vault_row(), slot_row())) throw std::runtime_error("create_vault");
    if (!commit(*store, {.changes = {client()}})) throw std::runtime_error("client");
  }
  void reopen()
  {
    store.reset();
    store = open_store(state);
  }
  Snapshot reloaded()
  {
    reopen();
    return store->load().value();
  }
  std::filesystem::path database() const { return directory / kDatabaseName; }
};

}  // namespace tokend::test
