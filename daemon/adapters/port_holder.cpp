#include "daemon/adapters/port_holder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>

#include "daemon/adapters/tcp_table.hpp"

namespace tokend {
namespace {

namespace fs = std::filesystem;

bool is_number(const std::string& name)
{
  return !name.empty() && std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
}

// Entries that vanish or may not be read are passed over: processes come and go, and other users' are closed to us.
bool holds(const fs::path& process, const std::string& target)
{
  std::error_code error;
  for (fs::directory_iterator entry(process / "fd", error), end; !error && entry != end; entry.increment(error)) {
    std::error_code gone;
    if (fs::read_symlink(entry->path(), gone) == target && !gone) return true;
  }
  return false;
}

std::optional<fs::path> process_with(std::uint64_t inode)
{
  const auto target = fmt::format("socket:[{}]", inode);
  std::error_code error;
  for (fs::directory_iterator entry("/proc", error), end; !error && entry != end; entry.increment(error))
    if (is_number(entry->path().filename()) && holds(entry->path(), target)) return entry->path();
  return std::nullopt;
}

// A program names itself, so its name is cut down to what cannot harm a terminal.
std::string program_of(const fs::path& process)
{
  std::ifstream file(process / "comm");
  std::string name;
  std::getline(file, name);
  std::ranges::replace_if(name, [](char c) { return c < ' ' || c > '~'; }, '?');
  return name;
}

}  // namespace

std::string describe_port_holder(std::uint16_t port)
{
  const auto sockets = read_tcp_table();
  const auto is_holder = [&](const TcpSocket& socket) { return socket.listening && socket.local.port == port; };
  const auto holder = std::ranges::find_if(sockets, is_holder);
  if (holder == sockets.end()) return "another program";
  const auto process = process_with(holder->inode);
  if (!process) return fmt::format("another program (of user {})", holder->uid);
  return fmt::format("another program (pid {}, {})", process->filename().string(), program_of(*process));
}

}  // namespace tokend
