// What is sealed into an attempt's row: at S2 what the exchange is for, from S6 on the raw answer too. After a crash it
// is all that is known of an exchange; a code or device code is not in it, because it is never sent twice.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "daemon/core/definition.hpp"
#include "daemon/core/discovery.hpp"
#include "daemon/core/id_token.hpp"
#include "daemon/core/token_key.hpp"
#include "daemon/ports/http_client.hpp"
#include "daemon/ports/ids.hpp"
#include "proto/result.hpp"
#include "proto/secret.hpp"

namespace tokend {

struct ConsentNote {  // what a login's exchange is for
  AccountId account{};
  AccountDefinition definition;
  std::optional<Metadata> metadata;
  std::optional<std::string> nonce;  // the ID token must carry it
  std::optional<Identity> before;    // who the account belongs to; none: nobody yet, or another may take over
};

struct JournalEntry {
  TokenKey key;
  WallTime sent{}, answered{};         // the newest request left, its answer came; what its lifetimes count from
  std::optional<ConsentNote> consent;  // none: a refresh
};

Secret to_json(const JournalEntry&, const HttpReply* reply);  // of the reply: status, body, the fields that matter
struct OpenedEntry {
  JournalEntry entry;
  std::string read_by;  // the version that read the reply
  std::optional<HttpReply> reply;
};
Result<OpenedEntry> read_journal_entry(const Secret& json);  // kInternal

}  // namespace tokend
