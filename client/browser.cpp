#include "client/browser.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "client/unix_socket.hpp"

namespace tokend::client {
namespace {

constexpr std::size_t kLongestUrl = 8 * 1024;

std::vector<std::string> split(std::string_view text, char separator)
{
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(separator));
    if (!part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(part.size() + 1, text.size()));
  }
  return parts;
}

// In digits, so that no resolver can lie about it.
bool is_loopback(std::string_view authority)
{
  const std::string_view host =
      authority.substr(0, authority.starts_with('[') ? authority.find(']') + 1 : authority.find(':'));
  if (host == "[::1]") return true;
  return host.starts_with("127.") && std::ranges::count(host, '.') == 3 &&
         host.find_first_not_of("0123456789.") == host.npos;
}

std::string_view authority_of(std::string_view url)
{
  url.remove_prefix(url.find("//") + 2);
  return url.substr(0, url.find_first_of("/?#"));
}

// In the child: becomes the browser, or tells the parent through `report` that it could not.
[[noreturn]] void become(const std::vector<std::string>& command, int report)
{
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  setsid();  // Ctrl-C at the login must not close the browser
  const int null = open("/dev/null", O_RDWR);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(null, fd);
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  execvp(arguments[0], arguments.data());
  const char failed = 1;
  static_cast<void>(!write(report, &failed, 1));
  _exit(127);
}

// True once it runs: the report's write end closes at a successful exec.
bool start(const std::vector<std::string>& command)
{
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return false;
  const FileDescriptor read_end(ends[0]);
  FileDescriptor write_end(ends[1]);
  const pid_t child = fork();
  if (child < 0) return false;
  if (child == 0) become(command, write_end.get());
  write_end = FileDescriptor();
  char byte = 0;
  ssize_t count = 0;
  do count = read(read_end.get(), &byte, 1);
  while (count < 0 && errno == EINTR);
  if (count == 1) waitpid(child, nullptr, 0);
  return count == 0;
}

}  // namespace

bool is_openable(std::string_view url)
{
  if (url.size() > kLongestUrl || !std::ranges::all_of(url, [](char c) { return c > ' ' && c < '\x7F'; })) return false;
  const bool https = url.starts_with("https://");
  if (!https && !url.starts_with("http://")) return false;
  const std::string_view authority = authority_of(url);
  return !authority.empty() && !authority.contains('@') && !authority.contains('\\') &&
         (https || is_loopback(authority));
}

std::string_view host_of(std::string_view url) { return authority_of(url); }

bool has_display(const Variables& variable)
{
  return std::ranges::any_of(std::initializer_list<const char*>{"DISPLAY", "WAYLAND_DISPLAY", "BROWSER"},
                             [&](const char* name) { return !variable(name).value_or("").empty(); });
}

std::vector<std::vector<std::string>> browser_commands(std::string_view url, const Variables& variable)
{
  std::vector<std::vector<std::string>> commands;
  for (const std::string& entry : split(variable("BROWSER").value_or("xdg-open"), ':')) {
    std::vector<std::string> words = split(entry, ' ');
    bool placed = false;
    for (std::string& word : words)
      if (const std::size_t at = word.find("%s"); at != word.npos) {
        word.replace(at, 2, url);
        placed = true;
      }
    if (words.empty()) continue;
    if (!placed) words.emplace_back(url);
    commands.push_back(std::move(words));
  }
  return commands;
}

bool open_browser(std::string_view url, const Variables& variable)
{
  return is_openable(url) && std::ranges::any_of(browser_commands(url, variable), start);
}

}  // namespace tokend::client
