#include "daemon/core/token_request.hpp"

#include <algorithm>
#include <utility>

#include "daemon/core/base64url.hpp"
#include "daemon/core/form.hpp"
#include "daemon/core/url.hpp"

namespace tokend {
namespace {

std::string_view secret_of(const ClientIdentity& client) { return client.secret ? client.secret->reveal() : ""; }

// RFC 6749 section 2.3.1 form-encodes both parts before joining them; servers that take them raw are told apart by a
// setting, never by trying.
Secret basic_credentials(const ClientIdentity& client, BasicEncoding encoding)
{
  Secret id(std::string(client.id));
  Secret password(std::string(secret_of(client)));
  if (encoding == BasicEncoding::kForm) {
    id = Secret(percent_encode(client.id));
    password = Secret(percent_encode(secret_of(client)));
  }
  std::string pair(id.reveal());
  pair.append(":").append(password.reveal());
  const Secret joined_pair(std::move(pair));
  return Secret("Basic " + base64_encode(joined_pair.reveal()));
}

HttpField field(std::string name, std::string value) { return {std::move(name), Secret(std::move(value))}; }

enum class Spends { kNothing, kCredential };

HttpRequest post_form(const Recipient& to, const ClientIdentity& client, FormWriter form, Spends spends)
{
  const Provider& provider = to.provider;
  HttpRequest request;
  request.url = to.place.url();
  request.spends_credential = spends == Spends::kCredential;
  request.only_public = std::ranges::binary_search(provider.announced_hosts, host_of(request.url));
  request.fields.push_back(field("Accept", "application/json"));
  request.fields.push_back(field("Content-Type", "application/x-www-form-urlencoded"));
  if (provider.client_auth == ClientAuth::kBasic)
    request.fields.push_back({"Authorization", basic_credentials(client, provider.basic_encoding)});
  else form.add("client_id", client.id);
  if (provider.client_auth == ClientAuth::kPost) form.add("client_secret", secret_of(client));
  request.body = form.take();
  return request;
}

void add_unless_empty(FormWriter& form, std::string_view name, std::string_view value)
{
  if (!value.empty()) form.add(name, value);
}

void add_key(FormWriter& form, const TokenKey& key)
{
  add_unless_empty(form, "scope", joined(key.scopes));
  add_unless_empty(form, "resource", key.resource);
  add_unless_empty(form, "audience", key.audience);
}

}  // namespace

HttpRequest code_request(const Recipient& to, const ClientIdentity& client, const CodeExchange& exchange)
{
  FormWriter form;
  form.add("grant_type", "authorization_code").add("code", exchange.code.reveal());
  form.add("redirect_uri", exchange.redirect_uri);
  if (exchange.verifier) form.add("code_verifier", exchange.verifier->reveal());
  return post_form(to, client, std::move(form), Spends::kCredential);
}

HttpRequest refresh_request(const Recipient& to, const ClientIdentity& client, const Secret& refresh_token,
                            const TokenKey& key)
{
  FormWriter form;
  form.add("grant_type", "refresh_token").add("refresh_token", refresh_token.reveal());
  add_key(form, key);
  return post_form(to, client, std::move(form), Spends::kCredential);
}

HttpRequest client_credentials_request(const Recipient& to, const ClientIdentity& client, const TokenKey& key)
{
  FormWriter form;
  form.add("grant_type", "client_credentials");
  add_key(form, key);
  return post_form(to, client, std::move(form), Spends::kNothing);
}

HttpRequest device_authorization_request(const Recipient& to, const ClientIdentity& client,
                                         const DeviceAuthorization& authorization)
{
  FormWriter form;
  // RFC 8628 section 3.1 leaves it out beside Basic; there are servers that look for it in the body nevertheless.
  if (to.provider.client_auth == ClientAuth::kBasic) form.add("client_id", client.id);
  add_unless_empty(form, "scope", joined(authorization.scopes));
  for (const auto& [name, value] : authorization.params) form.add(name, value);
  return post_form(to, client, std::move(form), Spends::kNothing);
}

HttpRequest device_poll_request(const Recipient& to, const ClientIdentity& client, const Secret& device_code)
{
  FormWriter form;
  form.add("grant_type", "urn:ietf:params:oauth:grant-type:device_code").add("device_code", device_code.reveal());
  return post_form(to, client, std::move(form), Spends::kCredential);
}

HttpRequest revocation_request(const Recipient& to, const ClientIdentity& client, const Secret& token,
                               RevokedToken kind)
{
  FormWriter form;
  form.add("token", token.reveal());
  form.add("token_type_hint", kind == RevokedToken::kRefresh ? "refresh_token" : "access_token");
  return post_form(to, client, std::move(form), Spends::kNothing);
}

HttpRequest metadata_request(std::string url)
{
  HttpRequest request;
  request.url = std::move(url);
  request.post = false;
  request.fields.push_back(field("Accept", "application/json"));
  return request;
}

std::string joined(const std::vector<std::string>& scopes)
{
  std::string text;
  for (const std::string& scope : scopes) text += (text.empty() ? "" : " ") + scope;
  return text;
}

}  // namespace tokend
