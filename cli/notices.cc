#include "cli/notices.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace wafcheck::cli {
namespace {

using parser::Directive;
using parser::Support;

class Notes {
 public:
  explicit Notes(const parser::Ruleset& ruleset) : ruleset_(ruleset) {}

  std::vector<std::string> all() {
    for (const parser::Rule& rule : ruleset_.rules) {
      if (!rule.removed()) read(rule);
    }
    for (const parser::Setting& setting : ruleset_.settings) read(setting);
    if (!settings_.empty())
      notes_.push_back(fmt::format("no effect without a server: {}", settings_));
    return std::move(notes_);
  }

 private:
  std::string place(const parser::Span& span) const {
    return fmt::format("{}:{}", ruleset_.sources[span.file].path,
                       ruleset_.sources.begin_of(span).line);
  }

  void note(const parser::Span& span, const std::string& word, std::string_view why) {
    if (!told_.insert(word).second) return;
    notes_.push_back(fmt::format("{}: {} is not evaluated offline: {}", place(span), word, why));
  }

  void read(const parser::Rule& rule) {
    if (rule.kind == parser::RuleKind::script) {
      note(rule.name_span, "SecRuleScript", parser::info(Directive::SecRuleScript).doc);
    } else if (const parser::OperatorInfo& row = parser::info(rule.op.id);
               row.support == Support::Noted) {
      note(rule.op.span, fmt::format("@{}", row.name), row.doc);
    }
    const bool no_database = std::ranges::none_of(
        ruleset_.settings,
        [](const parser::Setting& setting) { return setting.id == Directive::SecGeoLookupDb; });
    if (rule.op.id == parser::Operator::geoLookup && no_database) {
      note(rule.op.span, "@geoLookup", "no SecGeoLookupDb names a database.");
    }
    for (const parser::Target& target : rule.targets) {
      const parser::VariableInfo& row = parser::info(target.variable);
      if (row.support == Support::Noted && !target.excluded)
        note(target.span, std::string(row.name), row.doc);
    }
    for (const parser::ActionUse* use : rule.effective) {
      const parser::ActionInfo& row = parser::info(use->id);
      if (row.support == Support::Noted) note(use->span, std::string(row.name), row.doc);
      const auto* control = std::get_if<parser::CtlUse>(&use->value);
      if (control == nullptr) continue;
      const parser::CtlInfo& option = parser::info(control->option);
      if (option.support == Support::Noted)
        note(use->span, fmt::format("ctl:{}", option.name), option.doc);
    }
  }

  void read(const parser::Setting& setting) {
    const parser::DirectiveInfo& row = parser::info(setting.id);
    if (row.support != Support::Noted) return;
    if (setting.id == Directive::SecRemoteRules)
      return note(setting.span, std::string(row.name), row.doc);
    if (!told_.insert(std::string(row.name)).second) return;
    settings_ +=
        fmt::format("{}{} ({})", settings_.empty() ? "" : ", ", row.name, place(setting.span));
  }

  const parser::Ruleset& ruleset_;
  std::set<std::string> told_;
  std::vector<std::string> notes_;
  std::string settings_;
};

}  // namespace

std::vector<std::string> offline_notes(const parser::Ruleset& ruleset) {
  return Notes(ruleset).all();
}

void RunNotices::collect(std::span<const engine::Problem> problems) {
  for (const engine::Problem& problem : problems) {
    const bool error = problem.kind == "state";
    if (!error && problem.kind != "pinned" && problem.kind != "collection") continue;
    const std::lock_guard lock(mutex_);
    (error ? errors_ : notes_).insert(problem.message);
  }
}

bool RunNotices::print(std::ostream& err, bool quiet) const {
  const std::lock_guard lock(mutex_);
  for (const std::string& note : notes_) {
    if (!quiet) err << "wafcheck: note: " << note << '\n';
  }
  for (const std::string& error : errors_) err << "wafcheck: error: " << error << '\n';
  return errors_.empty();
}

}  // namespace wafcheck::cli
