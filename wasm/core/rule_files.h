#pragma once
// The files that rules may name: what is built in, and the texts of the configuration.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "parser/ruleset.h"
#include "wasm/core/built_in.h"

namespace wafcheck::wasm::inline core {

/// Where the loader looks for @owasp_crs and @crs-setup-conf, and for @recommended-conf.
inline constexpr std::string_view kCrs = "@crs";
inline constexpr std::string_view kOwn = "@wafcheck";

class RuleFiles : public parser::FileSystem {
 public:
  RuleFiles();
  /// A text of the configuration under a name that errors and logs show.
  void add(std::string name, std::string text) { texts_[std::move(name)] = std::move(text); }

  Result<std::string> read(const std::string& path) override;
  bool is_directory(const std::string& path) override;
  std::vector<std::string> glob(const std::string& pattern) override;
  std::string canonical(const std::string& path) override { return path; }

 private:
  std::map<std::string, std::string_view, std::less<>> built_in_;
  std::map<std::string, std::string, std::less<>> texts_;
};

}  // namespace wafcheck::wasm::inline core
