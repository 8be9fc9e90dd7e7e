#include "cli/notices.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "parser/base/ascii.h"
#include "parser/language/semantics.h"
#include "parser/ruleset/files.h"

namespace wafcheck::cli {
namespace {

using parser::Directive;
using parser::Support;

class Notes {
 public:
  Notes(const parser::RulesetModel& ruleset, bool scripts_run, bool idle_too)
      : ruleset_(ruleset), scripts_run_(scripts_run), idle_too_(idle_too) {}

  std::vector<std::string> all() {
    for (const parser::Rule& rule : ruleset_.rules) {
      if (!rule.removed()) read(rule);
    }
    for (const parser::Setting& setting : ruleset_.settings) read(setting);
    if (!settings_.empty())
      notes_.push_back(fmt::format("no effect without a server: {}", settings_));
    if (!idle_.empty() && idle_too_)
      notes_.push_back(fmt::format("no effect on decisions: {}", idle_));
    return std::move(notes_);
  }

 private:
  std::string place(const parser::Span& span) const {
    return fmt::format("{}:{}", ruleset_.sources[span.file].path,
                       ruleset_.sources.begin_of(span).line);
  }

  void note(const parser::Span& span, const std::string& word, std::string_view why) {
    if (!noted_.insert(word).second) return;
    notes_.push_back(fmt::format("{}: {} is not evaluated offline: {}", place(span), word, why));
  }

  void note_script(const parser::Span& span, const std::string& word, std::string_view why) {
    if (!scripts_run_) note(span, word, fmt::format("{} See --allow-scripts.", why));
  }

  void read(const parser::Rule& rule) {
    if (rule.kind == parser::RuleKind::script) {
      note_script(rule.name_span, "SecRuleScript", parser::info(Directive::SecRuleScript).doc);
    } else if (const parser::OperatorInfo& row = parser::info(rule.op.id);
               row.support == Support::Noted) {
      const std::string word = fmt::format("@{}", row.name);
      if (row.id == parser::Operator::inspectFile && parser::is_script(rule.op.argument.view())) {
        note_script(rule.op.span, word, row.doc);
      } else {
        note(rule.op.span, word, row.doc);
      }
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
    if (const parser::ActionUse* jump = rule.find(parser::Action::skipAfter)) {
      const auto here = static_cast<parser::RuleIndex>(&rule - ruleset_.rules.data());
      const bool marked = std::ranges::any_of(ruleset_.markers, [&](const parser::Marker& marker) {
        return marker.before > here && marker.name == jump->word();
      });
      const std::string word = fmt::format("skipAfter:{}", jump->word());
      if (!marked && noted_.insert(word).second) {
        notes_.push_back(fmt::format(
            "{}: {}: no marker of that name follows: where the rule matches, all that is after it "
            "in its phase is skipped",
            place(jump->span), word));
      }
    }
    for (const parser::ActionUse* use : rule.effective) {
      const parser::ActionInfo& row = parser::info(use->id);
      if (use->id == parser::Action::exec && parser::is_script(use->raw)) {
        note_script(use->span, std::string(row.name), row.doc);
      } else if (row.support == Support::Noted) {
        note(use->span, std::string(row.name), row.doc);
      }
      const auto* control = std::get_if<parser::CtlUse>(&use->value);
      if (control == nullptr) continue;
      const parser::CtlInfo& option = parser::info(control->option);
      const std::string word = fmt::format("ctl:{}", option.name);
      if (option.support == Support::Noted) note(use->span, word, option.doc);
      if (option.support == Support::Idle) list(idle_, use->span, word);
    }
  }

  void read(const parser::Setting& setting) {
    const parser::DirectiveInfo& row = parser::info(setting.id);
    const std::string word(row.name);
    // Switched off, it has no effect with a server either.
    const bool off = !setting.arguments.empty() && iequals(setting.arguments[0].view(), "Off");
    if (row.support == Support::Idle || (row.support == Support::Noted && off)) {
      list(idle_, setting.span, word);
    } else if (setting.id == Directive::SecRemoteRules) {
      note(setting.span, word, row.doc);
    } else if (row.support == Support::Noted) {
      list(settings_, setting.span, word);
    }
  }

  void list(std::string& line, const parser::Span& span, const std::string& word) {
    if (!noted_.insert(word).second) return;
    line += fmt::format("{}{} ({})", line.empty() ? "" : ", ", word, place(span));
  }

  const parser::RulesetModel& ruleset_;
  std::set<std::string> noted_;
  std::vector<std::string> notes_;
  bool scripts_run_;
  bool idle_too_;
  std::string settings_, idle_;
};

}  // namespace

bool lacks_rules(const parser::RulesetModel& ruleset) {
  return ruleset.rules.empty() && !ruleset.semantics().empty_ruleset_loads;
}

std::vector<std::string> offline_notes(const parser::RulesetModel& ruleset, bool scripts_run,
                                       bool idle_too) {
  return Notes(ruleset, scripts_run, idle_too).all();
}

void RunNotices::collect(const engine::Transaction& transaction) {
  if (!transaction.uninspected().empty()) {
    const std::lock_guard lock(mutex_);
    uninspected_.add(transaction.uninspected());
  }
  if (transaction.undecided()) {
    const std::lock_guard lock(mutex_);
    ++undecided_;
    for (const engine::Problem& problem : transaction.problems()) {
      if (problem.undecided) limits_.insert(problem.kind);
    }
  }
  for (const engine::Problem& problem : transaction.problems()) {
    const bool error = problem.kind == "state";
    if (!error && problem.kind != "pinned" && problem.kind != "collection") continue;
    const std::lock_guard lock(mutex_);
    (error ? errors_ : notes_).add(problem.message);
  }
}

void RunNotices::Messages::add(const std::string& text) {
  constexpr size_t kMost = 100;
  if (texts.size() < kMost) {
    texts.insert(text);
  } else if (!texts.contains(text)) {
    ++more;
  }
}

void RunNotices::print(Console& console) const {
  const std::lock_guard lock(mutex_);
  const auto more = [](const Messages& messages) {
    return fmt::format("{} more messages of this kind", messages.more);
  };
  if (undecided_ != 0) {
    console.warning(fmt::format("{} {} undecided: rules were given up at a limit ({})", undecided_,
                                undecided_ == 1 ? "transaction is" : "transactions are",
                                fmt::join(limits_, ", ")));
  }
  for (const std::string& text : uninspected_.notes()) console.note(text);
  for (const std::string& text : notes_.texts) console.note(text);
  if (notes_.more != 0) console.note(more(notes_));
  for (const std::string& text : errors_.texts) console.error(text);
  if (errors_.more != 0) console.error(more(errors_));
}

}  // namespace wafcheck::cli
