#include "wasm/core/log.h"

namespace wafcheck::wasm::inline core {

LogLevel level_of(int severity) {
  constexpr LogLevel kLevels[] = {LogLevel::critical, LogLevel::critical, LogLevel::critical,
                                  LogLevel::error,    LogLevel::warn,     LogLevel::info,
                                  LogLevel::info,     LogLevel::debug};
  return severity < 0 || severity > 7 ? LogLevel::critical : kLevels[severity];
}

}  // namespace wafcheck::wasm::inline core
