// The directory that holds all state of one daemon: created 0700, checked, and locked against a second daemon for as
// long as the object lives. It is not the store: it knows no file in it but the lock, which is never unlinked (the
// kernel frees it when the holder dies, however it dies).
#pragma once
#include <filesystem>
#include <optional>
#include <string_view>

#include "proto/file_descriptor.hpp"
#include "proto/result.hpp"

namespace tokend {

// Error::cause when another daemon holds the directory: exit 75. All others: exit 78.
inline constexpr std::string_view kCauseInUse = "in_use";

class StateDirectory {
 public:
  // Creates missing directories with 0700. Refused: a symbolic link, a foreign owner, rights for group or others, a
  // file system without dependable locks and fsync (NFS, CIFS, FUSE). The error names path, cause and a command.
  static Result<StateDirectory> open(const std::filesystem::path&);

  const std::filesystem::path& path() const { return path_; }
  int descriptor() const { return directory_.get(); }  // for openat()

 private:
  StateDirectory(std::filesystem::path, FileDescriptor directory, FileDescriptor lock);

  std::filesystem::path path_;
  FileDescriptor directory_;
  FileDescriptor lock_;
};

// The name of a file system that tokend does not trust with state, by its statfs() type.
std::optional<std::string_view> unsupported_file_system(long type);

// A file in the directory that must be ours alone: regular, own uid, no rights for group or others. The Error says
// what is wrong and which command mends it.
Result<void> check_private_file(int fd, const std::filesystem::path&);

}  // namespace tokend
