// A disk that fails on request: a SQLite VFS in front of the real one, the default one while it lives.
// Before the first store is opened and after the last one is closed only one may exist.
#pragma once
#include <atomic>
#include <cstdint>
#include <future>

namespace tokend::test {

class FaultyDisk {
 public:
  FaultyDisk();
  ~FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  std::atomic<std::int64_t> log_limit = INT64_MAX;  // writes of the log beyond it: disk full
  std::atomic<int> failing_syncs = 0;               // so many syncs of the log write, and then report EIO
  std::atomic<int> failing_opens = 0;               // so many openings of the database fail
  std::atomic<int> log_syncs = 0;                   // counted

  // The next sync of the log waits in `reached` until `go_on` is set.
  struct Gate {
    std::promise<void> reached;
    std::promise<void> go_on;
  };
  std::atomic<Gate*> gate = nullptr;
};

}  // namespace tokend::test
