// A mebibyte beside the database that a full disk gives back: once a provider has rotated a refresh token, the new one
// must find room. Store thread, or before it runs.
#pragma once
#include <filesystem>

namespace tokend {

class Ballast {
 public:
  static constexpr std::size_t kSize = std::size_t{1} << 20;

  explicit Ballast(std::filesystem::path);  // there already, or made; a disk without room for it is no error

  bool there() const { return there_; }
  void give_up();  // deletes it
  bool restore();  // random bytes, synced; false: the disk has no room for it yet

 private:
  std::filesystem::path path_;
  bool there_;
};

}  // namespace tokend
