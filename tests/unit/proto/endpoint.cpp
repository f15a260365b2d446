#include "proto/endpoint.hpp"

#include <map>
#include <set>

#include "tests/catch.hpp"

using namespace tokend;

namespace {

using Variables = std::map<std::string, std::string>;
using Paths = std::vector<std::string>;

Environment environment(Variables variables, std::set<std::string> own = {})
{
  const auto look_up = [variables](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  return {.uid = 1000, .home = "/home/ana", .variable = look_up, .own_directory = [own](const std::string& path) {
            return own.contains(path);
          }};
}

const std::string kUserSocket = "/run/user/1000/tokend/io.tokend.Broker";
const std::string kStateSocket = "/home/ana/.local/state/tokend/io.tokend.Broker";

}  // namespace

TEST_CASE("the client tries the user's sockets, then the system's")
{
  CHECK(socket_candidates(environment({}), {}, Instance::kAny) ==
        Paths{kUserSocket, kStateSocket, "/run/tokend/io.tokend.Broker"});
  CHECK(socket_candidates(environment({{"XDG_RUNTIME_DIR", "/tmp/run"}}), {}, Instance::kAny).front() ==
        "/tmp/run/tokend/io.tokend.Broker");
  CHECK(socket_candidates(environment({{"XDG_RUNTIME_DIR", "/run/user/1000/"}}), {}, Instance::kAny) ==
        Paths{kUserSocket, kStateSocket, "/run/tokend/io.tokend.Broker"});
  CHECK(socket_candidates(environment({{"TOKEND_STATE_DIR", "/s"}}), {}, Instance::kAny)[1] == "/s/io.tokend.Broker");
}

TEST_CASE("a socket that was named stands alone")
{
  CHECK(socket_candidates(environment({{"TOKEND_SOCKET", "/e"}}), "/o", Instance::kAny) == Paths{"/o"});
  CHECK(socket_candidates(environment({{"TOKEND_SOCKET", "/e"}}), {}, Instance::kAny) == Paths{"/e"});
  CHECK(socket_candidates(environment({{"TOKEND_SOCKET", ""}}), {}, Instance::kAny).size() == 3);
}

TEST_CASE("the client's instance can be forced")
{
  CHECK(socket_candidates(environment({{"TOKEND_SOCKET", "/e"}}), {}, Instance::kSystem) ==
        Paths{"/run/tokend/io.tokend.Broker"});
  CHECK(socket_candidates(environment({{"TOKEND_SOCKET", "/e"}}), {}, Instance::kUser) ==
        Paths{kUserSocket, kStateSocket});
}

TEST_CASE("the state directory is the first that is named")
{
  const Variables all{{"TOKEND_STATE_DIR", "/t"}, {"XDG_STATE_HOME", "/x"}, {"HOME", "/h"}};
  const Variables xdg{{"XDG_STATE_HOME", "/x"}, {"HOME", "/h"}};
  CHECK(state_directory(environment(all), "/o", Instance::kUser) == "/o");
  CHECK(state_directory(environment(all), {}, Instance::kUser) == "/t");
  CHECK(state_directory(environment(xdg), {}, Instance::kUser) == "/x/tokend");
  CHECK(state_directory(environment({{"HOME", "/h"}}), {}, Instance::kUser) == "/h/.local/state/tokend");
  CHECK(state_directory(environment({}), {}, Instance::kUser) == "/home/ana/.local/state/tokend");
  CHECK(state_directory(environment(xdg), {}, Instance::kSystem) == "/var/lib/tokend");
}

TEST_CASE("the configuration directory is found alike")
{
  CHECK(config_directory(environment({{"TOKEND_CONFIG_DIR", "/t"}}), {}, Instance::kUser) == "/t");
  CHECK(config_directory(environment({{"XDG_CONFIG_HOME", "/x"}}), {}, Instance::kUser) == "/x/tokend");
  CHECK(config_directory(environment({}), {}, Instance::kUser) == "/home/ana/.config/tokend");
  CHECK(config_directory(environment({}), {}, Instance::kSystem) == "/etc/tokend");
}

TEST_CASE("a base directory that is not absolute is none")
{
  CHECK(state_directory(environment({{"XDG_STATE_HOME", "relative"}}), {}, Instance::kUser) ==
        "/home/ana/.local/state/tokend");
  CHECK(socket_candidates(environment({{"XDG_RUNTIME_DIR", "run"}}), {}, Instance::kUser).front() == kUserSocket);
}

TEST_CASE("a user without a home must say where to keep things")
{
  Environment homeless = environment({});
  homeless.home.clear();
  const auto directory = state_directory(homeless, {}, Instance::kUser);
  REQUIRE_FALSE(directory);
  CHECK(directory.error().reason.find("--state-dir") != std::string::npos);
}

TEST_CASE("the daemon's socket is in the runtime directory where that is ours, else with the state")
{
  CHECK(default_socket(environment({{"XDG_RUNTIME_DIR", "/r"}}, {"/r"}), "/s", Instance::kUser) ==
        "/r/tokend/io.tokend.Broker");
  CHECK(default_socket(environment({{"XDG_RUNTIME_DIR", "/r"}}, {"/run/user/1000"}), "/s", Instance::kUser) ==
        kUserSocket);
  CHECK(default_socket(environment({}), "/s", Instance::kUser) == "/s/io.tokend.Broker");
  CHECK(default_socket(environment({}), "/s", Instance::kSystem) == "/run/tokend/io.tokend.Broker");
  CHECK(explicit_socket(environment({{"TOKEND_SOCKET", "/e"}}), "/o") == "/o");
  CHECK(explicit_socket(environment({{"TOKEND_SOCKET", "/e"}}), {}) == "/e");
  CHECK_FALSE(explicit_socket(environment({}), {}));
}
