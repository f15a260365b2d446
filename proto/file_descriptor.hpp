// Owns one file descriptor: closed when it goes. Not a file: reading and writing are free functions on numbers.
#pragma once
#include <unistd.h>

#include <utility>

namespace tokend {

class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept
  {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~FileDescriptor()
  {
    if (fd_ >= 0) ::close(fd_);
  }

  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }  // the caller closes it from now on
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

}  // namespace tokend
