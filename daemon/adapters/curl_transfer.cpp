#include "daemon/adapters/curl_transfer.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <algorithm>
#include <new>
#include <string_view>
#include <utility>

#include "daemon/adapters/proxy_environment.hpp"
#include "daemon/adapters/public_address.hpp"

namespace tokend {
namespace {

struct UrlParts {
  std::string scheme;
  std::string host;
};

std::string url_part(CURLU* url, CURLUPart part)
{
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

UrlParts parse(const std::string& text)
{
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url(curl_url(), &curl_url_cleanup);
  if (!url || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return {};
  return {.scheme = url_part(url.get(), CURLUPART_SCHEME), .host = url_part(url.get(), CURLUPART_HOST)};
}

bool is_literal_loopback(const std::string& host)
{
  in_addr address{};
  if (inet_pton(AF_INET, host.c_str(), &address) == 1) return (ntohl(address.s_addr) >> 24) == 127;
  return host == "[::1]";
}

bool has_control(std::string_view text)
{
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

CURLcode add_authorities(CURL*, void* context, void* ca_file)
{
  const auto* const file = static_cast<const std::string*>(ca_file);
  const int done = SSL_CTX_load_verify_locations(static_cast<SSL_CTX*>(context), file->c_str(), nullptr);
  return done == 1 ? CURLE_OK : CURLE_SSL_CACERT_BADFILE;
}

}  // namespace

CurlTransfer::CurlTransfer(Job job, const std::string& ca_file)
    : job_(std::move(job)), handle_(curl_easy_init(), &curl_easy_cleanup)
{
  if (!handle_) throw std::bad_alloc();
  body_size_ = job_.request.body.size();
  set_up_protocols();
  set_up_addresses();
  set_up_limits();
  set_up_trust(ca_file);
  set_up_fields();
  if (job_.request.post) set_up_body();
}

template <class Value> void CurlTransfer::set(CURLoption option, Value value)
{
  if (curl_easy_setopt(handle_.get(), option, value) != CURLE_OK) throw std::bad_alloc();
}

// HTTP/1.1 only: with HTTP/2 curl repeats streams that the server refused, on its own judgement.
// Proxies of the environment (HTTPS_PROXY, ALL_PROXY, NO_PROXY) are honoured: they see a TLS tunnel. Loopback never
// goes through one.
void CurlTransfer::set_up_protocols()
{
  const UrlParts url = parse(job_.request.url);
  host_ = url.host.empty() ? "the address" : url.host;
  const bool loopback = is_literal_loopback(url.host);
  set(CURLOPT_URL, job_.request.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, loopback ? "https,http" : "https");
  set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  if (loopback) set(CURLOPT_PROXY, "");
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_NETRC, long{CURL_NETRC_IGNORED});
  set(CURLOPT_USERAGENT, "tokend/" TOKEND_VERSION);
}

// The address that is connected to is looked at, so a name that is looked up anew and answered otherwise gains nothing;
// nor does a connection that a request for a person's host has left open. Behind a proxy nobody here sees the address:
// what the proxy may reach is for who runs it. Whether one is used is decided here and told to curl, so that no request
// goes directly and unlooked at.
void CurlTransfer::set_up_addresses()
{
  if (!job_.request.only_public) return;
  if (goes_through_proxy(host_)) return set(CURLOPT_NOPROXY, "");  // for every host
  set(CURLOPT_PROXY, "");
  set(CURLOPT_OPENSOCKETFUNCTION, &CurlTransfer::on_socket);
  set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
  set(CURLOPT_FRESH_CONNECT, 1L);
}

curl_socket_t CurlTransfer::on_socket(void* self, curlsocktype, curl_sockaddr* address)
{
  if (is_public_address(address->addr))
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  static_cast<CurlTransfer*>(self)->private_address_ = true;
  return CURL_SOCKET_BAD;
}

// QUICK_EXIT: without it, giving up on a name that does not resolve waits for the resolver and freezes all others.
void CurlTransfer::set_up_limits()
{
  set(CURLOPT_PRIVATE, static_cast<void*>(this));
  set(CURLOPT_ERRORBUFFER, error_.data());
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);
  set(CURLOPT_CONNECTTIMEOUT_MS, kConnectTimeout);
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(Milliseconds(job_.request.deadline).count()));
  set(CURLOPT_WRITEFUNCTION, &CurlTransfer::on_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  set(CURLOPT_HEADERFUNCTION, &CurlTransfer::on_field);
  set(CURLOPT_HEADERDATA, static_cast<void*>(this));
}

// curl keeps the parsed authorities for a day, but only where no directory of them is set.
void CurlTransfer::set_up_trust(const std::string& ca_file)
{
  set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
  char* bundle = nullptr;
  if (curl_easy_getinfo(handle_.get(), CURLINFO_CAINFO, &bundle) == CURLE_OK && bundle != nullptr)
    set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
  if (ca_file.empty()) return;
  set(CURLOPT_SSL_CTX_FUNCTION, &add_authorities);
  set(CURLOPT_SSL_CTX_DATA, const_cast<void*>(static_cast<const void*>(&ca_file)));
}

void CurlTransfer::set_up_fields()
{
  const auto add = [this](const char* line) {
    curl_slist* const longer = curl_slist_append(fields_.get(), line);
    if (longer == nullptr) throw std::bad_alloc();
    (void)fields_.release();
    fields_.reset(longer);
  };
  add("Expect:");  // no 100-continue: the body would wait for it
  for (const HttpField& field : job_.request.fields) {
    const Secret line(fmt::format("{}: {}", field.name, field.value.reveal()));
    if (!has_control(line.reveal())) add(std::string(line.reveal()).c_str());
  }
  set(CURLOPT_HTTPHEADER, fields_.get());
}

void CurlTransfer::set_up_body()
{
  set(CURLOPT_POST, 1L);
  set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body_size_));
  set(CURLOPT_READFUNCTION, &CurlTransfer::on_read);
  set(CURLOPT_READDATA, static_cast<void*>(this));
  if (job_.request.spends_credential) return;
  set(CURLOPT_SEEKFUNCTION, &CurlTransfer::on_seek);
  set(CURLOPT_SEEKDATA, static_cast<void*>(this));
}

std::size_t CurlTransfer::on_read(char* buffer, std::size_t size, std::size_t count, void* self)
{
  auto& transfer = *static_cast<CurlTransfer*>(self);
  Secret& body = transfer.job_.request.body;
  const std::size_t left = transfer.body_size_ - transfer.handed_out_;
  if (left == 0)
    return transfer.body_size_ == 0 ? 0 : CURL_READFUNC_ABORT;  // curl knows the size: this is a repetition
  const std::size_t part = std::min(size * count, left);
  ::memcpy(buffer, body.reveal().data() + transfer.handed_out_, part);
  transfer.handed_out_ += part;
  transfer.body_handed_out_ = true;
  if (transfer.job_.request.spends_credential && part == left) body = Secret();
  return part;
}

int CurlTransfer::on_seek(void* self, curl_off_t offset, int origin)
{
  auto& transfer = *static_cast<CurlTransfer*>(self);
  if (origin != SEEK_SET || offset < 0 || static_cast<std::size_t>(offset) > transfer.body_size_)
    return CURL_SEEKFUNC_FAIL;
  transfer.handed_out_ = static_cast<std::size_t>(offset);
  return CURL_SEEKFUNC_OK;
}

std::size_t CurlTransfer::on_body(char* bytes, std::size_t size, std::size_t count, void* self)
{
  auto& transfer = *static_cast<CurlTransfer*>(self);
  const std::size_t length = size * count;
  transfer.too_large_ = transfer.body_.size() + length > kMaxBody;
  if (transfer.too_large_) return CURL_WRITEFUNC_ERROR;
  transfer.body_.append(bytes, length);
  return length;
}

std::size_t CurlTransfer::on_field(char* bytes, std::size_t size, std::size_t count, void* self)
{
  auto& transfer = *static_cast<CurlTransfer*>(self);
  return transfer.keep_field(std::string_view(bytes, size * count)) ? size * count : CURL_WRITEFUNC_ERROR;
}

bool CurlTransfer::keep_field(std::string_view line)
{
  fields_size_ += line.size();
  too_large_ = fields_size_ > kMaxFields;
  if (too_large_) return false;
  if (line.starts_with("HTTP/")) reply_.fields.clear();  // a 1xx stood before
  const std::size_t colon = line.find(':');
  if (colon == line.npos) return true;
  std::string name(line.substr(0, colon));
  std::ranges::transform(name, name.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  const std::size_t first = std::min(line.find_first_not_of(" \t", colon + 1), line.size());
  const std::size_t last = line.find_last_not_of(" \t\r\n");
  reply_.fields.push_back(
      {std::move(name), Secret(std::string(line.substr(first, last + 1 - std::min(first, last + 1))))});
  return true;
}

HttpOutcome CurlTransfer::outcome(CURLcode code)
{
  if (code != CURLE_OK) return std::unexpected(failure(code));
  long status = 0;
  curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
  reply_.status = static_cast<int>(status);
  reply_.body = Secret(std::move(body_));
  return std::move(reply_);
}

}  // namespace tokend
