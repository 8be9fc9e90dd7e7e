#pragma once
// The files that exclusions are written to, with a comment on each.

#include <string>
#include <string_view>
#include <vector>

#include "cli/tune/lock.h"
#include "cli/tune/result.h"

namespace wafcheck::cli::inline tune {

inline constexpr std::string_view kBeforeName = "REQUEST-900-EXCLUSION-RULES-BEFORE-CRS.conf";
inline constexpr std::string_view kAfterName = "RESPONSE-999-EXCLUSION-RULES-AFTER-CRS.conf";

/// Whether the bytes of a file were written by wafcheck tune, so that it may replace them.
bool is_own_file(std::string_view bytes);

/// Gives each proposal its id, its rule or directive, and its file; exclusions of one group share a
/// rule, and stand next to one another afterwards.
void arrange(std::vector<Proposal>& proposals, IdLock& ids, const std::string& before_file,
             const std::string& after_file);

/// What a file holds: of the arranged proposals those that belong there.
std::string file_text(const TuneResult& result, const std::string& file);

}  // namespace wafcheck::cli::inline tune
