// The enumerations of io.tokend.Broker and their spelling. A name that this version does not know is no value: readers
// say so, they never guess.
#pragma once
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "proto/flow.hpp"

namespace tokend::wire {

enum class State { kSignedOut, kSigningIn, kIdle, kFresh, kRefreshing, kBackingOff, kNeedsLogin };
enum class Stage { kOpenBrowser, kEnterCode, kWaiting, kChoose, kDone };
enum class TokenKind { kAccess, kId };
enum class DaemonState { kOk, kDegraded, kLocked, kReadOnly };
// What an Event tells: first kSnapshot once per account, then kSynced, then what happens.
enum class EventKind {
  kSnapshot,
  kSynced,
  kState,
  kRefreshed,
  kRejected,
  kAgeing,
  kAdded,
  kUpdated,
  kRemoved,
  kDaemon
};

// In the order of the enumerators.
template <class Enum> inline constexpr std::array<std::string_view, 0> kNames{};
template <>
inline constexpr std::array<std::string_view, 3> kNames<Flow>{name_of(Flow::kCode), name_of(Flow::kDevice),
                                                              name_of(Flow::kClientCredentials)};
template <>
inline constexpr std::array<std::string_view, 7> kNames<State>{"signed_out", "signing_in",  "idle",       "fresh",
                                                               "refreshing", "backing_off", "needs_login"};
template <>
inline constexpr std::array<std::string_view, 5> kNames<Stage>{"open_browser", "enter_code", "waiting", "choose",
                                                               "done"};
template <> inline constexpr std::array<std::string_view, 2> kNames<TokenKind>{"access", "id"};
template <>
inline constexpr std::array<std::string_view, 4> kNames<DaemonState>{"ok", "degraded", "locked", "read_only"};
template <>
inline constexpr std::array<std::string_view, 10> kNames<EventKind>{
    "snapshot", "synced", "state", "refreshed", "rejected", "ageing", "added", "updated", "removed", "daemon"};

template <class Enum>
  requires(!kNames<Enum>.empty())
constexpr std::string_view name_of(Enum value)
{
  return kNames<Enum>[static_cast<std::size_t>(std::to_underlying(value))];
}

template <class Enum>
  requires(!kNames<Enum>.empty())
constexpr std::optional<Enum> from_name(std::string_view name)
{
  for (std::size_t i = 0; i < kNames<Enum>.size(); ++i)
    if (kNames<Enum>[i] == name) return static_cast<Enum>(i);
  return std::nullopt;
}

}  // namespace tokend::wire
