// For the tests of this folder: a client that speaks to a provider without a socket, step by step, and
// can be wrong in each step. Not a model client.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "tests/provider_double/provider.hpp"

namespace tokend::provider_double {

using Form = std::map<std::string, std::string>;

// The value of a text or number member; empty where there is none.
std::string member(const Response& response, std::string_view name);
std::string header(const Response& response, std::string_view name);

class Conversation {
 public:
  explicit Conversation(Settings settings = {});

  Provider provider;
  std::string scope = "profile mail";  // with openid a signing key has to be made, which takes a while

  Response get(std::string path, const Form& query = {}, std::string bearer = {});
  Response post(std::string path, const Form& form);  // as the registered client, authenticated by body
  Response post_as(std::string authorization, std::string path, const Form& form);

  Form authorization_request() const;  // a good one
  std::string code();                  // of a consent that was given on the page
  Form exchange_of(std::string code) const;
  Response refresh(const std::string& refresh_token);
  Response signed_in();  // the token endpoint's answer to a good exchange

  static std::string consent_request(const Response& page);         // the hidden value of the form
  static Parameters redirect_parameters(const Response& response);  // of its Location
};

inline constexpr std::string_view kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";  // RFC 7636 appendix B
inline constexpr std::string_view kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

}  // namespace tokend::provider_double
