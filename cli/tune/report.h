#pragma once
// What wafcheck tune prints.

#include <cstdint>
#include <string>
#include <string_view>

#include "cli/tune/result.h"

namespace wafcheck::cli::inline tune {

struct TuneView {
  uint64_t explain = 0;   ///< the exclusion whose requests are shown; 0: none
  bool files = false;     ///< show what would be written
  bool requests = false;  ///< also those that each exclusion frees, in JSON
  std::string migration;  ///< JSON of what became of old exclusions; empty: none were named
};

struct TuneFormat {
  std::string_view name;
  std::string_view doc;
  std::string (*write)(const TuneResult& result, const TuneView& view);
  bool page = false;  ///< for a browser, not for a terminal
};

std::string tune_text(const TuneResult& result, const TuneView& view);
std::string tune_json(const TuneResult& result, const TuneView& view);
std::string tune_markdown(const TuneResult& result, const TuneView& view);
std::string tune_page(const TuneResult& result, const TuneView& view);

inline constexpr TuneFormat kTuneFormats[] = {
    {"text", "what was found, for people", tune_text},
    {"json", "one document", tune_json},
    {"markdown", "tables, for a review", tune_markdown},
    {"html", "a page to look at", tune_page, true},
};

}  // namespace wafcheck::cli::inline tune
