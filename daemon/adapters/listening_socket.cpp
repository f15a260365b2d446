#include "daemon/adapters/listening_socket.hpp"

#include <fmt/format.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <filesystem>
#include <optional>

namespace tokend {
namespace {

using Audience = ListeningSocket::Audience;

std::unexpected<Error> refuse(std::string reason, std::string next = {})
{
  return fail(Error{.code = ErrorCode::kInternal, .reason = std::move(reason), .next = std::move(next)});
}

std::unexpected<Error> refuse_errno(std::string_view doing, const std::string& path)
{
  return refuse(fmt::format("cannot {} {}: {}", doing, path, ::strerror(errno)));
}

std::string directory_of(const std::string& path) { return std::filesystem::path(path).parent_path().string(); }

Result<void> check_directory(const std::string& directory, Audience audience)
{
  struct stat status{};
  if (::lstat(directory.c_str(), &status) != 0) return refuse_errno("look at the socket's directory", directory);
  if (!S_ISDIR(status.st_mode)) return refuse(fmt::format("{} is not a directory", directory));
  if (status.st_uid != ::geteuid())
    return refuse(fmt::format("the socket's directory {} belongs to uid {}", directory, status.st_uid),
                  fmt::format("chown {} {}", ::geteuid(), directory));
  const mode_t forbidden = audience == Audience::kOwner ? 077 : 022;
  if ((status.st_mode & forbidden) == 0) return {};
  if (status.st_mode & S_ISVTX)
    return refuse(fmt::format("the socket's directory {} is everybody's", directory),
                  "choose a directory of your own for --socket");
  return refuse(fmt::format("the socket's directory {} has mode {:04o}: others could reach it", directory,
                            status.st_mode & 07777),
                fmt::format("chmod {} {}", audience == Audience::kOwner ? "700" : "755", directory));
}

Result<void> make_directory(const std::string& directory, Audience audience)
{
  const mode_t mode = audience == Audience::kOwner ? 0700 : 0755;
  if (::mkdir(directory.c_str(), mode) != 0 && errno != EEXIST)
    return refuse_errno("create the socket's directory", directory);
  return check_directory(directory, audience);
}

// Of a socket that somebody else has made.
Result<void> check_socket(const std::string& path, Audience audience)
{
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) return refuse_errno("look at the socket that was handed over,", path);
  if (!S_ISSOCK(status.st_mode)) return refuse(fmt::format("{}, where a socket was handed over, is none", path));
  if (status.st_uid != ::geteuid())
    return refuse(fmt::format("the socket {} that was handed over belongs to uid {}", path, status.st_uid),
                  fmt::format("chown {} {}", ::geteuid(), path));
  if (audience == Audience::kEveryone || (status.st_mode & 022) == 0) return {};  // to connect is to write
  return refuse(fmt::format("the socket {} that was handed over has mode {:04o}: others could connect", path,
                            status.st_mode & 07777),
                fmt::format("chmod 600 {}, and SocketMode=0600 in its unit", path));
}

Result<sockaddr_un> address_of(const std::string& path)
{
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.front() != '/') return refuse(fmt::format("the socket's path '{}' is not absolute", path));
  if (path.size() >= sizeof address.sun_path)
    return refuse(fmt::format("the socket's path is longer than {} bytes: {}", sizeof address.sun_path - 1, path));
  path.copy(address.sun_path, path.size());
  return address;
}

const sockaddr* generic(const sockaddr_un& address) { return reinterpret_cast<const sockaddr*>(&address); }

// A full backlog (EAGAIN) is a sign of life too.
bool somebody_accepts(const sockaddr_un& address)
{
  const FileDescriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  return ::connect(probe.get(), generic(address), sizeof address) == 0 || errno == EAGAIN;
}

Result<void> clear_the_way(const sockaddr_un& address)
{
  const std::string path = address.sun_path;
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return {};
    return refuse_errno("look at", path);
  }
  if (!S_ISSOCK(status.st_mode)) return refuse(fmt::format("{} is in the way and not a socket", path));
  if (somebody_accepts(address)) return refuse(fmt::format("another daemon serves {}", path));
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return refuse_errno("replace the dead socket", path);
  return {};
}

}  // namespace

Result<ListeningSocket> ListeningSocket::bind_at(const std::string& path, Audience audience)
{
  const auto address = address_of(path);
  if (!address) return fail(address.error());
  if (const auto made = make_directory(directory_of(path), audience); !made) return fail(made.error());
  if (const auto clear = clear_the_way(*address); !clear) return fail(clear.error());

  ListeningSocket result(FileDescriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)), path);
  if (result.fd() < 0) return refuse_errno("open a socket for", path);
  if (::bind(result.fd(), generic(*address), sizeof *address) != 0) return refuse_errno("bind", path);
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) return refuse_errno("look at", path);
  result.inode_ = status.st_ino;
  // Before listen(): until then nobody can connect, whatever the umask made of the mode.
  if (::chmod(path.c_str(), audience == Audience::kOwner ? 0600 : 0666) != 0) return refuse_errno("chmod", path);
  if (::listen(result.fd(), SOMAXCONN) != 0) return refuse_errno("listen on", path);
  return result;
}

Result<ListeningSocket> ListeningSocket::adopt(int fd, Audience audience)
{
  ListeningSocket result(FileDescriptor(fd), {});
  sockaddr_un address{};
  socklen_t size = sizeof address;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    return refuse_errno("read the address of", "the socket that was handed over");
  const std::size_t prefix = offsetof(sockaddr_un, sun_path);
  if (size <= prefix || address.sun_path[0] != '/')
    return refuse("the socket that was handed over has no path in the file system");
  result.path_.assign(address.sun_path, ::strnlen(address.sun_path, size - prefix));
  if (const auto good = check_directory(directory_of(result.path_), audience); !good) return fail(good.error());
  if (const auto good = check_socket(result.path_, audience); !good) return fail(good.error());
  return result;
}

ListeningSocket::~ListeningSocket() { close(); }

void ListeningSocket::close()
{
  struct stat status{};
  const bool ours = fd_ && inode_ != 0 && ::lstat(path_.c_str(), &status) == 0;
  if (ours && status.st_ino == inode_ && S_ISSOCK(status.st_mode)) ::unlink(path_.c_str());
  fd_ = FileDescriptor();
}

}  // namespace tokend
