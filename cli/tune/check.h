#pragma once
// Exclusions that exist, judged on traffic: which have no use, which have no effect, and which are
// wider than what they are used for.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/console.h"
#include "cli/tune/tuner.h"

namespace wafcheck::cli::inline tune {

enum class ExclusionVerdict : uint8_t {
  used,
  unused,  ///< what it excludes does not match on this traffic
  void_,   ///< the rule matches all the same
  wider,   ///< something narrower has the same effect on this traffic
};
std::string_view to_string(ExclusionVerdict verdict);

struct CheckedExclusion {
  std::string file;
  uint32_t line = 0;
  std::string text;  ///< the ctl, or the arguments of the directive, as written
  ExclusionVerdict verdict = ExclusionVerdict::used;
  std::string reason;  ///< empty: it is used
};

/// Runs the traffic with and without the exclusions that `files` hold. Nothing, with the reason
/// printed, where the question could not be answered.
std::optional<std::vector<CheckedExclusion>> check_exclusions(
    const TunePlan& plan, const std::vector<ExclusionFile>& files, Console& console);

std::string checked_text(const std::vector<CheckedExclusion>& checked);
std::string checked_json(const std::vector<CheckedExclusion>& checked);
std::string checked_markdown(const std::vector<CheckedExclusion>& checked);

}  // namespace wafcheck::cli::inline tune
