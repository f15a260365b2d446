#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "proto/endpoint.hpp"

namespace tokend {
namespace {

std::string home_of(uid_t uid)
{
  const passwd* entry = getpwuid(uid);
  return entry && entry->pw_dir ? entry->pw_dir : "";
}

bool is_directory_of(uid_t uid, const std::string& path)
{
  struct stat status{};
  return lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == uid;
}

}  // namespace

Environment process_environment()
{
  const uid_t uid = getuid();
  const auto variable = [](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);
    return value ? std::optional<std::string>(value) : std::nullopt;
  };
  const bool home_is_set = std::getenv("HOME") != nullptr;  // the password database is slow to open: only if needed
  return {.uid = uid,
          .home = home_is_set ? "" : home_of(uid),
          .variable = variable,
          .own_directory = [uid](const std::string& path) { return is_directory_of(uid, path); }};
}

}  // namespace tokend
