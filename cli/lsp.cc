// wafcheck lsp: findings, meanings and consequences of rules in an editor.

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/command.h"
#include "cli/lsp/session.h"

namespace wafcheck::cli {

std::function<int()> add_lsp(CLI::App& app, Console& console) {
  // Clients say so, and there is no other way.
  auto stdio = std::make_shared<bool>(false);
  app.add_flag("--stdio", *stdio, "Speak over standard input and output, as it does without");
  return [stdio, &console] {
    return lsp::serve(console.in(), console.streams().out, console.options());
  };
}

}  // namespace wafcheck::cli
