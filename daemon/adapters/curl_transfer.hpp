// CurlTransfer: one request on its way, as an easy handle with everything that its callbacks need. Lives on the curl
// worker's thread. It sends nothing by itself: the worker adds the handle to the multi handle and hands over the
// result.
//
// Model: the body goes out through a read callback. A body that spends a credential has no way to be rewound and is
// wiped as soon as curl has it, so where curl would silently repeat a request (a kept connection that closes before the
// first byte of the answer) the repetition fails instead. body_handed_out_ == false is the only proof of Sent::kNo.
#pragma once
#include <curl/curl.h>

#include <array>
#include <functional>
#include <memory>
#include <string>

#include "daemon/ports/http_client.hpp"

namespace tokend {

class CurlTransfer {
 public:
  static constexpr std::size_t kMaxBody = 1024 * 1024;  // bytes
  static constexpr std::size_t kMaxFields = 64 * 1024;  // bytes, of all header lines
  static constexpr long kConnectTimeout = 10'000;       // ms

  struct Job {
    HttpId id{};
    HttpRequest request;
    std::move_only_function<void(HttpOutcome)> answer;
  };

  // ca_file: further certificate authorities, added to the system's; may be empty. Must outlive the transfer.
  CurlTransfer(Job, const std::string& ca_file);
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  CURL* handle() const { return handle_.get(); }
  HttpId id() const { return job_.id; }

  HttpOutcome outcome(CURLcode);  // once, when curl is done
  HttpOutcome cancelled() const;
  std::move_only_function<void(HttpOutcome)> take_answer() { return std::move(job_.answer); }

 private:
  template <class Value> void set(CURLoption, Value);
  void set_up_protocols();
  void set_up_addresses();
  void set_up_limits();
  void set_up_trust(const std::string& ca_file);
  void set_up_fields();
  void set_up_body();

  HttpTrouble what_failed(CURLcode) const;
  HttpFailure failure(CURLcode) const;
  Sent sent() const;
  std::string cause(CURLcode) const;

  static curl_socket_t on_socket(void* self, curlsocktype, curl_sockaddr*);
  static std::size_t on_read(char* buffer, std::size_t size, std::size_t count, void* self);
  static int on_seek(void* self, curl_off_t offset, int origin);
  static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t on_field(char* bytes, std::size_t size, std::size_t count, void* self);
  bool keep_field(std::string_view line);

  Job job_;
  std::string host_;
  std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> fields_{nullptr, &curl_slist_free_all};
  std::array<char, CURL_ERROR_SIZE> error_{};
  std::size_t body_size_ = 0;
  std::size_t handed_out_ = 0;  // bytes of the body that curl has taken since the last rewind
  bool body_handed_out_ = false;
  bool too_large_ = false;
  bool private_address_ = false;  // one was offered and refused
  std::size_t fields_size_ = 0;
  std::string body_;  // of the reply
  HttpReply reply_;
  // Last: it goes first, while what it points to still stands.
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle_;
};

}  // namespace tokend
