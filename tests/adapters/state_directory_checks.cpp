// Which directories and key files are taken, and what is said of those that are not.
#include "daemon/adapters/boot_id.hpp"
#include "daemon/adapters/key_file.hpp"
#include "daemon/adapters/state_directory.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/adapters/store_support.hpp"
#include "tests/catch.hpp"
#include "tests/root.hpp"

namespace tokend::test {
namespace {

namespace fs = std::filesystem;

class CountingRandom final : public Random {
 public:
  void fill(std::span<std::byte> bytes) override
  {
    for (std::byte& byte : bytes) byte = std::byte{next_++};
  }

 private:
  unsigned char next_ = 0;
};

std::string cause_of(const fs::path& path)
{
  const auto opened = StateDirectory::open(path);
  return opened ? "" : opened.error().cause;
}

mode_t mode_of(const fs::path& path)
{
  struct stat status{};
  ::lstat(path.c_str(), &status);
  return status.st_mode & 07777U;
}

TEST_CASE("a state directory and its missing parents are created 0700")
{
  const TemporaryDirectory home;
  const fs::path path = home.path() / "state" / "tokend";
  REQUIRE(cause_of(path.string() + "/") == "");
  CHECK(mode_of(path) == 0700);
  CHECK(mode_of(path.parent_path()) == 0700);
  CHECK(mode_of(path / "tokend.lock") == 0600);
}

TEST_CASE("a state directory open to others is refused with the command that closes it")
{
  const TemporaryDirectory home;
  REQUIRE(::chmod(home.path().c_str(), 0750) == 0);
  const auto opened = StateDirectory::open(home.path());
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().cause == "wide_mode");
  CHECK(opened.error().next == "chmod 700 '" + home.path().string() + "'");
  CHECK_FALSE(fs::exists(home / "tokend.lock"));
}

TEST_CASE("a state directory that is a symbolic link is refused, with and without a slash behind it")
{
  const TemporaryDirectory home;
  fs::create_directory(home / "real");
  REQUIRE(::chmod((home / "real").c_str(), 0700) == 0);
  fs::create_symlink(home / "real", home / "link");
  CHECK(cause_of(home / "link") == "symlink");
  CHECK(cause_of((home / "link").string() + "/") == "symlink");
  CHECK(fs::is_empty(home / "real"));
}

TEST_CASE("a file in place of the state directory is refused")
{
  const TemporaryDirectory home;
  std::ofstream(home / "file") << "x";
  CHECK_FALSE(StateDirectory::open(home / "file").has_value());
}

TEST_CASE("a state directory of another user is refused", "[root]")
{
  if (left_out()) return;  // only root can give one away
  const TemporaryDirectory home;
  REQUIRE(::chown(home.path().c_str(), 12345, 12345) == 0);
  CHECK(cause_of(home.path()) == "foreign_owner");
  REQUIRE(::chown(home.path().c_str(), 0, 0) == 0);
}

TEST_CASE("file systems that do not lock and sync dependably are known by their numbers")
{
  CHECK(unsupported_file_system(0x6969) == "NFS");
  CHECK(unsupported_file_system(0xff534d42) == "CIFS");
  CHECK(unsupported_file_system(static_cast<int>(0xff534d42U)) == "CIFS");  // where f_type is 32 bits wide
  CHECK(unsupported_file_system(0xfe534d42) == "CIFS");
  CHECK(unsupported_file_system(0x65735546) == "FUSE");
  CHECK_FALSE(unsupported_file_system(0xef53).has_value());      // ext4
  CHECK_FALSE(unsupported_file_system(0x01021994).has_value());  // tmpfs
  CHECK_FALSE(unsupported_file_system(0x9123683e).has_value());  // btrfs
}

TEST_CASE("a second holder is refused by name until the first one is gone, and the lock file stays")
{
  const TemporaryDirectory home;
  {
    const auto first = StateDirectory::open(home.path());
    REQUIRE(first.has_value());
    const auto second = StateDirectory::open(home.path());
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().cause == kCauseInUse);
    CHECK(second.error().reason ==
          "another tokend (pid " + std::to_string(::getpid()) + ") uses " + home.path().string());
  }
  CHECK(fs::exists(home / "tokend.lock"));
  CHECK(cause_of(home.path()) == "");
}

TEST_CASE("a second process is refused while the first one lives")
{
  const TemporaryDirectory home;
  const auto first = StateDirectory::open(home.path());
  REQUIRE(first.has_value());
  const pid_t child = ::fork();
  if (child == 0) ::_exit(cause_of(home.path()) == kCauseInUse ? 75 : 1);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WEXITSTATUS(status) == 75);
}

struct KeyFile {
  TemporaryDirectory home;
  StateDirectory state = StateDirectory::open(home.path()).value();
  CountingRandom random;
  fs::path path = home / kKeyFileName;

  std::string cause() const
  {
    const auto key = read_key_file(state);
    return key ? "" : key.error().cause;
  }
};

TEST_CASE_METHOD(KeyFile, "a key file that was created is read back, private and whole")
{
  REQUIRE(read_key_file(state).has_value());
  CHECK_FALSE(read_key_file(state).value().has_value());
  const auto created = create_key_file(state, random);
  REQUIRE(created.has_value());
  CHECK(mode_of(path) == 0600);
  CHECK(read_key_file(state).value()->key.view() == created->key.view());
  CHECK_FALSE(fs::exists(home / "vault.key.new"));
}

TEST_CASE_METHOD(KeyFile, "a key file is never replaced")
{
  REQUIRE(create_key_file(state, random).has_value());
  const std::string before = contents(path);
  CHECK_FALSE(create_key_file(state, random).has_value());
  CHECK(contents(path) == before);
}

TEST_CASE_METHOD(KeyFile, "a key file that is linked, shared, no file or no key is refused")
{
  REQUIRE(create_key_file(state, random).has_value());
  REQUIRE(::chmod(path.c_str(), 0640) == 0);
  CHECK(cause() == "wide_mode");
  REQUIRE(::chmod(path.c_str(), 0600) == 0);
  CHECK(cause() == "");

  fs::rename(path, home / "elsewhere");
  fs::create_symlink(home / "elsewhere", path);
  CHECK(cause() == "symlink");
  fs::remove(path);
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  CHECK(cause() == "not_a_file");  // and no wait for a writer
  fs::remove(path);
  std::ofstream(path) << "hunter2\n";
  REQUIRE(::chmod(path.c_str(), 0600) == 0);
  CHECK(cause() == "damaged_key");
}

TEST_CASE("the boot id is a line of 36 characters, or an error")
{
  CHECK(read_boot_id().value().size() == 36);
  CHECK_FALSE(read_boot_id("/dev/null").has_value());
  CHECK_FALSE(read_boot_id("/nonexistent").has_value());
}

}  // namespace
}  // namespace tokend::test
