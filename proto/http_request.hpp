// A strict reader of HTTP/1.1 requests (RFC 9112), for the socket's HTTP face and the redirect listener. Bytes in,
// requests out; no I/O, no paths, no replies. It reads what curl and browsers send and refuses the rest: bodies have a
// Content-Length, lines end in CRLF, the target is in origin form, a field name stands once where it must.
//
//   Head -> Body -> (a request) -> Head ...          any -> Refused, for good
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tokend {

struct IncomingField {
  std::string_view name, value;  // value without the white space around it
};

// Views into the reader: good until its next call.
struct IncomingRequest {
  std::string_view method;  // GET, as it was sent
  std::string_view path;    // begins with '/', still percent-encoded
  std::string_view query;   // without '?'; still encoded
  std::vector<IncomingField> fields;
  std::string_view body;
  bool keep_alive = true;

  std::optional<std::string_view> field(std::string_view name) const;  // the first; name in any case
  std::size_t count(std::string_view name) const;
};

class HttpRequestReader {
 public:
  struct Limits {
    std::size_t head = 16 * 1024;  // request line and fields
    std::size_t fields = 100;
    std::size_t body = 64 * 1024;
  };
  enum class Progress { kNeedMore, kRequest, kRefused };

  HttpRequestReader() : HttpRequestReader(Limits{}) {}
  explicit HttpRequestReader(Limits limits) : limits_(limits) {}
  HttpRequestReader(HttpRequestReader&&) = default;
  HttpRequestReader& operator=(HttpRequestReader&&) = default;
  ~HttpRequestReader();  // wipes: requests carry codes and tokens

  // Takes the bytes of at most one request off the front of `input` (the rest is pipelined).
  Progress next(std::string_view& input);
  const IncomingRequest& request() const { return request_; }  // after kRequest
  int status() const { return status_; }                       // after kRefused: 400, 413, 431 or 501; then close

 private:
  enum class Stage { kHead, kBody, kWhole, kRefused };

  void clear();
  Progress refuse(int status);
  Progress read_head(std::string_view& input);
  Progress read_body(std::string_view& input);
  bool parse_head();
  bool parse_request_line(std::string_view line);
  bool parse_field(std::string_view line);
  bool judge_fields();

  Limits limits_;
  Stage stage_ = Stage::kHead;
  std::string head_, body_;
  std::size_t body_size_ = 0;
  IncomingRequest request_;
  bool persistent_version_ = true;  // HTTP/1.1
  int status_ = 0;
};

}  // namespace tokend
