// Answers that nobody could read: they lie sealed, on disk and here, until somebody wants them to be read again.
#include "daemon/broker/exchanges.hpp"

namespace tokend {

void Exchanges::perform(GrantEntry& entry, const SetReplyAside& order)
{
  aside_[entry.id] = attempt_row(entry, order.attempt, &order.reply).sealed;
}

void Exchanges::perform(GrantEntry& entry, const ReadReplyAgain& order)
{
  const auto json = vault_.open_journal(context(entry, order.attempt.from), aside_[entry.id]);
  auto opened = json ? read_journal_entry(*json) : Result<OpenedEntry>(fail(json.error()));
  if (!opened || !opened->reply) return;
  ports_.loop.post([this, id = entry.id, attempt = order.attempt.id, reply = std::move(*opened->reply)]() mutable {
    feed_id(id, ReplyFound{attempt, std::move(reply)});
  });
}

}  // namespace tokend
