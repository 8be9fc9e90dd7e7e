#pragma once
#include <expected>
#include <string>

namespace wafcheck {

/// An error below the level of source places. `at` is a byte offset into the text that was handed
/// in, where one is known.
struct Error {
  std::string message;
  size_t at = 0;
};

template <typename T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(std::string message, size_t at = 0) {
  return std::unexpected(Error{std::move(message), at});
}

}  // namespace wafcheck
