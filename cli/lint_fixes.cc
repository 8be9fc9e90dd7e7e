#include "cli/lint_fixes.h"

#include <algorithm>
#include <utility>

namespace wafcheck::cli {
namespace {

class RulesetFixer {
 public:
  RulesetFixer(const std::vector<std::string>& inputs, lint::Overlay& files,
               const parser::LoadOptions& load, lint::Options options, bool unsafe)
      : inputs_(inputs),
        files_(files),
        load_(load),
        options_(std::move(options)),
        unsafe_(unsafe) {}

  FixedRules run() {
    const size_t count = formats::EmbeddedFiles(files_).rulesets(inputs_).rulesets.size();
    for (size_t i = 0; i < count; ++i) {
      // What the fixes of an earlier ruleset changed is read as it is now.
      formats::EmbeddedFiles now(files_);
      const auto rulesets = now.rulesets(inputs_).rulesets;
      const auto read = [&](parser::FileSystem& through) {
        parser::LoadOptions with = load_;
        with.files = &through;
        return parser::load_model(rulesets[i].inputs, with);
      };
      lint::Fixed fixed = lint::fix(now, read, options_, unsafe_);
      for (const lint::FixedFile& file : fixed.files) take(file, now.text(file.path) != nullptr);
      for (const std::string& path : fixed.dropped) add_name(out_.dropped, now.file_of(path));
      out_.rulesets.push_back({std::move(fixed.ruleset), std::move(fixed.left)});
    }
    if (embedded_changed_) examine_again();
    for (lint::LintedRuleset& each : out_.rulesets) each.examination.fixed = 0;
    if (!out_.rulesets.empty()) out_.rulesets[0].examination.fixed = out_.count;
    return std::move(out_);
  }

 private:
  void take(const lint::FixedFile& file, bool embedded) {
    if (!embedded) return put(file.path, file.before, file.after, file.fixed);
    embedded_changed_ = true;
    // Other texts of the same file may have been rewritten before this one.
    formats::EmbeddedFiles now(files_);
    static_cast<void>(now.rulesets(inputs_));
    const std::string around = now.file_of(file.path);
    const std::optional<std::string> rewritten = now.rewritten(file.path, file.after);
    if (!rewritten) return add_name(out_.unwritable, around);
    put(around, files_.read(around).value_or(""), *rewritten, file.fixed);
  }

  void put(const std::string& path, const std::string& before, const std::string& after,
           size_t count) {
    files_.put(path, after);
    out_.count += count;
    const auto known = std::ranges::find(out_.files, path, &lint::FixedFile::path);
    if (known == out_.files.end()) {
      out_.files.push_back({path, before, after, count});
    } else {
      known->after = after;
      known->fixed += count;
    }
  }

  static void add_name(std::vector<std::string>& names, const std::string& name) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }

  /// Places are to be those in the files as they are now.
  void examine_again() {
    formats::EmbeddedFiles now(files_);
    const auto rulesets = now.rulesets(inputs_).rulesets;
    out_.rulesets = examine_rulesets(rulesets, now, load_, options_);
  }

  const std::vector<std::string>& inputs_;
  lint::Overlay& files_;
  const parser::LoadOptions& load_;
  lint::Options options_;
  const bool unsafe_;
  FixedRules out_;
  bool embedded_changed_ = false;
};

}  // namespace

std::vector<lint::LintedRuleset> examine_rulesets(
    const std::vector<formats::NamedRuleset>& rulesets, parser::FileSystem& files,
    parser::LoadOptions load, lint::Options options) {
  std::vector<lint::LintedRuleset> linted;
  load.files = options.files = &files;
  for (const formats::NamedRuleset& each : rulesets) {
    parser::RulesetModel ruleset = parser::load_model(each.inputs, load);
    lint::Examination examination = lint::examine(ruleset, options);
    linted.push_back({std::move(ruleset), std::move(examination)});
  }
  return linted;
}

FixedRules fix_rules(const std::vector<std::string>& inputs, lint::Overlay& files,
                     const parser::LoadOptions& load, lint::Options options, bool unsafe) {
  return RulesetFixer(inputs, files, load, std::move(options), unsafe).run();
}

}  // namespace wafcheck::cli
