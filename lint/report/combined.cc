#include "lint/report/combined.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "lint/report/whole_files.h"

namespace wafcheck::lint::inline report {
Combined combined(const std::vector<LintedRuleset>& rulesets) {
  Combined all;
  std::map<std::string, parser::FileId> ids;
  std::set<parser::FileId> files;
  std::set<std::pair<parser::FileId, uint32_t>> rules;
  for (const LintedRuleset& each : rulesets) {
    WholeFiles whole(each.ruleset.sources, all.sources, ids);
    std::set<parser::FileId> context;
    for (const parser::LoadedFile& file : each.ruleset.files) {
      if (file.context) {
        context.insert(file.file);
      } else {
        files.insert(whole.span({file.file, 0, 0}).file);
      }
    }
    for (const parser::Rule& rule : each.ruleset.rules) {
      if (context.contains(rule.span.file)) continue;
      const parser::Span at = whole.span(rule.span);
      rules.emplace(at.file, at.begin);
    }
    for (const parser::Diagnostic& finding : each.examination.findings) {
      all.examination.findings.push_back(whole.finding(finding));
    }
    all.examination.suppressed += each.examination.suppressed;
    if (each.examination.fixed) {
      all.examination.fixed = all.examination.fixed.value_or(0) + *each.examination.fixed;
    }
  }
  parser::sort(all.examination.findings);
  all.files = files.size();
  all.rules = rules.size();
  return all;
}

bool needs_combining(const std::vector<LintedRuleset>& rulesets) {
  if (rulesets.size() != 1) return true;
  const parser::Sources& sources = rulesets[0].ruleset.sources;
  for (parser::FileId file = 0; file < sources.size(); ++file) {
    if (sources[file].embedding) return true;
  }
  return false;
}

}  // namespace wafcheck::lint::inline report
