#include "cli/tune/migration.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "cli/tune/check.h"
#include "cli/tune/report.h"
#include "formats/json/writer.h"
#include "lint/analysis/exclusions.h"
#include "lint/checks/edits.h"
#include "lint/compare/rule_pairs.h"
#include "lint/report/text.h"
#include "parser/base/markdown_text.h"
#include "parser/base/shown.h"

namespace wafcheck::cli::inline tune {
namespace {

namespace fs = std::filesystem;

/// Where the ids stand in the text of an exclusion by id: "ctl's ...=1;ARGS:a" or "1 \"!ARGS:a\"".
std::pair<size_t, size_t> ids_in(std::string_view text) {
  const size_t equals = text.find('=');
  const bool ctl = equals != std::string_view::npos && text.find('"') > equals;
  const size_t from = ctl ? equals + 1 : 0;
  const size_t end = text.find_first_of(ctl ? ";" : " \t\"", from);
  return {from, std::min(end, text.size())};
}

/// Each line of a text as a comment.
std::string commented(std::string_view text, std::string_view reason) {
  std::string out = fmt::format("# {}:\n# ", reason);
  for (const char byte : text) {
    out += byte;
    if (byte == '\n') out += "# ";
  }
  // A backslash at the end of a comment's line would continue it.
  for (size_t at = out.find("\\\n"); at != std::string::npos; at = out.find("\\\n", at)) {
    out.erase(at, 1);
  }
  return out;
}

class Migrator {
 public:
  Migrator(const TunePlan& plan, const std::vector<std::string>& files, Console& console,
           const parser::RulesetModel& old, const parser::RulesetModel& now)
      : plan_(plan), files_(files), console_(console), old_(old), all_(old), pairs_(old, now) {}

  std::optional<Migration> run() {
    for (const lint::Exclusion& each : all_.all()) {
      if (!is_in_files(each.span)) continue;
      exclusions_.push_back(&each);
      migration_.exclusions.push_back(rename(each));
    }
    if (exclusions_.empty()) {
      console_.error("--exclusions: these files hold no exclusions");
      return std::nullopt;
    }
    if (!judge()) return std::nullopt;
    migration_.files = rewritten();
    add_others();
    return std::move(migration_);
  }

 private:
  bool is_in_files(parser::Span span) const {
    return std::ranges::find(files_, old_.sources.begin_of(span).path) != files_.end();
  }

  /// What the files hold besides: rules and updates that exclude nothing, and ctl that set
  /// something.
  void add_others() {
    const auto is_exclusion = [&](const parser::ActionUse& use) {
      return std::ranges::any_of(exclusions_,
                                 [&](const lint::Exclusion* each) { return each->use == &use; });
    };
    for (const parser::Rule& rule : old_.rules) {
      if (!is_in_files(rule.span) || rule.link != 0) continue;
      bool controls = false;
      for (uint32_t link = 0; link < rule.links; ++link) {
        for (const parser::ActionUse& use : (&rule)[link].actions) {
          if (use.id != parser::Action::ctl) continue;
          controls = true;
          if (!is_exclusion(use)) add_other(use.span);
        }
      }
      if (!controls) add_other(rule.name_span);
    }
    for (const parser::Update& update : old_.updates) {
      const bool actions = update.id == parser::Directive::SecRuleUpdateActionById;
      if (actions && is_in_files(update.span)) add_other(update.span);
    }
  }
  void add_other(parser::Span span) {
    const parser::Place place = old_.sources.begin_of(span);
    migration_.exclusions.push_back({std::string(place.path),
                                     place.line,
                                     std::string(old_.sources.text(span)),
                                     {},
                                     Fate::no_exclusion,
                                     {}});
  }

  /// The exclusion for the new rules.
  MigratedExclusion rename(const lint::Exclusion& exclusion) {
    const parser::Place place = old_.sources.begin_of(exclusion.span);
    const std::string_view text = old_.sources.text(exclusion.span);
    MigratedExclusion out{std::string(place.path), place.line, std::string(text), {}, {}, {}};
    std::set<uint64_t> ids, lost;
    all_.each(*exclusion.filter, [&](parser::RuleIndex index) {
      const parser::Rule& rule = old_.rules[index];
      const lint::RulePair* const pair = rule.id ? pairs_.find(rule) : nullptr;
      const parser::Rule* const again = pair == nullptr ? nullptr : pair->now;
      if (again == nullptr || !again->id) {
        lost.insert(rule.id.value_or(0));
        return true;
      }
      ids.insert(*again->id);
      if (again->id != rule.id) renumbered_[*rule.id] = *again->id;
      return true;
    });
    if (ids.empty()) {
      out.fate = Fate::no_rule;
      out.reason = lost.empty() ? "it is about no rule of the old ruleset either"
                                : fmt::format("the new rules have none like {}", *lost.begin());
      return out;
    }
    // A range or a tag stays as it is: new rules may have joined it.
    const auto& ranges = exclusion.filter->ids;
    const bool one = exclusion.filter->kind == parser::RuleFilter::Kind::id && ranges.size() == 1 &&
                     ranges[0].first == ranges[0].last;
    if (one && *ids.begin() != ranges[0].first) {
      const auto [from, end] = ids_in(text);
      out.became = fmt::format("{}{}{}", text.substr(0, from), *ids.begin(), text.substr(end));
      out.reason = fmt::format("rule {} is now {}", ranges[0].first, *ids.begin());
    }
    return out;
  }

  /// Runs the traffic over the new rules, with what has rules there.
  bool judge() {
    const bool any = std::ranges::any_of(migration_.exclusions, [](const MigratedExclusion& each) {
      return each.fate == Fate::kept;
    });
    if (!any) return true;
    const auto checked = check_exclusions(plan_, rewritten(), console_);
    if (!checked) return false;
    // Of each file they come in the same order.
    std::map<std::string, std::vector<const CheckedExclusion*>> by_file;
    for (const CheckedExclusion& each : *checked) {
      by_file[fs::path(each.file).filename().string()].push_back(&each);
    }
    std::map<std::string, size_t> at;
    for (MigratedExclusion& each : migration_.exclusions) {
      if (each.fate != Fate::kept) continue;
      const std::string name = fs::path(each.file).filename().string();
      const CheckedExclusion& verdict = *by_file.at(name).at(at[name]++);
      if (verdict.verdict == ExclusionVerdict::unused) each.fate = Fate::no_use;
      if (verdict.verdict == ExclusionVerdict::void_) each.fate = Fate::no_effect;
      if (!verdict.reason.empty()) {
        each.reason += (each.reason.empty() ? "" : "; ") + verdict.reason;
      }
    }
    return true;
  }

  /// The whole rule or directive that an exclusion stands in.
  parser::Span holder(const lint::Exclusion& exclusion) const {
    if (exclusion.update != nullptr) return exclusion.update->span;
    const parser::RuleIndex starter = exclusion.rule->starter;
    const parser::Rule& first = old_.rules[starter];
    parser::Span span = first.span;
    span.end = old_.rules[starter + first.links - 1].span.end;
    return span;
  }

  std::vector<ExclusionFile> rewritten() const {
    std::map<parser::FileId, std::vector<parser::Edit>> edits;
    std::map<std::pair<parser::FileId, uint32_t>, std::vector<size_t>> by_holder;
    for (size_t i = 0; i < exclusions_.size(); ++i) {
      const parser::Span whole = holder(*exclusions_[i]);
      by_holder[{whole.file, whole.begin}].push_back(i);
    }
    for (const auto& [place, own] : by_holder) {
      const parser::Span whole = holder(*exclusions_[own.front()]);
      const bool none = std::ranges::none_of(
          own, [&](size_t i) { return migration_.exclusions[i].fate == Fate::kept; });
      if (none) {
        const MigratedExclusion& first = migration_.exclusions[own.front()];
        edits[whole.file].push_back(
            {whole, commented(old_.sources.text(whole), to_string(first.fate))});
        continue;
      }
      for (const size_t i : own) {
        const MigratedExclusion& each = migration_.exclusions[i];
        if (each.fate != Fate::kept) {
          const lint::Exclusion& own_use = *exclusions_[i];
          // None: it is all that a link of a chain does, and without a rule it does nothing.
          auto edit = lint::remove_action(old_, *own_use.rule, *own_use.use);
          if (edit) edits[whole.file].push_back(*std::move(edit));
        } else if (!each.became.empty()) {
          edits[whole.file].push_back({exclusions_[i]->span, each.became});
        }
      }
    }
    std::vector<ExclusionFile> files;
    for (parser::FileId file = 0; file < old_.sources.size(); ++file) {
      const parser::Source& source = old_.sources[file];
      if (std::ranges::find(files_, source.path) == files_.end()) continue;
      const fs::path name = fs::path(plan_.directory) / fs::path(source.path).filename();
      files.push_back({name.string(), lint::with_edits(source.bytes, edits[file])});
    }
    return files;
  }

 public:
  std::vector<Renumbered> renumbered() const {
    std::vector<Renumbered> all;
    for (const auto& [before, after] : renumbered_) all.push_back({before, after});
    return all;
  }

 private:
  const TunePlan& plan_;
  const std::vector<std::string>& files_;
  Console& console_;
  const parser::RulesetModel& old_;
  const lint::Exclusions all_;
  const lint::RulePairs pairs_;
  std::vector<const lint::Exclusion*> exclusions_;  ///< beside those of migration_
  std::map<uint64_t, uint64_t> renumbered_;
  Migration migration_;
};

}  // namespace

std::string_view to_string(Fate fate) {
  switch (fate) {
    case Fate::kept:
      return "kept";
    case Fate::no_rule:
      return "no such rule";
    case Fate::no_effect:
      return "no effect";
    case Fate::no_exclusion:
      return "no exclusion, left as it is";
    case Fate::no_use:
      break;
  }
  return "not needed";
}

std::optional<Migration> migrate(const TunePlan& plan, const std::vector<std::string>& old_rules,
                                 const std::vector<std::string>& exclusions, Console& console) {
  RulesetOptions options = plan.ruleset;
  options.rules = old_rules;
  options.rules.insert(options.rules.end(), exclusions.begin(), exclusions.end());
  const auto old_plan = plan_ruleset(options, console);
  if (!old_plan) return std::nullopt;
  const parser::RulesetModel old = parser::load_model(old_plan->inputs, old_plan->load);
  for (const parser::Diagnostic& each : old.diagnostics) {
    if (each.severity != parser::Severity::error) continue;
    console.error_lines(lint::concise(each, old.sources) + "\n");
  }
  Workbench workbench(plan.ruleset, plan.traffic, console, std::vector<ExclusionFile>());
  if (console.failed() || !workbench.load()) return std::nullopt;
  Migrator migrator(plan, exclusions, console, old, workbench.ruleset());
  auto migration = migrator.run();
  if (migration) migration->renumbered = migrator.renumbered();
  return migration;
}

std::string migration_text(const Migration& migration) {
  std::string text;
  std::map<Fate, size_t> counts;
  for (const MigratedExclusion& each : migration.exclusions) ++counts[each.fate];
  text += fmt::format("Exclusions carried over: {} of {}\n", counts[Fate::kept],
                      migration.exclusions.size() - counts[Fate::no_exclusion]);
  for (const MigratedExclusion& each : migration.exclusions) {
    text += fmt::format("  {}:{}  {}: {}\n", readable(each.file), each.line, to_string(each.fate),
                        readable(each.became.empty() ? each.text : each.became));
    if (!each.reason.empty()) text += fmt::format("    {}\n", readable(each.reason));
  }
  return text;
}

std::string migration_json(const Migration& migration) {
  std::string out;
  formats::JsonWriter json(out);
  json.begin_object();
  json.key("exclusions");
  json.begin_array();
  for (const MigratedExclusion& each : migration.exclusions) {
    json.begin_object();
    json.bytes("file", each.file);
    json.key("line");
    json.number(each.line);
    json.bytes("text", each.text);
    if (!each.became.empty()) json.bytes("became", each.became);
    json.member("fate", to_string(each.fate));
    if (!each.reason.empty()) json.bytes("reason", each.reason);
    json.end_object();
  }
  json.end_array();
  json.key("renumbered");
  json.begin_array();
  for (const Renumbered& each : migration.renumbered) {
    json.begin_object();
    json.key("old");
    json.number(each.before);
    json.key("new");
    json.number(each.after);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out;
}

std::string migration_markdown(const Migration& migration) {
  std::string text = "\n| where | exclusion | | why |\n| --- | --- | --- | --- |\n";
  for (const MigratedExclusion& each : migration.exclusions) {
    text += fmt::format("| {}:{} | {} | {} | {} |\n", readable(each.file), each.line,
                        markdown_code(each.became.empty() ? each.text : each.became),
                        to_string(each.fate), readable(each.reason));
  }
  return text;
}

}  // namespace wafcheck::cli::inline tune
