#include "tests/catch.hpp"
#include "tests/provider_double/conversation.hpp"

using namespace tokend::provider_double;

namespace {

constexpr std::string_view kGrantType = "urn:ietf:params:oauth:grant-type:device_code";

struct Device {
  Conversation conversation;
  Response started = conversation.post("/device_authorization", {{"scope", "profile"}});

  Response poll()
  {
    return conversation.post(
        "/token", {{"grant_type", std::string(kGrantType)}, {"device_code", member(started, "device_code")}});
  }
  Response decide(std::string decision)
  {
    return conversation.post("/device",
                             {{"user_code", member(started, "user_code")}, {"decision", std::move(decision)}});
  }
};

}  // namespace

TEST_CASE("a device waits for its user, then gets tokens once")
{
  Device device;
  CHECK(member(device.poll(), "error") == "authorization_pending");
  CHECK(device.decide("allow").status == 200);
  device.conversation.provider.clock.advance(Seconds{5});
  const auto answer = device.poll();
  CHECK(answer.status == 200);
  CHECK_FALSE(member(answer, "refresh_token").empty());
  device.conversation.provider.clock.advance(Seconds{5});
  CHECK(member(device.poll(), "error") == "invalid_grant");
}

TEST_CASE("a device that polls too fast is told to slow down, and its interval grows")
{
  Device device;
  device.poll();
  CHECK(member(device.poll(), "error") == "slow_down");
  device.conversation.provider.clock.advance(Seconds{6});
  CHECK(member(device.poll(), "error") == "slow_down");
  device.conversation.provider.clock.advance(Seconds{15});
  CHECK(member(device.poll(), "error") == "authorization_pending");
}

TEST_CASE("a device is told that its user said no, or that nobody came")
{
  Device denied;
  denied.decide("deny");
  CHECK(member(denied.poll(), "error") == "access_denied");
  Device forgotten;
  forgotten.conversation.provider.clock.advance(Seconds{600});
  CHECK(member(forgotten.poll(), "error") == "expired_token");
}

TEST_CASE("a user code is typed without dash and in any case, and counts once")
{
  Device device;
  auto code = member(device.started, "user_code");
  code.erase(code.find('-'), 1);
  for (auto& c : code) c = static_cast<char>(c + 32);
  const Form yes = {{"user_code", code}, {"decision", "allow"}};
  CHECK(device.conversation.post("/device", yes).status == 200);
  CHECK(device.conversation.post("/device", yes).status == 400);
}
