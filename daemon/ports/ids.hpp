// Numbers that name rows and exchanges. Distinct types, so that one cannot be passed for another.
#pragma once
#include <cstdint>

namespace tokend {

enum class AccountId : std::int64_t {};
enum class GrantId : std::int64_t {};
enum class ClientId : std::int64_t {};    // a registration at a provider: the row that owns a client secret
enum class AttemptId : std::int64_t {};   // random; one exchange at a token endpoint
enum class Generation : std::int64_t {};  // of a grant's credential; grows by one with every saved exchange

template <class Id> constexpr std::int64_t number(Id id) { return static_cast<std::int64_t>(id); }

constexpr Generation next(Generation g) { return Generation{number(g) + 1}; }

}  // namespace tokend
