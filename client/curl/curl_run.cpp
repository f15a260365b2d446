#include "client/curl/curl_run.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "client/child_process.hpp"
#include "client/curl/api_address.hpp"
#include "client/curl/response_status.hpp"
#include "client/terminal.hpp"
#include "proto/error_codes.hpp"

namespace tokend::client {
namespace {

constexpr int kUnauthorized = 401;
constexpr std::size_t kMostKept = 1024 * 1024;  // of a refusal; a longer one is handed on and not repeated

void must_write(int fd, std::string_view bytes)
{
  if (fd >= 0 && !write_all(fd, bytes) && fd != STDERR_FILENO)
    throw std::system_error(errno, std::generic_category(), "curl's output could not be written");
}

std::string path_of(const FileDescriptor& fd) { return "/dev/fd/" + std::to_string(fd.get()); }

// All of it before anybody reads: a header is shorter than a pipe.
Outcome<Pipe> filled_pipe(const Secret& header)
{
  auto pipe = make_pipe();
  if (!pipe) return pipe;
  fcntl(pipe->write_end.get(), F_SETFL, O_NONBLOCK);
  std::string lines(header.reveal());
  append_wiping(lines, "\n");
  const ssize_t written = write(pipe->write_end.get(), lines.data(), lines.size());
  const bool whole = written == static_cast<ssize_t>(lines.size());
  wipe(lines);
  if (!whole)
    return failed({.error = std::string(names_of(ErrorCode::kInternal).http),
                   .reason = "the token is longer than a header can be"});
  pipe->write_end = FileDescriptor();
  return pipe;
}

// Told by curl's name for it, where the answer goes into a file.
bool answers_into_file(const CurlRun& run)
{
  return std::ranges::any_of(run.options,
                             [](const std::string& word) { return word == "--output" || word == "--remote-name"; });
}

// -q has to be first. Our options stand behind those of the user, so that they count.
std::vector<std::string> command_line(const CurlRun& run, const std::string& header, const std::string& headers)
{
  std::vector<std::string> line{"curl", "-q"};
  const auto add = [&](std::initializer_list<std::string> words) { line.insert(line.end(), words); };
  line.insert(line.end(), run.options.begin(), run.options.end());
  add({"--globoff", "--suppress-connect-headers", "--header", "@" + header, "--dump-header", headers});
  if (!is_https(origin_of(run.url).value_or(""))) add({"--noproxy", "*"});
  const bool on_terminal = isatty(STDOUT_FILENO) == 1 && !answers_into_file(run);
  if (on_terminal) add({"--no-buffer", "--no-progress-meter"});  // as curl does by itself, which sees a pipe
  add({"--url", run.url});
  return line;
}

// A stream of curl's and where it goes in the end.
struct Stream {
  FileDescriptor from;
  int to = -1;
  std::string kept = {};
};

class Watched {
 public:
  Watched(const CurlRun& run, FileDescriptor headers, FileDescriptor out, FileDescriptor err)
      : run_(run),
        streams_{Stream{std::move(headers), run.headers_to},
                 {std::move(out), STDOUT_FILENO},
                 {std::move(err), STDERR_FILENO}}
  {
    fcntl(streams_[0].from.get(), F_SETFL, O_NONBLOCK);
  }

  void watch(const ChildProcess& curl, const Interrupts& interrupts)
  {
    while (streams_[0].from || streams_[1].from || streams_[2].from) wait(curl, interrupts);
  }

  CurlEnded ended(int exit)
  {
    const bool refused = status_.status() == kUnauthorized;
    if (!refused) hand_on();
    return {.exit = exit,
            .refused = refused,
            .kept = refused && !handing_on_,
            .headers = std::move(streams_[0].kept),
            .out = std::move(streams_[1].kept),
            .err = std::move(streams_[2].kept)};
  }

 private:
  void wait(const ChildProcess& curl, const Interrupts& interrupts)
  {
    std::array<pollfd, 4> waits{{{interrupts.fd(), POLLIN, 0}}};
    for (std::size_t i = 0; i < streams_.size(); ++i) waits[i + 1] = {streams_[i].from.get(), POLLIN, 0};
    if (poll(waits.data(), waits.size(), -1) <= 0) return;
    if (waits[0].revents) pass_signal(curl, interrupts);
    while (streams_[0].from && take(streams_[0])) continue;  // curl writes them before the body: so do we read them
    for (std::size_t i = 1; i < streams_.size(); ++i)
      if (waits[i + 1].revents) take(streams_[i]);
  }

  static void pass_signal(const ChildProcess& curl, const Interrupts& interrupts)
  {
    signalfd_siginfo taken{};
    if (read(interrupts.fd(), &taken, sizeof taken) == sizeof taken) curl.signal(static_cast<int>(taken.ssi_signo));
  }

  // False: there is nothing at the moment, or no more.
  bool take(Stream& stream)
  {
    std::array<char, 16 * 1024> bytes;
    const ssize_t count = read(stream.from.get(), bytes.data(), bytes.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (count <= 0) {
      stream.from = FileDescriptor();
      return false;
    }
    const std::string_view text(bytes.data(), static_cast<std::size_t>(count));
    if (&stream == &streams_[0]) status_.read(text);
    stream.kept += text;
    decide();
    return true;
  }

  void decide()
  {
    const auto status = status_.status();
    const bool may_be_repeated = run_.again && (!status || status == kUnauthorized);
    const bool too_much = streams_[1].kept.size() > kMostKept;
    handing_on_ = handing_on_ || !may_be_repeated || too_much;
    if (handing_on_) hand_on();
  }

  void hand_on()
  {
    for (Stream& stream : streams_) {
      must_write(stream.to, stream.kept);
      stream.kept.clear();
    }
  }

  const CurlRun& run_;
  std::array<Stream, 3> streams_;  // headers, stdout, stderr
  ResponseStatus status_;
  bool handing_on_ = false;
};

}  // namespace

Outcome<CurlEnded> run_curl(const CurlRun& run, const Secret& header, const Interrupts& interrupts)
{
  auto token = filled_pipe(header);
  auto headers = make_pipe(), out = make_pipe(), err = make_pipe();
  for (const auto* pipe : {&token, &headers, &out, &err})
    if (!*pipe) return failed(pipe->error());
  const std::array handed_on{token->read_end.get(), headers->write_end.get()};
  const auto line = command_line(run, path_of(token->read_end), path_of(headers->write_end));
  auto curl =
      ChildProcess::start(line, {.out = out->write_end.get(), .err = err->write_end.get(), .handed_on = handed_on});
  if (!curl) return failed(curl.error());
  for (FileDescriptor* ours : {&token->read_end, &headers->write_end, &out->write_end, &err->write_end})
    *ours = FileDescriptor();
  Watched watched(run, std::move(headers->read_end), std::move(out->read_end), std::move(err->read_end));
  watched.watch(*curl, interrupts);
  return watched.ended(curl->wait());
}

void hand_on(const CurlRun& run, const CurlEnded& ended)
{
  must_write(run.headers_to, ended.headers);
  must_write(STDOUT_FILENO, ended.out);
  must_write(STDERR_FILENO, ended.err);
}

}  // namespace tokend::client
