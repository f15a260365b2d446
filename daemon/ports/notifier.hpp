// Telling a person who is not at the terminal that a login of theirs wants them. Limits and texts are the broker's; how
// it is shown is the adapter's. Real: adapters/command_notifier.
#pragma once
#include <string>

namespace tokend {

struct Notice {
  std::string account;
  std::string cause;     // one word of the interface's lists
  std::string sentence;  // printable; nothing of a provider's in it
  std::string next;      // a command
};

class Notifier {
 public:
  virtual ~Notifier() = default;
  virtual void tell(const Notice&) = 0;  // does not wait for anything
};

}  // namespace tokend
