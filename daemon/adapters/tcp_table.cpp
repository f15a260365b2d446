#include "daemon/adapters/tcp_table.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <fstream>
#include <string>

namespace tokend {
namespace {

constexpr std::uint32_t kListenState = 0x0a;
constexpr std::size_t kWordDigits = 8;

template <class T> std::optional<T> number(std::string_view text, int base)
{
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// One 32-bit word at a time, as the machine has it in memory.
bool read_address(std::string_view digits, std::array<std::uint8_t, 16>& address)
{
  if (digits.size() != 8 && digits.size() != 32) return false;
  std::size_t at = 0;
  if (digits.size() == 8) {
    address[10] = address[11] = 0xff;
    at = 12;
  }
  for (; !digits.empty(); digits.remove_prefix(kWordDigits), at += sizeof(std::uint32_t)) {
    const auto word = number<std::uint32_t>(digits.substr(0, kWordDigits), 16);
    if (!word) return false;
    std::memcpy(address.data() + at, &*word, sizeof *word);
  }
  return true;
}

std::optional<TcpEnd> read_end(std::string_view text)
{
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  TcpEnd end;
  const auto port = number<std::uint16_t>(text.substr(colon + 1), 16);
  if (!port || !read_address(text.substr(0, colon), end.address)) return std::nullopt;
  end.port = *port;
  return end;
}

std::string_view next_word(std::string_view& text)
{
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const auto word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

void read_file(const char* path, std::vector<TcpSocket>& sockets)
{
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);)
    if (auto socket = parse_tcp_line(line)) sockets.push_back(*socket);
}

}  // namespace

// "sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode ..."
std::optional<TcpSocket> parse_tcp_line(std::string_view line)
{
  std::array<std::string_view, 10> words;
  for (auto& word : words) word = next_word(line);
  const auto local = read_end(words[1]);
  const auto state = number<std::uint32_t>(words[3], 16);
  const auto uid = number<uid_t>(words[7], 10);
  const auto inode = number<std::uint64_t>(words[9], 10);
  if (!local || !state || !uid || !inode) return std::nullopt;
  return TcpSocket{.local = *local, .listening = *state == kListenState, .uid = *uid, .inode = *inode};
}

std::vector<TcpSocket> read_tcp_table()
{
  std::vector<TcpSocket> sockets;
  read_file("/proc/net/tcp", sockets);
  read_file("/proc/net/tcp6", sockets);
  return sockets;
}

}  // namespace tokend
