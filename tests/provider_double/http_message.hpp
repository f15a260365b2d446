// HTTP/1.1 messages as values: a request that was read, a response that is to be sent, and the reader
// of request heads. No sockets. Bodies need Content-Length; Transfer-Encoding is refused.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/provider_double/json.hpp"

namespace tokend::provider_double {

// The parameters of a query or a form, in order, repeated ones included.
class Parameters {
 public:
  static std::optional<Parameters> parse(std::string_view text);  // nothing: a broken % sequence

  std::optional<std::string> get(std::string_view name) const;  // the first; an empty one is an absent one
  std::string get_or(std::string_view name, std::string_view otherwise) const;
  std::optional<std::string> repeated() const;  // the name of one that stands there twice
  const std::vector<std::pair<std::string, std::string>>& all() const { return pairs_; }

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

struct Request {
  std::string method;
  std::string path;
  Parameters query;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;

  std::string_view header(std::string_view lower_case_name) const;  // empty: absent
};

struct Response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::optional<JsonObject> json;  // takes the body's place

  std::string body_text() const { return json ? json->serialised() : body; }
};

Response json_response(int status, JsonObject object);  // with Cache-Control: no-store
Response html_response(int status, std::string page);
Response redirect_to(std::string location);  // 303, so that a POST becomes a GET

struct RequestHead {
  Request request;  // its body still empty
  std::size_t content_length = 0;
  bool keep_alive = true;
  bool expects_continue = false;
};

// text: everything up to and including the empty line. The error is the status to answer with.
std::expected<RequestHead, int> parse_head(std::string_view text);

std::string serialised(const Response& response, bool keep_alive);

}  // namespace tokend::provider_double
