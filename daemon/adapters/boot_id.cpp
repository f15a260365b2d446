#include "daemon/adapters/boot_id.hpp"

#include <fmt/core.h>

#include <fstream>

namespace tokend {

Result<std::string> read_boot_id(const std::filesystem::path& path)
{
  constexpr std::size_t kBootIdSize = 36;
  std::ifstream file(path);
  std::string id;
  if (!std::getline(file, id) || id.size() != kBootIdSize)
    return fail(Error{.code = ErrorCode::kInternal,
                      .reason = fmt::format("{} does not name the running boot", path.string()),
                      .cause = "boot_id"});
  return id;
}

}  // namespace tokend
