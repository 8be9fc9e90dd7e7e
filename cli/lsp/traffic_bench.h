#pragma once
// Traffic that the user has pinned, run through a ruleset as it stands in the editor.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/program.h"

namespace wafcheck::cli::lsp {

/// What rules decide about each transaction of a file, in order.
struct Verdicts {
  std::vector<std::string> decisions;  ///< "pass", "deny"; as `wafcheck replay` has them
  std::vector<bool> interrupted;       ///< or would have been, in DetectionOnly
  size_t unreadable = 0;               ///< entries
  std::string fault;                   ///< why there are no verdicts; empty: there are
};

/// Runs transactions until `cancelled` says so. `bytes`: a file in any format of replay.
Verdicts run_traffic(std::shared_ptr<const engine::Program> program, const std::string& path,
                     std::string_view bytes, const std::function<bool()>& cancelled);

/// "good.har: 12 transactions, 3 blocked; 1 other than as saved (entry 4: pass, now deny)".
std::string traffic_title(std::string_view path, const Verdicts& now, const Verdicts& saved);

}  // namespace wafcheck::cli::lsp
