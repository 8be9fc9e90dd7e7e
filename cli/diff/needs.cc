#include "cli/diff/needs.h"

#include <map>
#include <string>
#include <string_view>

#include "lint/analysis/engines.h"
#include "lint/checks/check.h"

namespace wafcheck::cli::inline diff {
namespace {

constexpr std::string_view kOldest[] = {"modsecurity2@2.9.0", "modsecurity3@3.0.0", "coraza@3.0.0"};

/// By message, where the first use stands.
std::map<std::string, parser::Span> words_of(const lint::Analysis& analysis) {
  lint::Options options;
  options.selection.select = {"PORT"};
  options.files = &analysis.files();
  for (const std::string_view engine : kOldest) {
    if (auto target = lint::parse_engine(engine)) options.engines.push_back(std::move(*target));
  }
  std::map<std::string, parser::Span> words;
  for (const parser::Diagnostic& finding : lint::run_checks(analysis.ruleset, options)) {
    if (!finding.until.empty()) words.emplace(finding.message, finding.span);
  }
  return words;
}

}  // namespace

std::vector<Need> new_needs(const lint::Analysis& old, const lint::Analysis& now) {
  std::vector<Need> needs;
  const auto before = words_of(old);
  for (const auto& [text, span] : words_of(now)) {
    if (!before.contains(text)) needs.push_back({text, span});
  }
  return needs;
}

}  // namespace wafcheck::cli::inline diff
