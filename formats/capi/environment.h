#pragma once
// What is set for the library from outside of a server's configuration.

#include <cstdlib>
#include <string_view>

namespace wafcheck::formats::inline capi {

/// A variable of the environment; empty: it is not set.
inline std::string_view environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

}  // namespace wafcheck::formats::inline capi
