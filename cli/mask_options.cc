#include "cli/mask_options.h"

#include <CLI/CLI.hpp>

namespace wafcheck::cli {

void MaskOptions::add_to(CLI::App& app, bool with_json) {
  app.add_flag("--show-secrets", show_secrets,
               "Show cookies, credentials, values of names like \"password\", and tokens")
      ->group("Privacy");
  app.add_option("--mask", names, "Hide also the values of this name (repeatable)")
      ->type_name("NAME")
      ->group("Privacy");
  if (!with_json) return;
  app.add_flag("--mask-json", mask_json, "Hide them in JSON, too")->group("Privacy");
}

}  // namespace wafcheck::cli
