#include "daemon/core/metadata_search.hpp"

#include <utility>

#include "daemon/core/error_rules.hpp"
#include "daemon/core/login_outcome.hpp"
#include "daemon/core/url.hpp"

namespace tokend {
namespace {

// Answers that mean "nothing here"; the document may be at the next place. 408 and 429 mean "not now".
bool is_absent(int status) { return status / 100 == 4 && status != 408 && status != 429; }

}  // namespace

std::optional<std::string> MetadataSearch::next()
{
  if (left_.empty()) return std::nullopt;
  std::string url = std::move(left_.front());
  left_.erase(left_.begin());
  return url;
}

std::optional<Metadata> MetadataSearch::read(const HttpOutcome& outcome, WallTime now)
{
  const Judgement judgement = judge(outcome, {.kind = AttemptKind::kCode, .host = host_of(issuer_)}, now);
  if (!outcome) {
    left_.clear();  // the other places are at the same host
    trouble_ = login::unanswered(judgement);
    return std::nullopt;
  }
  if (is_absent(outcome->status)) return std::nullopt;
  auto metadata = outcome->status / 100 == 2 ? parse_metadata(outcome->body.reveal(), issuer_)
                                             : Result<Metadata>(fail(login::unanswered(judgement)));
  if (metadata) return std::move(*metadata);
  if (judgement.cause == "endpoint_changed") metadata.error().subject = "issuer";
  const bool tells_more = metadata.error().code == ErrorCode::kProviderRefused;
  if (!trouble_ || tells_more) trouble_ = std::move(metadata.error());
  return std::nullopt;
}

}  // namespace tokend
