#include "cli/notices.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "parser/ascii.h"

namespace wafcheck::cli {
namespace {

using parser::Directive;
using parser::Support;

class Notes {
 public:
  Notes(const parser::Ruleset& ruleset, bool idle_too) : ruleset_(ruleset), idle_too_(idle_too) {}

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
      const std::string word = fmt::format("ctl:{}", option.name);
      if (option.support == Support::Noted) note(use->span, word, option.doc);
      if (option.support == Support::Idle) list(idle_, use->span, word);
    }
  }

  void read(const parser::Setting& setting) {
    const parser::DirectiveInfo& row = parser::info(setting.id);
    const std::string word(row.name);
    // What is switched off does no more with a server than without one.
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
    if (!told_.insert(word).second) return;
    line += fmt::format("{}{} ({})", line.empty() ? "" : ", ", word, place(span));
  }

  const parser::Ruleset& ruleset_;
  std::set<std::string> told_;
  std::vector<std::string> notes_;
  bool idle_too_;
  std::string settings_, idle_;
};

}  // namespace

std::vector<std::string> offline_notes(const parser::Ruleset& ruleset, bool idle_too) {
  return Notes(ruleset, idle_too).all();
}

void RunNotices::collect(std::span<const engine::Problem> problems) {
  for (const engine::Problem& problem : problems) {
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

bool RunNotices::print(std::ostream& err, bool quiet) const {
  const std::lock_guard lock(mutex_);
  const auto print = [&](const Messages& messages, std::string_view kind) {
    for (const std::string& text : messages.texts) {
      err << "wafcheck: " << kind << ": " << text << '\n';
    }
    if (messages.more == 0) return;
    err << "wafcheck: " << kind << ": " << messages.more << " more of the like\n";
  };
  if (!quiet) print(notes_, "note");
  print(errors_, "error");
  return errors_.texts.empty();
}

}  // namespace wafcheck::cli
