// Looking for an issuer's metadata: one well-known place after the other. Which answers end the search, which send it
// on, and what is said when it was in vain. The asking is the caller's; what of the metadata is believed, resolve()'s.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "daemon/core/discovery.hpp"
#include "daemon/ports/http_client.hpp"
#include "daemon/ports/time.hpp"
#include "proto/error.hpp"

namespace tokend {

class MetadataSearch {
 public:
  explicit MetadataSearch(std::string issuer) : issuer_(std::move(issuer)), left_(well_known_urls(issuer_)) {}

  std::optional<std::string> next();                                // the place to ask now; nullopt: it is over
  std::optional<Metadata> read(const HttpOutcome&, WallTime now);   // what that place answered; nullopt: go on
  const std::optional<Error>& trouble() const { return trouble_; }  // none: all places say that there is nothing

 private:
  std::string issuer_;
  std::vector<std::string> left_;  // not asked yet
  std::optional<Error> trouble_;   // the reason that tells most
};

}  // namespace tokend
