// Why a command ended without its result: what it says on stderr and with which code it exits. Everything that can go
// wrong becomes one of these, whether the daemon answered it or the client found it itself.
#pragma once
#include <expected>
#include <string>
#include <string_view>

#include "proto/error.hpp"

namespace tokend::client {

// Of interface.md's list; those that an Error stands for come from names_of(code).exit_code.
namespace exit_code {
inline constexpr int kDone = 0, kUnexpected = 1, kUsage = 2, kLoginNeeded = 3, kUnreachable = 4, kUnavailable = 5,
                     kDenied = 6, kLocked = 7, kUnknown = 8, kRefused = 9, kInterrupted = 130;
// Where the exit code is another program's: failures of our own, as env and timeout have them.
inline constexpr int kOwn = 125, kNotExecutable = 126, kNotFound = 127;
}  // namespace exit_code

struct Failure {
  int exit = exit_code::kUnexpected;
  std::string error;   // snake_case, for programs
  std::string reason;  // a sentence without a full stop
  std::string account = {};
  std::string cause = {};
  std::string next = {};  // a command, or what to do
};

template <class T> using Outcome = std::expected<T, Failure>;

Failure failure_of(const Error&);  // what the daemon answered
inline Failure usage(std::string reason, std::string next = "")
{
  return {.exit = exit_code::kUsage, .error = "usage", .reason = std::move(reason), .next = std::move(next)};
}
inline std::unexpected<Failure> failed(Failure failure) { return std::unexpected(std::move(failure)); }

// One line for people: account, cause, next command. Safe for a terminal.
std::string sentence_of(const Failure&);
// {"error","exit","account","cause","reason","next"}; what is empty is left out.
std::string json_of(const Failure&);

}  // namespace tokend::client
