#pragma once
// The options of every command that hides what is private: --show-secrets, --mask, --mask-json.

#include <string>
#include <vector>

#include "formats/privacy/masks.h"

namespace CLI {
class App;
}

namespace wafcheck::cli {

struct MaskOptions {
  bool show_secrets = false;
  std::vector<std::string> names;
  bool mask_json = false;  ///< hide in JSON, too, which is whole otherwise

  /// `with_json`: whether the command writes JSON that is whole unless --mask-json is given.
  void add_to(CLI::App& app, bool with_json = false);
  formats::Masks masks() const { return formats::Masks(names, show_secrets); }
};

}  // namespace wafcheck::cli
