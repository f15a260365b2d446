// While it lives the process can open so many descriptors more.
#pragma once
#include <sys/resource.h>
#include <unistd.h>

#include <vector>

namespace tokend::testing {

class FewDescriptors {
 public:
  explicit FewDescriptors(int more)
  {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit now = before_;
    now.rlim_cur = static_cast<rlim_t>(lowest_free(more)) + (more > 0 ? 1 : 0);
    ::setrlimit(RLIMIT_NOFILE, &now);
  }
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;
  ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  // The n-th descriptor that would be opened; of none, the first.
  static int lowest_free(int n)
  {
    std::vector<int> taken;
    do taken.push_back(::dup(STDERR_FILENO));
    while (--n > 0);
    for (const int fd : taken) ::close(fd);
    return taken.back();
  }

  rlimit before_{};
};

}  // namespace tokend::testing
