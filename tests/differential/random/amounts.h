#pragma once
// How much is compared, from the command line.

#include <fmt/core.h>

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <string_view>
#include <utility>

namespace wafcheck::differential {

/// Reads `--name NUMBER` pairs; false, with the reason printed, where one is something else.
inline bool read_amounts(int argc, char** argv,
                         std::initializer_list<std::pair<std::string_view, uint64_t*>> amounts) {
  for (int at = 1; at < argc; at += 2) {
    const std::string_view option = argv[at];
    const std::string_view text = at + 1 < argc ? argv[at + 1] : "";
    uint64_t* amount = nullptr;
    for (const auto& [name, value] : amounts) {
      if (name == option) amount = value;
    }
    if (amount == nullptr) {
      fmt::print(stderr, "there is no option {}\n", option);
      return false;
    }
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *amount);
    if (error != std::errc() || end != text.data() + text.size()) {
      fmt::print(stderr, "{} takes a number, got \"{}\"\n", option, text);
      return false;
    }
  }
  return true;
}

}  // namespace wafcheck::differential
