// Misbehaviour on request: which fault befalls the next requests of a path, and the answers that are held
// back until a test releases them. It holds the orders; front.cpp carries them out.
#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tokend::provider_double {

enum class FaultKind {
  // The request is not processed:
  status,        // `status` with `body`, and Retry-After if given
  oauth_error,   // {"error": `error`} with `status`
  drop,          // the connection closes once the request was read
  stall,         // processed and answered only when released
  endless_body,  // 200 and bytes until the client has enough
  // The request is processed, then:
  lose_answer,        // the connection closes without an answer
  half_answer,        // the connection closes in the middle of the body
  stall_answer,       // answered when released
  slow_answer,        // a byte every `pause`
  oversized,          // a member of 2 MiB is added
  invalid_json,       // the body's last byte is missing, the length agrees with it
  duplicate_members,  // a second access_token and token_type
  wrong_token_type,   // token_type is mac
  omit_refresh_token,
  omit_expires_in,
};

std::optional<FaultKind> fault_kind_named(std::string_view word);
std::string_view name_of(FaultKind kind);

struct Fault {
  FaultKind kind = FaultKind::status;
  std::string path = "/token";  // * for every path
  int count = 1;                // so many requests
  int status = 500;
  std::string content_type = "text/html";
  std::string body = "<html><body><h1>Something went wrong</h1></body></html>";
  std::optional<int> retry_after;  // seconds
  std::string error = "invalid_grant";
  std::chrono::milliseconds pause{100};
};

class Faults {
 public:
  void order(Fault fault) { orders_.push_back(std::move(fault)); }
  void order_unread_drops(int count) { unread_drops_ += count; }
  void clear();  // orders; what is held stays held

  std::optional<Fault> take(std::string_view path);  // the oldest order for the path, one request of it
  bool take_unread_drop();

  void hold(std::function<void()> answer) { held_.push_back(std::move(answer)); }
  std::size_t held() const { return held_.size(); }
  std::size_t release();  // lets all of them go; how many there were

 private:
  std::list<Fault> orders_;
  int unread_drops_ = 0;
  std::vector<std::function<void()>> held_;
};

}  // namespace tokend::provider_double
