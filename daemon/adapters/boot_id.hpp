// Names the running boot: a BootTime that was stored means something only under the boot id that was stored with it.
#pragma once
#include <filesystem>
#include <string>

#include "proto/result.hpp"

namespace tokend {

// 36 characters, such as "5f6a0f6e-...". Fails where /proc is not mounted.
Result<std::string> read_boot_id(const std::filesystem::path& = "/proc/sys/kernel/random/boot_id");

}  // namespace tokend
