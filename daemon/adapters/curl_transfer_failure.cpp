// What it means that a transfer has failed: which trouble it was, whether anything was sent, and the words for it.
#include <fmt/format.h>

#include "daemon/adapters/curl_transfer.hpp"

namespace tokend {
namespace {

HttpTrouble trouble(CURLcode code)
{
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY: return HttpTrouble::kDns;
    case CURLE_COULDNT_CONNECT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_LOGIN_DENIED:
    case CURLE_PROXY: return HttpTrouble::kConnect;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS: return HttpTrouble::kTls;
    case CURLE_OPERATION_TIMEDOUT: return HttpTrouble::kTimeout;
    default: return HttpTrouble::kReset;
  }
}

}  // namespace

HttpOutcome CurlTransfer::cancelled() const
{
  return std::unexpected(HttpFailure{HttpTrouble::kCancelled, sent(), fmt::format("{}: given up", host_)});
}

HttpTrouble CurlTransfer::what_failed(CURLcode code) const
{
  if (too_large_) return HttpTrouble::kTooLarge;
  const HttpTrouble what = trouble(code);
  return what == HttpTrouble::kConnect && private_address_ ? HttpTrouble::kPrivateAddress : what;
}

HttpFailure CurlTransfer::failure(CURLcode code) const
{
  return {.trouble = what_failed(code), .sent = sent(), .detail = fmt::format("{}: {}", host_, cause(code))};
}

// A request without a body is out as soon as its first line is.
Sent CurlTransfer::sent() const
{
  if (body_handed_out_) return Sent::kMaybe;
  if (body_size_ != 0 && job_.request.post) return Sent::kNo;
  long request_size = 0;
  curl_easy_getinfo(handle_.get(), CURLINFO_REQUEST_SIZE, &request_size);
  return request_size == 0 ? Sent::kNo : Sent::kMaybe;
}

// curl's own sentence speaks of hosts, ports and certificates only while it connects; later it may quote the server.
std::string CurlTransfer::cause(CURLcode code) const
{
  if (too_large_) return "the answer is too large";
  if (what_failed(code) == HttpTrouble::kPrivateAddress) return "its address is private, and no person named it";
  if (code == CURLE_OPERATION_TIMEDOUT)
    return fmt::format("no whole answer within {} s", job_.request.deadline.count());
  if (code == CURLE_SEND_FAIL_REWIND) return "the connection was closed before an answer came";
  const bool connecting = trouble(code) != HttpTrouble::kReset && code != CURLE_URL_MALFORMAT;
  return connecting && error_.front() != '\0' ? error_.data() : curl_easy_strerror(code);
}

}  // namespace tokend
