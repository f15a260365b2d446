#include "proto/endpoint.hpp"

#include <algorithm>

namespace tokend {
namespace {

// XDG: a path that is not absolute is as good as none.
std::optional<std::string> absolute(const Environment& environment, const char* name)
{
  std::optional<std::string> path = environment.variable(name);
  return path && path->starts_with('/') ? path : std::nullopt;
}

std::optional<std::string> non_empty(const Environment& environment, const char* name)
{
  std::optional<std::string> value = environment.variable(name);
  return value && !value->empty() ? value : std::nullopt;
}

std::string below(std::string directory, std::string_view name)
{
  while (directory.size() > 1 && directory.ends_with('/')) directory.pop_back();
  return (directory == "/" ? "/" : directory + "/").append(name);
}

std::string socket_in_runtime(std::string runtime) { return below(below(std::move(runtime), "tokend"), kSocketName); }

std::string run_user(const Environment& environment) { return "/run/user/" + std::to_string(environment.uid); }

struct Place {
  const char* variable;      // tokend's own
  const char* xdg_variable;  // the base directory
  const char* below_home;    // its default
  const char* system;
  const char* option;
};
constexpr Place kState{"TOKEND_STATE_DIR", "XDG_STATE_HOME", ".local/state", "/var/lib/tokend", "--state-dir"};
constexpr Place kConfig{"TOKEND_CONFIG_DIR", "XDG_CONFIG_HOME", ".config", "/etc/tokend", "--config-dir"};

Result<std::string> directory(const Environment& environment, const std::optional<std::string>& option,
                              Instance instance, const Place& place)
{
  if (option) return *option;
  if (const auto own = non_empty(environment, place.variable)) return *own;
  if (instance == Instance::kSystem) return place.system;
  if (const auto base = absolute(environment, place.xdg_variable)) return below(*base, "tokend");
  const std::string home = absolute(environment, "HOME").value_or(environment.home);
  if (home.empty())
    return fail(
        {.code = ErrorCode::kInternal,
         .reason = std::string("this user has no home directory: give ") + place.option + " or $" + place.variable});
  return below(below(home, place.below_home), "tokend");
}

}  // namespace

std::vector<std::string> socket_candidates(const Environment& environment, const std::optional<std::string>& option,
                                           Instance instance)
{
  if (option) return {*option};
  if (instance == Instance::kSystem) return {std::string(kSystemSocket)};
  const auto named = non_empty(environment, "TOKEND_SOCKET");
  if (named && instance == Instance::kAny) return {*named};
  std::vector<std::string> paths;
  const auto add = [&](std::string path) {
    if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(std::move(path));
  };
  if (const auto runtime = absolute(environment, "XDG_RUNTIME_DIR")) add(socket_in_runtime(*runtime));
  add(socket_in_runtime(run_user(environment)));
  if (const auto state = state_directory(environment, std::nullopt, Instance::kUser)) add(below(*state, kSocketName));
  if (instance == Instance::kAny) add(std::string(kSystemSocket));
  return paths;
}

Result<std::string> state_directory(const Environment& environment, const std::optional<std::string>& option,
                                    Instance instance)
{
  return directory(environment, option, instance, kState);
}

Result<std::string> config_directory(const Environment& environment, const std::optional<std::string>& option,
                                     Instance instance)
{
  return directory(environment, option, instance, kConfig);
}

std::optional<std::string> explicit_socket(const Environment& environment, const std::optional<std::string>& option)
{
  return option ? option : non_empty(environment, "TOKEND_SOCKET");
}

std::optional<std::string> runtime_directory(const Environment& environment, Instance instance)
{
  if (instance == Instance::kSystem) return "/run/tokend";
  for (const auto& runtime : {absolute(environment, "XDG_RUNTIME_DIR"), std::optional(run_user(environment))})
    if (runtime && environment.own_directory(*runtime)) return below(*runtime, "tokend");
  return std::nullopt;
}

std::string default_socket(const Environment& environment, const std::string& state_directory, Instance instance)
{
  return below(runtime_directory(environment, instance).value_or(state_directory), kSocketName);
}

}  // namespace tokend
