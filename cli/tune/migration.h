#pragma once
// Exclusions for one version of a ruleset carried over to another: rules found again, what has no
// rule any more or no use named, and the file rewritten.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/console.h"
#include "cli/tune/tuner.h"
#include "cli/tune/workbench.h"

namespace wafcheck::cli::inline tune {

/// What became of an exclusion.
enum class Fate : uint8_t {
  kept,
  no_rule,       ///< the new rules have none that it is about
  no_effect,     ///< the engine does not honour it, or it comes too late
  no_use,        ///< what it excludes does not match on this traffic
  no_exclusion,  ///< it excludes no rule and no target: it stays as it is
};
std::string_view to_string(Fate fate);

struct MigratedExclusion {
  std::string file;
  uint32_t line = 0;
  std::string text;    ///< as it is written
  std::string became;  ///< where that is something else
  Fate fate = Fate::kept;
  std::string reason;
};

/// A rule of the old ruleset that has another id in the new one.
struct Renumbered {
  uint64_t before = 0, after = 0;
};

struct Migration {
  std::vector<MigratedExclusion> exclusions;  ///< all of them, then what else the files hold
  std::vector<Renumbered> renumbered;         ///< rules that exclusions name
  std::vector<ExclusionFile> files;           ///< rewritten; what is not kept stands in comments
};

/// `plan` names the new rules. Nothing, with the reason printed, where something does not load.
std::optional<Migration> migrate(const TunePlan& plan, const std::vector<std::string>& old_rules,
                                 const std::vector<std::string>& exclusions, Console& console);

std::string migration_text(const Migration& migration);
/// An object.
std::string migration_json(const Migration& migration);
std::string migration_markdown(const Migration& migration);

}  // namespace wafcheck::cli::inline tune
