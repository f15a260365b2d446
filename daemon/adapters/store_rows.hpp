// How one change of a unit becomes rows. Every write is a full image keyed by its id: writing it twice is writing it
// once. It opens no transaction and decides nothing but whether a precondition holds.
#pragma once
#include "daemon/adapters/schema.hpp"
#include "daemon/adapters/sqlite.hpp"
#include "daemon/ports/token_store.hpp"

namespace tokend {

class RowWriter {  // holds prepared statements: dies before its database
 public:
  explicit RowWriter(Database&);

  bool holds(const Precondition&);  // without an attempt in it, any attempt will do
  // Its grant row is here already, byte for byte: no two seals are equal, so this very unit was committed before.
  bool arrived(const Unit&);
  void apply(const Change&);

 private:
  void write(const ClientRow&);
  void write(const GrantRow&);
  void write(const AccountRow&);
  void write(const TokenRow&);
  void write(const AttemptRow&);
  void write(const DropGrant&);
  void write(const AccountUsed&);
  void write(const DropTokens&);
  void write(const DropToken&);
  void write(const DropAttempt&);
  void write(const DropAccount&);
  void write(const DropClient&);
  void write(const QuarantineGrant&);
  void write(const PurgeQuarantine&);
  void forget_aside(QuarantineSource, QuarantineSource or_source, std::int64_t row);

  Statement client_, grant_, head_, account_, token_, attempt_;
  Statement account_used_, drop_grant_, drop_tokens_, drop_token_, drop_attempt_, drop_account_, drop_client_;
  Statement set_aside_, forget_aside_, purge_, current_, same_grant_;
};

}  // namespace tokend
