// Whatever a browser asks for at the redirect port: only an answer with our state is exchanged, once, and nothing that
// was asked for shows up in a Location.
#include <cstddef>
#include <cstdint>
#include <string>

#include "daemon/core/authorization_response.hpp"
#include "daemon/core/base64url.hpp"
#include "daemon/core/login.hpp"
#include "tests/fuzz/check.hpp"

using namespace tokend;
using tokend::fuzz::check;

namespace {

constexpr std::uint16_t kPort = 28765;
constexpr char kStateMark = '\x01';  // in the input: stands for the state, which no fuzzer can guess

Login waiting_login()
{
  login::Plan plan;
  plan.account = "work";
  plan.definition.authorization_endpoint = "https://login.acme.example/authorize";
  plan.definition.token_endpoint = "https://login.acme.example/token";
  plan.definition.redirect_uri = "http://127.0.0.1:28765/cb";
  login::Entropy entropy{};
  entropy.state.fill(std::byte{0x5a});
  Login machine(std::move(plan), entropy);
  machine.handle(login::Started{}, Now{});
  machine.handle(login::RedirectOpened{kPort}, Now{});
  return machine;
}

const std::string& state()
{
  static const std::string kState = base64url_encode(std::string(32, '\x5a'));
  return kState;
}

std::string with_state(std::string_view text)
{
  std::string out;
  for (const char c : text) out += c == kStateMark ? state() : std::string(1, c);
  return out;
}

// What the machine must agree with.
bool is_answer_with_code(std::string_view query)
{
  const auto response = read_authorization_response(query);
  return response && response->state == state() && !response->code.empty();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const std::string query = with_state(fuzz::text_of(data, size));
  Login machine = waiting_login();
  Login* const logins[] = {&machine};
  BrowserRequest request{
      .port = kPort, .method = "GET", .host = "127.0.0.1:28765", .path = "/cb", .query = query, .body = {}};
  int exchanges = 0;
  for (int times = 0; times < 2; ++times) {
    const auto routed = login::route(logins, request);
    const auto* page = std::get_if<BrowserPage>(&routed);
    check(!page || page->location.empty());
    for (const auto& effect : machine.handle(login::BrowserReturned{login::BrowserId{1}, request}, Now{})) {
      exchanges += std::holds_alternative<login::Exchange>(effect) ? 1 : 0;
      const auto* answer = std::get_if<login::AnswerPage>(&effect);
      check(!answer || answer->page.location.empty() || answer->page.location.starts_with("/done/AAAA"));
    }
  }
  check(exchanges == (is_answer_with_code(query) ? 1 : 0));
  machine.handle(login::Pasted{Secret("http://127.0.0.1:28765/cb?" + query)}, Now{});
  return 0;
}
