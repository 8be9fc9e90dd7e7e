#pragma once
// The plugin's configuration, in the JSON that coraza-proxy-wasm reads.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parser/base/result.h"

namespace wafcheck::wasm::inline proxy {

struct Configuration {
  using Names = std::vector<std::pair<std::string, std::string>>;  ///< in the order of the text

  Names directives;          ///< a set's name, and its directives a line each
  std::string standard;      ///< the set for all other authorities; empty: there is none
  Names per_authority;       ///< an authority and the name of its set
  Names metric_labels;       ///< in the names of metrics about interruptions
  bool is_outdated = false;  ///< written with the older key "rules"

  /// What a set holds; null: there is no set of that name.
  const std::string* find(std::string_view name) const;
};

/// An error for what is no such JSON, a key that is unknown or there twice, and a set that is named
/// and not there.
Result<Configuration> read_configuration(std::string_view json);

}  // namespace wafcheck::wasm::inline proxy
