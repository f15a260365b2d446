#include "tests/sim/program.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tokend::sim {
namespace {

std::string varlink_request(const Question& question)
{
  std::string fields = fmt::format(R"("account":"{}")", question.account);
  if (question.min_ttl) fields += fmt::format(R"(,"minTtl":{})", *question.min_ttl);
  if (question.timeout) fields += fmt::format(R"(,"timeout":{})", *question.timeout);
  if (question.login) fields += R"(,"login":true)";
  return fmt::format(R"({{"method":"io.tokend.Broker.GetToken","parameters":{{{}}}}})", fields) + '\0';
}

std::string http_request(const Question& question)
{
  std::string query = "?";
  if (question.min_ttl) query += fmt::format("min_ttl={}&", *question.min_ttl);
  if (question.timeout) query += fmt::format("timeout={}&", *question.timeout);
  if (question.login) query += "login=1&";
  query.pop_back();
  return fmt::format("GET /v1/token/{}{} HTTP/1.1\r\nHost: localhost\r\n\r\n", question.account, query);
}

// The text of a member whose value is a string without escapes.
std::string member(std::string_view json, std::string_view name)
{
  const std::string opening = fmt::format(R"("{}":")", name);
  const auto at = json.find(opening);
  if (at == std::string_view::npos) return {};
  json.remove_prefix(at + opening.size());
  return std::string(json.substr(0, json.find('"')));
}

std::string take_front(std::string& bytes, std::size_t count)
{
  std::string front = bytes.substr(0, count);
  bytes.erase(0, count);
  return front;
}

}  // namespace

void Program::ask(const Question& question, SeededRandom& world)
{
  unread_ += face_ == Face::kVarlink ? varlink_request(question) : http_request(question);
  asked_.push_back(question.account);
  go_on(world);
}

void Program::go_on(SeededRandom& world)
{
  while (next_ == Next::kRead && !unread_.empty()) {
    const std::size_t size = world.chance(2) ? unread_.size() : 1 + world.below(unread_.size());
    const std::string piece = take_front(unread_, size);
    next_ = session_->on_bytes(piece, out_);
    take_output();
  }
}

void Program::wake()
{
  next_ = session_->on_wake(out_);
  take_output();
}

void Program::take_output()
{
  for (;;) {
    received_ += out_.bytes();
    out_.clear();
    if (next_ != Next::kYield) break;
    next_ = session_->on_wake(out_);
  }
  while (take_one_answer()) {}
}

bool Program::take_one_answer()
{
  const auto body = next_answer();
  if (body) tell(*body);
  return body.has_value();
}

std::optional<std::string> Program::next_answer()
{
  if (face_ == Face::kVarlink) {
    const auto end = received_.find('\0');
    if (end == std::string::npos) return std::nullopt;
    return take_front(received_, end + 1);
  }
  const auto head = received_.find("\r\n\r\n");
  const auto field = received_.find("Content-Length: ");
  if (head == std::string::npos || field > head) return std::nullopt;
  const std::size_t length = std::stoul(received_.substr(field + 16));
  if (received_.size() < head + 4 + length) return std::nullopt;
  return take_front(received_, head + 4 + length);
}

void Program::tell(std::string_view body)
{
  if (asked_.empty()) return ears_({.account = {}, .token = {}, .nonsense = "an answer to nobody"});
  Heard heard{.account = asked_.front(), .token = {}, .nonsense = {}};
  asked_.pop_front();
  heard.token = member(body, face_ == Face::kVarlink ? "accessToken" : "access_token");
  const bool is_error = body.contains(R"("error":")");
  if (heard.token.empty() != is_error) heard.nonsense = std::string(body);
  else if (!is_error && member(body, "account") != heard.account) heard.nonsense = "the answer of another account";
  ears_(heard);
}

}  // namespace tokend::sim
