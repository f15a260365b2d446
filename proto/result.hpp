// Result<T>: an outcome that the caller must handle. Exceptions are for a broken machine only.
#pragma once
#include <expected>
#include <string>
#include <utility>

#include "proto/error.hpp"

namespace tokend {

template <class T> using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(ErrorCode code, std::string reason)
{
  return std::unexpected(Error{.code = code, .reason = std::move(reason)});
}

inline std::unexpected<Error> fail(Error error) { return std::unexpected(std::move(error)); }

}  // namespace tokend
