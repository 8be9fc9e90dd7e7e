#pragma once
// Files that are built into a module, by the paths that the loader asks for.

#include <span>
#include <string_view>

namespace wafcheck::wasm::inline core {

struct BuiltIn {
  std::string_view name;  ///< from the folder it was taken from
  std::string_view text;
};

/// The recommended configuration and what else wafcheck itself brings.
std::span<const BuiltIn> own_files();
/// OWASP CRS, where the module was built with it; else none.
std::span<const BuiltIn> crs_files();

}  // namespace wafcheck::wasm::inline core
