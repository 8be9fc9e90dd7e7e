#pragma once
// Addresses as hosts tell them.

#include <cstdint>
#include <string>
#include <string_view>

namespace wafcheck::wasm::inline core {

struct Address {
  std::string ip;
  uint16_t port = 0;  ///< 0: it has none
};

/// "192.0.2.1:8080", "[2001:db8::1]:8080", or an address alone.
Address parse_address(std::string_view text);

}  // namespace wafcheck::wasm::inline core
