// Telling a person that something waits for them. Limits and texts are the broker's; how it is shown is the adapter's.
#pragma once
#include <string>

namespace tokend {

struct Notice {
  std::string account;
  std::string cause;
  std::string sentence;  // nothing in it comes from a provider or a caller's bytes unescaped
  std::string next;      // a command
};

class Notifier {
 public:
  virtual ~Notifier() = default;
  virtual void tell(const Notice&) = 0;
};

}  // namespace tokend
