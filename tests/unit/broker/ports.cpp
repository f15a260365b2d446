#include "tests/unit/broker/ports.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "daemon/core/form.hpp"
#include "daemon/core/url.hpp"
#include "tests/catch.hpp"

namespace tokend::test {

bool BenchLoop::turn()
{
  if (!posted_.empty()) {
    auto task = std::move(posted_.front());
    posted_.pop_front();
    task();
    return true;
  }
  if (!alarm_ || *alarm_ > now()) return false;
  alarm_.reset();
  ring_();
  return true;
}

void BenchLoop::run()
{
  for (int turns = 0; turn(); ++turns) REQUIRE(turns < 100'000);
}

void BenchLoop::forget_process()
{
  posted_.clear();
  alarm_.reset();
  ring_ = nullptr;
}

HttpOutcome reply(int status, std::string body)
{
  HttpReply reply{.status = status, .fields = {}, .body = Secret(std::move(body))};
  reply.fields.push_back({"content-type", Secret("application/json")});
  return reply;
}

HttpOutcome minted(std::string_view access, std::string_view refresh, std::string_view id_token)
{
  std::string body = fmt::format(R"({{"access_token":"{}","token_type":"Bearer","expires_in":3600)", access);
  if (!refresh.empty()) body += fmt::format(R"(,"refresh_token":"{}")", refresh);
  if (!id_token.empty()) body += fmt::format(R"(,"id_token":"{}")", id_token);
  return reply(200, body + "}");
}

HttpOutcome refused(std::string_view error) { return reply(400, fmt::format(R"({{"error":"{}"}})", error)); }

HttpOutcome come_later(int status, std::string_view retry_after)
{
  HttpOutcome outcome = reply(status, "{}");
  outcome->fields.push_back({"retry-after", Secret(std::string(retry_after))});
  return outcome;
}

HttpOutcome lost() { return std::unexpected(HttpFailure{HttpTrouble::kTimeout, Sent::kMaybe}); }

HttpOutcome not_sent() { return std::unexpected(HttpFailure{HttpTrouble::kConnect, Sent::kNo}); }

bool Asked::has(std::string_view parameter) const
{
  return ("&" + body + "&").contains("&" + std::string(parameter) + "&");
}

void ScriptedProvider::send(HttpId, HttpRequest request, std::move_only_function<void(HttpOutcome)> done)
{
  Asked& one = asked.emplace_back(request.url, std::string(request.body.reveal()));
  for (const HttpField& field : request.fields) one.fields[field.name] = field.value.reveal();
  waiting_.push_back(std::move(done));
}

void ScriptedProvider::answer(HttpOutcome outcome)
{
  REQUIRE(!waiting_.empty());
  auto done = std::move(waiting_.front());
  waiting_.pop_front();
  done(std::move(outcome));
}

void ScriptedProvider::answer_newest(HttpOutcome outcome)
{
  REQUIRE(!waiting_.empty());
  auto done = std::move(waiting_.back());
  waiting_.pop_back();
  done(std::move(outcome));
}

Result<std::uint16_t> ScriptedBrowser::open(const RedirectAddress& address)
{
  const auto port = address.port ? address.port : std::uint16_t{40000};
  ++users[port];
  return port;
}

void ScriptedBrowser::visit(std::string_view redirect_uri, std::string query)
{
  const auto url = parse_url(redirect_uri);
  REQUIRE(url.has_value());
  const auto port = static_cast<std::uint16_t>(port_of(*url));
  REQUIRE(users[port] > 0);
  BrowserRequest request{.port = port, .method = "GET", .host = {}, .path = url->path, .query = std::move(query)};
  request.host = fmt::format("{}:{}", url->host, port);
  handler_(std::move(request), [this](BrowserPage page) { pages.push_back(std::move(page)); });
}

std::string parameter_of(std::string_view url, std::string_view name)
{
  const auto parsed = parse_url(url);
  REQUIRE(parsed.has_value());
  const auto fields = parse_form(parsed->query.value_or(""));
  REQUIRE(fields.has_value());
  const auto field = std::ranges::find(*fields, name, &FormField::name);
  return field == fields->end() ? std::string() : field->value;
}

void CountingRandom::fill(std::span<std::byte> bytes)
{
  std::ranges::fill(bytes, std::byte{0});
  count_ += 2;  // half of it names an attempt
  std::memcpy(bytes.data(), &count_, std::min(bytes.size(), sizeof count_));
}

Result<MasterKey> BenchKeys::master_key()
{
  if (missing) return fail(*missing);
  return MasterKey{Key(LockedBytes(std::string(kKeyBytes, 'k')))};
}

}  // namespace tokend::test
