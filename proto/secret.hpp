// Secret: a string that is wiped when it goes, compared in constant time, never copied and never printed.
// reveal() is the one door to its bytes: grep for it to see every place that a secret passes through.
// It does not lock memory: see docs/SECURITY.md for what wiping can and cannot promise.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace tokend {

void wipe(std::string&) noexcept;                    // zeroes the whole capacity, then clears
void append_wiping(std::string&, std::string_view);  // growing leaves no unwiped copy behind

class Secret {
 public:
  Secret() = default;
  explicit Secret(const std::string& bytes) : bytes_(bytes) {}
  explicit Secret(std::string&& bytes) noexcept : bytes_(std::move(bytes)) { wipe(bytes); }
  Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)) { wipe(other.bytes_); }
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { wipe(bytes_); }

  std::string_view reveal() const { return bytes_; }
  bool empty() const { return bytes_.empty(); }
  std::size_t size() const { return bytes_.size(); }
  Secret duplicate() const { return Secret(std::string(bytes_)); }  // a copy must be asked for by name

 private:
  std::string bytes_;
};

bool operator==(const Secret&, const Secret&) noexcept;  // constant time for equal lengths
bool constant_time_equal(std::string_view, std::string_view) noexcept;

}  // namespace tokend
