#include "daemon/adapters/ballast.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <array>
#include <string>
#include <utility>

#include "proto/file_descriptor.hpp"

namespace tokend {
namespace {

// Random, because a file system may keep zeros, or whatever it can compress, without giving them room.
bool write_random(int fd, std::size_t size)
{
  std::array<unsigned char, 64 * 1024> block;
  for (std::size_t written = 0; written < size;) {
    randombytes_buf(block.data(), block.size());
    const ssize_t some = ::write(fd, block.data(), std::min(block.size(), size - written));
    if (some <= 0) return false;
    written += static_cast<std::size_t>(some);
  }
  return ::fsync(fd) == 0;
}

bool is_whole(const std::filesystem::path& path)
{
  std::error_code error;
  return std::filesystem::file_size(path, error) == Ballast::kSize && !error;
}

}  // namespace

Ballast::Ballast(std::filesystem::path path) : path_(std::move(path)), there_(is_whole(path_))
{
  if (!there_) restore();
}

void Ballast::give_up()
{
  ::unlink(path_.c_str());
  there_ = false;
}

bool Ballast::restore()
{
  const std::string growing = path_.string() + ".new";
  {
    const FileDescriptor file(::open(growing.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
    there_ = file && write_random(file.get(), kSize) && ::rename(growing.c_str(), path_.c_str()) == 0;
  }
  if (!there_) ::unlink(growing.c_str());
  return there_;
}

}  // namespace tokend
