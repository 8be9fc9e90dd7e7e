#include "wasm/core/built_in.h"

namespace wafcheck::wasm::inline core {

std::span<const BuiltIn> crs_files() {
  return {};
}

}  // namespace wafcheck::wasm::inline core
