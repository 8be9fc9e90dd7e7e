#pragma once
// The host's log.

#include <cstdint>
#include <string_view>

namespace wafcheck::wasm::inline core {

/// As proxy-wasm numbers them.
enum class LogLevel : uint8_t { trace, debug, info, warn, error, critical };

class Log {
 public:
  virtual ~Log() = default;
  virtual void line(LogLevel level, std::string_view text) = 0;
};

/// Of a rule's severity, 0 (EMERGENCY) to 7 (DEBUG), as coraza-proxy-wasm has it; -1, none, counts
/// as the highest there.
LogLevel level_of(int severity);

}  // namespace wafcheck::wasm::inline core
