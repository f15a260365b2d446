// Where secrets may go. A Destination is a URL that was looked at: a secret is opened for one, and sent to one, and
// there is no other way to get one than AllowedOrigins::admit(). What is in force for an account is fixed when its
// client secret is entered (an issuer's first discovery adds what it finds), and copied into each grant at its login.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "proto/result.hpp"

namespace tokend {

class Destination {
 public:
  const std::string& url() const { return url_; }

 private:
  friend class AllowedOrigins;
  explicit Destination(std::string url) : url_(std::move(url)) {}

  std::string url_;
};

class AllowedOrigins {
 public:
  AllowedOrigins() = default;  // none
  explicit AllowedOrigins(std::vector<std::string> origins);

  // kProviderRefused{endpoint_changed}, naming both: "endpoint changed from A to B".
  Result<Destination> admit(const std::string& url) const;

  void add(const std::vector<std::string>& origins);
  bool empty() const { return origins_.empty(); }
  const std::vector<std::string>& list() const { return origins_; }  // sorted, unique

 private:
  std::vector<std::string> origins_;
};

Error endpoint_changed(std::string_view from, std::string_view to);

}  // namespace tokend
