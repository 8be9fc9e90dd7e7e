#pragma once
// lint --fix of all the rulesets that inputs hold, and of rules inside other files.

#include <cstddef>
#include <string>
#include <vector>

#include "formats/embedded/files.h"
#include "lint/checks/check.h"
#include "lint/fixes/fixes.h"
#include "lint/report/combined.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::cli {

struct FixedRules {
  std::vector<lint::LintedRuleset> rulesets;  ///< as they are now, with the findings that are left
  std::vector<lint::FixedFile> files;         ///< whole files, in the order they were changed
  size_t count = 0;                           ///< findings that were fixed
  std::vector<std::string> dropped;           ///< files whose fixes would cause new errors
  std::vector<std::string> unwritable;        ///< files that cannot hold their rules as fixed
};

/// Loads and lints each ruleset.
std::vector<lint::LintedRuleset> examine_rulesets(
    const std::vector<formats::NamedRuleset>& rulesets, parser::FileSystem& files,
    parser::LoadOptions load, lint::Options options);

/// Fixes one ruleset after the other. What is changed is put into `files` and not written.
FixedRules fix_rules(const std::vector<std::string>& inputs, lint::Overlay& files,
                     const parser::LoadOptions& load, lint::Options options, bool unsafe);

}  // namespace wafcheck::cli
