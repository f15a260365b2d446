// Answers of providers that the disk refuses, whatever was kept free for them: sealed, just as they would have been
// written there, but into the runtime directory, which outlives the process though not the machine. One file per grant,
// below a directory for each database. The next start takes them for rows of the journal. Store thread, or before it.
//
// It is the last resort and promises nothing: where there is no such directory, or it is not ours alone, it does
// nothing.
#pragma once
#include <filesystem>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/ports/token_store.hpp"

namespace tokend {

class Spill {
 public:
  Spill() = default;  // nowhere
  Spill(const std::filesystem::path& root, std::string_view database_id);

  void refused(const Unit&);    // by the disk: what cannot be had again is kept
  void committed(const Unit&);  // what it makes needless is dropped
  // Into the journal goes what answers an intent that is there without an answer. What cannot be read, or belongs to a
  // grant of `unread` (whose intent is on disk, and was not readable), stays where it is: the files that are returned.
  // Everything else is of no use, and dropped.
  std::vector<std::string> add_to(Snapshot&, const std::vector<GrantId>& unread);

 private:
  void keep(const AttemptRow&);
  void drop(GrantId);
  std::vector<std::filesystem::path> files() const;
  std::filesystem::path file_of(GrantId) const;
  std::filesystem::path growing_file_of(GrantId) const;  // until it is written whole

  std::optional<std::filesystem::path> directory_;
  std::set<GrantId> kept_;
};

}  // namespace tokend
