#include "tests/provider_double/conversation.hpp"

#include "tests/provider_double/text.hpp"

namespace tokend::provider_double {
namespace {

std::string encoded(const Form& form)
{
  std::string text;
  for (const auto& [name, value] : form) text += form_encoded(name) + '=' + form_encoded(value) + '&';
  return text;
}

std::string between(const std::string& text, const std::string& before, const std::string& stop)
{
  const auto found = text.find(before);
  if (found == std::string::npos) return {};
  const auto start = found + before.size();
  return text.substr(start, text.find_first_of(stop, start) - start);
}

}  // namespace

std::string member(const Response& response, std::string_view name)
{
  const auto text = response.body_text();
  const auto key = json_string(name) + ':';
  const auto as_text = between(text, key + '"', "\"");
  return as_text.empty() ? between(text, key, ",}") : as_text;
}

std::string header(const Response& response, std::string_view name)
{
  for (const auto& [known, value] : response.headers) {
    if (known == name) return value;
  }
  return {};
}

Conversation::Conversation(Settings settings) : provider{.settings = std::move(settings)}
{
  provider.settings.issuer = "http://127.0.0.1:1";
}

Response Conversation::get(std::string path, const Form& query, std::string bearer)
{
  Request request{.method = "GET", .path = std::move(path), .query = *Parameters::parse(encoded(query))};
  if (!bearer.empty()) request.headers.emplace_back("authorization", "Bearer " + bearer);
  return respond(provider, request);
}

Response Conversation::post(std::string path, const Form& form)
{
  Form authenticated = form;
  authenticated.emplace("client_id", provider.settings.client_id);
  if (!provider.settings.client_secret.empty()) {
    authenticated.emplace("client_secret", provider.settings.client_secret);
  }
  return post_as({}, std::move(path), authenticated);
}

Response Conversation::post_as(std::string authorization, std::string path, const Form& form)
{
  Request request{.method = "POST", .path = std::move(path), .body = encoded(form)};
  request.headers.emplace_back("content-type", "application/x-www-form-urlencoded");
  if (!authorization.empty()) request.headers.emplace_back("authorization", std::move(authorization));
  return respond(provider, request);
}

Form Conversation::authorization_request() const
{
  return {{"response_type", "code"},
          {"client_id", provider.settings.client_id},
          {"redirect_uri", "http://127.0.0.1:28765/callback/demo"},
          {"scope", scope},
          {"state", "the state & more"},
          {"nonce", "the-nonce"},
          {"code_challenge", std::string(kChallenge)},
          {"code_challenge_method", "S256"}};
}

std::string Conversation::code()
{
  const auto page = get("/authorize", authorization_request());
  const auto answer = post("/consent", {{"request", consent_request(page)}, {"decision", "allow"}});
  return redirect_parameters(answer).get_or("code", "");
}

Form Conversation::exchange_of(std::string code) const
{
  return {{"grant_type", "authorization_code"},
          {"code", std::move(code)},
          {"redirect_uri", "http://127.0.0.1:28765/callback/demo"},
          {"code_verifier", std::string(kVerifier)}};
}

Response Conversation::refresh(const std::string& refresh_token)
{
  return post("/token", {{"grant_type", "refresh_token"}, {"refresh_token", refresh_token}});
}

Response Conversation::signed_in() { return post("/token", exchange_of(code())); }

std::string Conversation::consent_request(const Response& page)
{
  return between(page.body, R"(name="request" value=")", "\"");
}

Parameters Conversation::redirect_parameters(const Response& response)
{
  const auto location = header(response, "Location");
  const auto question_mark = location.find('?');
  if (question_mark == std::string::npos) return {};
  return Parameters::parse(std::string_view(location).substr(question_mark + 1)).value_or(Parameters{});
}

}  // namespace tokend::provider_double
