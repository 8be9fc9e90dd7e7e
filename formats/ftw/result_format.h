#pragma once
// How the results of a test run are written: a row a format.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/ftw/ftw.h"
#include "formats/records/summary.h"

namespace wafcheck::formats::inline ftw {

struct FtwResultFormat {
  std::string_view name;  ///< as --format takes it
  std::string_view doc;   ///< a few words, for help texts
  /// `dropped`: rules that were not there when the tests ran.
  std::string (*write)(const std::vector<FtwResult>& results,
                       const std::vector<DroppedRule>& dropped);
};

std::span<const FtwResultFormat> ftw_result_formats();
const FtwResultFormat* find_ftw_result_format(std::string_view name);  ///< null: there is none

/// The failures, and the line `N passed, N failed, N skipped`.
std::string text_report(const std::vector<FtwResult>& results,
                        const std::vector<DroppedRule>& dropped = {});
/// A workflow command for each failure.
std::string github_report(const std::vector<FtwResult>& results,
                          const std::vector<DroppedRule>& dropped = {});
/// One JSON document.
std::string json_report(const std::vector<FtwResult>& results,
                        const std::vector<DroppedRule>& dropped = {});

}  // namespace wafcheck::formats::inline ftw
