#include "client/broker_client.hpp"

#include <string.h>  // explicit_bzero
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "proto/endpoint.hpp"
#include "proto/error_codes.hpp"
#include "proto/interface_text.hpp"

namespace tokend::client {
namespace {

constexpr std::size_t kBufferBytes = 64 * 1024;
constexpr std::size_t kMostReplyBytes = 16 * 1024 * 1024;  // ours; the daemon's own limit is for what it is sent

constexpr const char* kSeeLog = "see its log: journalctl --user -u tokend";

std::string joined(const std::vector<std::string>& paths)
{
  std::string text;
  for (std::size_t i = 0; i < paths.size(); ++i)
    text += (i == 0 ? "" : i + 1 == paths.size() ? " or " : ", ") + paths[i];
  return text;
}

Failure unreachable(std::string reason, std::string next = "")
{
  return {.exit = exit_code::kUnreachable,
          .error = "daemon_unreachable",
          .reason = std::move(reason),
          .next = std::move(next)};
}

// Why nobody answers at a place, where that is more than that nobody is there.
struct Obstacle {
  std::string reason, next;
};

std::optional<Obstacle> obstacle_of(const std::string& path, int error)
{
  switch (error) {
    case EACCES:
    case EPERM: return Obstacle{path + " belongs to another user", "use a tokend of your own, or --socket"};
    case EAGAIN: return Obstacle{"tokend on " + path + " takes no connections", kSeeLog};
    case ENAMETOOLONG: return Obstacle{path + " is too long for a socket", "give a shorter --socket"};
    default: return std::nullopt;
  }
}

// What is found may be another user's: after su the runtime directory still is, and who listens there would be told
// secrets. Root, and whom a user namespace does not show, are no strangers.
bool is_trusted(int socket)
{
  constexpr uid_t kRoot = 0, kNotShown = 65534;
  const auto uid = peer_uid(socket);
  return uid && (*uid == geteuid() || *uid == kRoot || *uid == kNotShown);
}

}  // namespace

Outcome<BrokerClient> BrokerClient::connect(const std::vector<std::string>& paths, std::string_view hint)
{
  std::optional<Obstacle> telling;
  for (const std::string& path : paths) {
    if (FileDescriptor socket = connect_to(path, std::chrono::seconds(kSilence))) {
      const bool asked_for = paths.size() == 1 || path == kSystemSocket;
      if (asked_for || is_trusted(socket.get())) return BrokerClient(std::move(socket), path);
      errno = EPERM;
    }
    if (!telling) telling = obstacle_of(path, errno);
  }
  if (!telling) return failed(unreachable("no tokend on " + joined(paths), std::string(hint)));
  if (paths.size() == 1) return failed(unreachable(telling->reason, telling->next));
  return failed(unreachable("no tokend on " + joined(paths) + "; " + telling->reason, std::string(hint)));
}

BrokerClient::BrokerClient(FileDescriptor socket, std::string path)
    : socket_(std::move(socket)),
      path_(std::move(path)),
      framing_(kMostReplyBytes),
      buffer_(std::make_unique<char[]>(kBufferBytes))
{
}

BrokerClient::~BrokerClient()
{
  if (buffer_) explicit_bzero(buffer_.get(), kBufferBytes);
  wipe(scratch_);
}

Failure BrokerClient::gone() const { return unreachable("tokend on " + path_ + " closed the connection", kSeeLog); }

Failure BrokerClient::unreadable(const Error& error)
{
  return {.error = "protocol",
          .reason = "the daemon's answer cannot be read (" + error.reason + ")",
          .next = "use a tokenctl of the daemon's version"};
}

Outcome<void> BrokerClient::send_raw(std::string_view method, std::string_view parameters, bool more)
{
  std::string qualified(method);
  if (!method.contains('.')) qualified = std::string(kBrokerInterface) + "." + qualified;
  std::string message;
  message.reserve(qualified.size() + parameters.size() + 64);  // no unwiped copy by growing
  varlink::open_call({.method = qualified, .more = more}, message);
  message += parameters;
  varlink::close_message(message);
  auto sent = send_bytes(message);
  wipe(message);
  return sent;
}

Outcome<void> BrokerClient::send_bytes(std::string_view bytes)
{
  const Deadline deadline = in_seconds(kSilence);
  while (!bytes.empty()) {
    const auto count = send_some(socket_.get(), bytes);
    if (!count) return failed(gone());
    bytes.remove_prefix(*count);
    if (bytes.empty() || *count != 0) continue;
    if (wait_writable(socket_.get(), -1, deadline) == Waited::kTimedOut)
      return failed(unreachable("tokend on " + path_ + " takes no calls", kSeeLog));
  }
  return {};
}

Outcome<std::string_view> BrokerClient::next_message(Deadline deadline)
{
  for (;;) {
    if (const auto message = framing_.next(unread_)) return *message;
    if (framing_.too_long()) return failed(unreadable({.reason = "it is too long"}));
    switch (wait_readable(socket_.get(), interrupts_, deadline)) {
      case Waited::kReady: break;
      case Waited::kInterrupted:
        return failed({.exit = exit_code::kInterrupted, .error = "interrupted", .reason = "interrupted"});
      case Waited::kTimedOut: return failed(unreachable("tokend on " + path_ + " does not answer", kSeeLog));
    }
    const std::size_t count = client::receive(socket_.get(), {buffer_.get(), kBufferBytes});
    if (count == 0) return failed(gone());
    unread_ = {buffer_.get(), count};
  }
}

Outcome<RawReply> BrokerClient::receive(Deadline deadline)
{
  const auto message = next_message(deadline);
  if (!message) return failed(message.error());
  const auto reply = varlink::read_reply(*message, scratch_);
  if (!reply) return failed(unreadable({.reason = "it is not a varlink reply"}));
  if (!reply->error.empty()) return failed(failure_of(read_error(reply->error, reply->parameters)));
  return RawReply{.parameters = reply->parameters, .continues = reply->continues};
}

}  // namespace tokend::client
