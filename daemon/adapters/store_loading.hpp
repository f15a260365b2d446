// Reads everything at the start. A row that cannot be is skipped, named and its sealed bytes are set aside; what hangs
// on it is skipped with it; all others are served. Whether seals open and heads hold, the vault says.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "daemon/adapters/sqlite.hpp"
#include "daemon/ports/token_store.hpp"

namespace tokend {

struct DamagedRow {
  std::string table;
  std::int64_t id = 0;
  std::string why;
};

struct LoadedRows {
  Snapshot snapshot;
  std::vector<DamagedRow> damaged;
};

void purge_quarantine(Database&, WallTime now);                       // of what has been kept long enough
LoadedRows load_rows(Database&);                                      // writes nothing
void set_aside(Database&, const std::vector<DamagedRow>&, WallTime);  // the rows themselves stay

}  // namespace tokend
