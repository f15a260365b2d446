#include "tests/unit/session/support.hpp"

#include <fmt/format.h>

#include "tests/catch.hpp"

namespace tokend::test {
namespace {

VaultRow vault_row() { return {.database_id = std::string(16, 'd'), .epoch = 1}; }

constexpr std::string_view kRobot = R"({"account":"robot","definition":{"flow":"client_credentials",)"
                                    R"("tokenEndpoint":"https://as.example/token","clientId":"robot",)"
                                    R"("clientSecret":"CS-canary","scopes":["read"]}})";
constexpr std::string_view kAna = R"({"account":"ana","definition":{"clientId":"app",)"
                                  R"("authorizationEndpoint":"https://as.example/authorize",)"
                                  R"("tokenEndpoint":"https://as.example/token"}})";

}  // namespace

void TurnLoop::run()
{
  for (int turns = 0; !tasks.empty(); ++turns) {
    REQUIRE(turns < 100'000);
    auto task = std::move(tasks.front());
    tasks.pop_front();
    task();
  }
}

HttpReply OneAnswer::reply() const
{
  HttpReply reply{.status = status, .body = Secret(body)};
  reply.fields.push_back({"content-type", Secret("application/json")});
  for (const std::string& value : retry_after) reply.fields.push_back({"retry-after", Secret(value)});
  return reply;
}

void OneAnswer::send(HttpId, HttpRequest, std::move_only_function<void(HttpOutcome)> done)
{
  ++asked;
  if (held) return waiting_.push_back(std::move(done));
  loop_.post([this, done = std::move(done)]() mutable { done(reply()); });
}

void OneAnswer::release()
{
  held = false;
  for (auto& done : std::exchange(waiting_, {}))
    loop_.post([this, done = std::move(done)]() mutable { done(reply()); });
}

void WellDisk::commit(Unit, std::move_only_function<void(Committed)> done)
{
  loop_.post([done = std::move(done)]() mutable { done({}); });
}

Result<MasterKey> SameKey::master_key() { return MasterKey{Key(LockedBytes(std::string(kKeyBytes, 'k')))}; }

Daemon::Daemon()
    : vault(vault_row(), *SameKey().master_key(), random),
      broker({loop, http, store, redirects, nobody, link, random, "boot-1"}, vault, keys, config,
             {.pid = 42, .socket = "/run/socket", .state_dir = "/var/state"})
{
  Client client(*this);
  client.ask(call("AddAccount", kRobot) + call("AddAccount", kAna));
}

void Client::wake() { flush(session_->on_wake(out_)); }

void Client::send(std::string_view bytes)
{
  REQUIRE(next_ == Next::kRead);
  flush(session_->on_bytes(bytes, out_));
}

void Client::send_in_pieces(std::string_view bytes, std::size_t size)
{
  while (!bytes.empty() && next_ == Next::kRead) {
    send(bytes.substr(0, size));
    bytes.remove_prefix(std::min(size, bytes.size()));
    daemon_.run();
  }
}

void Client::finish_sending()
{
  REQUIRE(next_ == Next::kRead);
  flush(session_->on_eof(out_));
}

std::string Client::ask(std::string_view bytes)
{
  send(bytes);
  daemon_.run();
  return take_received();
}

void Client::flush(Next next)
{
  received_ += out_.bytes();
  out_.clear();
  for (next_ = next; reads_ && next_ == Next::kYield; ++yields_) {
    next_ = session_->on_wake(out_);
    received_ += out_.bytes();
    out_.clear();
  }
}

void Client::read_on()
{
  reads_ = true;
  flush(next_);
}

std::string message(std::string_view json) { return std::string(json) + '\0'; }

std::string call(std::string_view method, std::string_view parameters, std::string_view more)
{
  const std::string_view interface = method.contains('.') ? "" : "io.tokend.Broker.";
  return message(fmt::format(R"({{"method":"{}{}","parameters":{}{}}})", interface, method, parameters, more));
}

std::vector<std::string> messages_in(std::string_view received)
{
  std::vector<std::string> messages;
  while (!received.empty()) {
    REQUIRE(received.contains('\0'));
    messages.emplace_back(received.substr(0, received.find('\0')));
    received.remove_prefix(messages.back().size() + 1);
  }
  return messages;
}

bool HttpAnswer::has(std::string_view line) const { return head.contains("\r\n" + std::string(line) + "\r\n"); }

namespace {

// To the last of them, off the front of `received`.
std::string take_chunks(std::string_view& received)
{
  std::string body;
  for (std::size_t size = 1; size != 0;) {
    const std::size_t end = received.find("\r\n");
    REQUIRE(end != received.npos);
    size = std::stoul(std::string(received.substr(0, end)), nullptr, 16);
    REQUIRE(received.size() >= end + 2 + size + 2);
    body += received.substr(end + 2, size);
    received.remove_prefix(end + 2 + size + 2);
  }
  return body;
}

}  // namespace

HttpAnswer parse_answer(std::string_view& received)
{
  constexpr std::string_view kVersion = "HTTP/1.1 ", kLength = "\r\nContent-Length: ";
  const std::size_t end = received.find("\r\n\r\n");
  REQUIRE(received.starts_with(kVersion));
  REQUIRE(end != received.npos);
  HttpAnswer answer{.head = std::string(received.substr(0, end + 2))};
  answer.status = std::stoi(answer.head.substr(kVersion.size()));
  received.remove_prefix(end + 4);
  if (answer.has("Transfer-Encoding: chunked")) {
    answer.body = take_chunks(received);
    return answer;
  }
  const std::size_t at = answer.head.find(kLength);
  const std::size_t size =
      at == answer.head.npos ? received.size() : std::stoul(answer.head.substr(at + kLength.size()));
  answer.body = received.substr(0, size);
  received.remove_prefix(answer.body.size());
  return answer;
}

std::string get(std::string_view target, std::string_view fields)
{
  return fmt::format("GET {} HTTP/1.1\r\nHost: localhost\r\n{}\r\n", target, fields);
}

std::string post(std::string_view method, std::string_view body, std::string_view fields)
{
  return fmt::format(
      "POST /call/{} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{}\r\n{}",
      method, body.size(), fields, body);
}

}  // namespace tokend::test
