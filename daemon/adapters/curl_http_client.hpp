// CurlHttpClient: the HttpClient of the product. One thread that sleeps in curl_multi_poll drives all transfers; what
// the loop wants goes into its inbox, what came of it comes back as a post to the loop. It limits nothing but size and
// time: how many requests are out, and to whom, is the schedule's to say before it sends.
//
// Requests: HTTP/1.1, TLS 1.2 or newer, https only (http on 127.0.0.0/8 and [::1]), no redirects followed, no cookies,
// no netrc, no compression. Proxies of the environment are honoured for https. 10 s to connect, the request's deadline
// in all; at most 64 KiB of header fields and 1 MiB of body.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "daemon/adapters/asio_loop.hpp"
#include "daemon/adapters/curl_transfer.hpp"
#include "daemon/ports/http_client.hpp"

namespace tokend {

class CurlHttpClient final : public HttpClient {
 public:
  // ca_file: PEM file of certificate authorities that are trusted beside the system's (network.ca_file); may be empty.
  // Throws std::runtime_error or std::system_error when curl or the thread does not start.
  explicit CurlHttpClient(AsioLoop&, std::string ca_file = {});
  ~CurlHttpClient() override;  // ends what is out as kCancelled; the answers are in the loop's queue when it returns

  void send(HttpId, HttpRequest, std::move_only_function<void(HttpOutcome)>) override;
  void cancel(HttpId) override;

 private:
  struct Inbox {
    std::vector<CurlTransfer::Job> jobs;
    std::vector<HttpId> cancelled;
    bool closing = false;
  };

  // Worker thread from here on.
  void work();
  bool take_inbox();  // false: closing, and everything has been answered
  void start(CurlTransfer::Job);
  void finish_done();
  void give_up(HttpId);
  void answer(CurlTransfer&, HttpOutcome);

  AsioLoop& loop_;
  const std::string ca_file_;
  std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)> multi_;
  std::map<HttpId, std::unique_ptr<CurlTransfer>> transfers_;
  std::mutex mutex_;
  Inbox inbox_;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace tokend
