#include "daemon/adapters/state_directory.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

namespace tokend {
namespace {

constexpr char kLockName[] = "tokend.lock";
constexpr mode_t kForeignRights = 077;

std::unexpected<Error> refuse(std::string reason, std::string_view cause, std::string next = {})
{
  return fail(Error{
      .code = ErrorCode::kInternal, .reason = std::move(reason), .cause = std::string(cause), .next = std::move(next)});
}

std::unexpected<Error> refuse_errno(const std::filesystem::path& path, std::string_view what)
{
  const int error = errno;
  return refuse(fmt::format("{}: {}: {}", path.string(), what, std::strerror(error)), "state_directory");
}

Result<void> create(const std::filesystem::path& path)
{
  std::filesystem::path so_far;
  for (const std::filesystem::path& part : path) {
    so_far /= part;
    if (::mkdir(so_far.c_str(), 0700) != 0 && errno != EEXIST && errno != EISDIR && errno != EROFS && errno != EACCES)
      return refuse_errno(so_far, "cannot be created");
  }
  return {};
}

Result<void> check_owner_and_mode(const struct stat& status, const std::filesystem::path& path, mode_t wanted)
{
  if (status.st_uid != ::geteuid())
    return refuse(
        fmt::format("{} belongs to uid {}, and tokend runs as uid {}", path.string(), status.st_uid, ::geteuid()),
        "foreign_owner", fmt::format("chown {} '{}'", ::geteuid(), path.string()));
  if ((status.st_mode & kForeignRights) != 0)
    return refuse(fmt::format("{} is open to others (mode {:04o})", path.string(), status.st_mode & 07777U),
                  "wide_mode", fmt::format("chmod {:o} '{}'", wanted, path.string()));
  return {};
}

Result<FileDescriptor> open_directory(const std::filesystem::path& path)
{
  FileDescriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory && (errno == ELOOP || errno == ENOTDIR) && std::filesystem::is_symlink(path))
    return refuse(fmt::format("{} is a symbolic link; the state directory must be a directory", path.string()),
                  "symlink", fmt::format("tokend --state-dir '{}'", std::filesystem::weakly_canonical(path).string()));
  if (!directory) return refuse_errno(path, "cannot be opened");

  struct stat status{};
  if (::fstat(directory.get(), &status) != 0) return refuse_errno(path, "cannot be read");
  if (auto checked = check_owner_and_mode(status, path, 0700); !checked) return fail(checked.error());
  return directory;
}

Result<void> check_file_system(int directory, const std::filesystem::path& path)
{
  struct statfs status{};
  if (::fstatfs(directory, &status) != 0) return refuse_errno(path, "cannot be read");
  if (const auto name = unsupported_file_system(static_cast<long>(status.f_type)))
    return refuse(fmt::format("{} is on {}, which does not lock and sync dependably", path.string(), *name),
                  "file_system", "tokend --state-dir DIRECTORY-ON-A-LOCAL-DISK");
  return {};
}

std::string holder(int lock)
{
  std::array<char, 24> text{};
  const ssize_t size = ::pread(lock, text.data(), text.size(), 0);
  const std::string_view pid(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  const std::string_view digits = pid.substr(0, pid.find_first_not_of("0123456789"));
  return digits.empty() ? "" : fmt::format(" (pid {})", digits);
}

// The pid is for people; the lock alone decides.
void note_holder(int lock)
{
  const std::string pid = fmt::format("{}\n", ::getpid());
  if (::ftruncate(lock, 0) != 0 || ::pwrite(lock, pid.data(), pid.size(), 0) < 0) return;
}

Result<FileDescriptor> take_lock(int directory, const std::filesystem::path& path)
{
  const std::filesystem::path name = path / kLockName;
  FileDescriptor lock(::openat(directory, kLockName, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600));
  if (!lock) return refuse_errno(name, "cannot be opened");
  if (auto checked = check_private_file(lock.get(), name); !checked) return fail(checked.error());

  // Of the open file description: closing another descriptor of the file does not drop it, and forks share it.
  struct flock whole{};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  if (::fcntl(lock.get(), F_OFD_SETLK, &whole) == 0) {
    note_holder(lock.get());
    return lock;
  }
  if (errno == EAGAIN || errno == EACCES)
    return refuse(fmt::format("another tokend{} uses {}", holder(lock.get()), path.string()), kCauseInUse,
                  "tokenctl status");
  return refuse_errno(name, "cannot be locked");
}

}  // namespace

std::optional<std::string_view> unsupported_file_system(long type)
{
  switch (static_cast<unsigned long>(type) & 0xffffffffUL) {
    case 0x6969: return "NFS";
    case 0x517b:
    case 0xff534d42:
    case 0xfe534d42: return "CIFS";
    case 0x65735546: return "FUSE";
    default: return std::nullopt;
  }
}

Result<void> check_private_file(int fd, const std::filesystem::path& path)
{
  struct stat status{};
  if (::fstat(fd, &status) != 0) return refuse_errno(path, "cannot be read");
  if (!S_ISREG(status.st_mode)) return refuse(fmt::format("{} is not a regular file", path.string()), "not_a_file");
  return check_owner_and_mode(status, path, 0600);
}

StateDirectory::StateDirectory(std::filesystem::path path, FileDescriptor directory, FileDescriptor lock)
    : path_(std::move(path)), directory_(std::move(directory)), lock_(std::move(lock))
{
}

Result<StateDirectory> StateDirectory::open(const std::filesystem::path& given)
{
  // A trailing slash would follow a symbolic link.
  const std::filesystem::path path = given.has_filename() ? given : given.parent_path();
  if (auto created = create(path); !created) return fail(created.error());
  auto directory = open_directory(path);
  if (!directory) return fail(directory.error());
  if (auto checked = check_file_system(directory->get(), path); !checked) return fail(checked.error());
  auto lock = take_lock(directory->get(), path);
  if (!lock) return fail(lock.error());
  return StateDirectory(path, std::move(*directory), std::move(*lock));
}

}  // namespace tokend
