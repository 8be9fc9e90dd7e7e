#pragma once
// The rules that ship with wafcheck, as the module itself holds them (cmake/embed.cmake).

#include <span>
#include <string_view>

namespace wafcheck::wasm::playground {

struct ShippedRules {
  std::string_view name;  ///< its path in rules/: "wafcheck/scores.conf"
  std::string_view text;
};

std::span<const ShippedRules> shipped_rules();

}  // namespace wafcheck::wasm::playground
