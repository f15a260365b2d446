#include "daemon/adapters/key_file.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <stdio.h>  // renameat2

#include <cerrno>
#include <cstring>

namespace tokend {
namespace {

constexpr char kNewName[] = "vault.key.new";
constexpr std::size_t kMostBytes = 256;

std::unexpected<Error> refuse(const std::filesystem::path& path, std::string_view what, std::string_view cause)
{
  return fail(Error{
      .code = ErrorCode::kInternal, .reason = fmt::format("{} {}", path.string(), what), .cause = std::string(cause)});
}

std::unexpected<Error> refuse_errno(const std::filesystem::path& path, std::string_view what)
{
  return refuse(path, fmt::format("{}: {}", what, std::strerror(errno)), "key_file");
}

Result<void> write_durably(int directory, const std::filesystem::path& path, std::string_view contents)
{
  ::unlinkat(directory, kNewName, 0);  // of a start that was cut off: it never became the key of anything
  const FileDescriptor file(::openat(directory, kNewName, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return refuse_errno(path, "cannot be created");
  if (::write(file.get(), contents.data(), contents.size()) != static_cast<ssize_t>(contents.size()) ||
      ::fsync(file.get()) != 0)
    return refuse_errno(path, "cannot be written");
  if (::renameat2(directory, kNewName, directory, kKeyFileName, RENAME_NOREPLACE) != 0 || ::fsync(directory) != 0)
    return refuse_errno(path, "cannot be put in its place");
  return {};
}

}  // namespace

Result<std::optional<KeyEncryptionKey>> read_key_file(const StateDirectory& directory)
{
  const std::filesystem::path path = directory.path() / kKeyFileName;
  const FileDescriptor file(
      ::openat(directory.descriptor(), kKeyFileName, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file && errno == ENOENT) return std::nullopt;
  if (!file && errno == ELOOP) return refuse(path, "is a symbolic link; the key must be the file itself", "symlink");
  if (!file) return refuse_errno(path, "cannot be opened");
  if (auto checked = check_private_file(file.get(), path); !checked) return fail(checked.error());

  LockedBytes buffer(kMostBytes);
  const ssize_t size = ::read(file.get(), buffer.writable().data(), buffer.size());
  if (size < 0) return refuse_errno(path, "cannot be read");
  auto key = parse_key_encryption_key(buffer.view().substr(0, static_cast<std::size_t>(size)));
  if (!key) return refuse(path, "is not a key: it must hold 32 bytes, or a line 'tokend-kek-v1 KEY'", "damaged_key");
  return key;
}

Result<KeyEncryptionKey> create_key_file(const StateDirectory& directory, Random& random)
{
  KeyEncryptionKey key{Key::random(random)};
  const Secret text = format_key_encryption_key(key);
  const auto written = write_durably(directory.descriptor(), directory.path() / kKeyFileName, text.reveal());
  if (!written) return fail(written.error());
  return key;
}

}  // namespace tokend
