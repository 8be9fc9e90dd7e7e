// wafcheck diff --format markdown: what a reviewer needs, for a comment on a change.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/diff/report.h"
#include "parser/base/escape.h"
#include "parser/base/markdown_text.h"
#include "parser/base/shown.h"

namespace wafcheck::cli::inline diff {
namespace {

/// Of each kind so many are shown: a comment has its bounds.
constexpr size_t kRows = 25;

class MarkdownReport {
 public:
  explicit MarkdownReport(const DiffResult& result) : result_(result), change_(result.change()) {}

  std::string write() {
    text_ =
        fmt::format("{}\n### {}\n", kMarker,
                    markdown_text(fmt::format("{}", fmt::join(headlines(result_.summary), "; "))));
    if (result_.summary.traffic) write_traffic(*result_.summary.traffic);
    write_rules();
    write_settings();
    write_exclusions();
    return std::move(text_);
  }

 private:
  const parser::RulesetModel& new_rules() const { return result_.rulesets->now.ruleset; }
  const parser::RulesetModel& old_rules() const { return result_.rulesets->old.ruleset; }

  static std::string code(std::string_view text) {
    return markdown_code(excerpt(readable(text), 160));
  }

  template <typename All, typename Write>
  void rows(const All& all, Write write) {
    size_t shown = 0;
    for (const auto& each : all) {
      if (shown++ == kRows) break;
      write(each);
    }
    if (all.size() > kRows)
      text_ += fmt::format("\n{} more are in the JSON.\n", all.size() - kRows);
  }

  void write_traffic(const TrafficDiff& traffic) {
    text_ += "\n";
    const bool levels = traffic.levels.size() > 1;
    if (levels) text_ += "| PL ";
    for (size_t i = 0; i < kChanges; ++i) {
      text_ += fmt::format("| {} ", info(static_cast<Change>(i)).title);
    }
    text_ += "|\n";
    for (size_t i = levels ? 0 : 1; i <= kChanges; ++i) text_ += "|---:";
    text_ += "|\n";
    for (const LevelTotals& level : traffic.levels) {
      if (levels) text_ += fmt::format("| {} ", level.level);
      for (const uint64_t count : level.changes) text_ += fmt::format("| {} ", count);
      text_ += "|\n";
    }
    const auto note = [&](uint64_t count, std::string_view what) {
      if (count != 0) text_ += fmt::format("\n- {} {}", count, what);
    };
    note(traffic.undecided(), "undecided: a limit was reached");
    note(traffic.unreadable, "unreadable");
    note(traffic.skipped, "skipped");
    note(traffic.not_selected, "not selected");
    note(traffic.other_engine, "recorded on another engine than the one modelled (see --engine)");
    text_ += "\n";
    std::vector<const ChangedTransaction*> verdicts;
    for (const ChangedTransaction* each : by_weight(traffic)) {
      if (each->change < Change::score) verdicts.push_back(each);
    }
    if (verdicts.empty()) return;
    text_ += "\n| | Transaction | Request | Before | Now | Why |\n|---|---|---|---|---|---|\n";
    rows(verdicts, [&](const ChangedTransaction* each) {
      std::string causes;
      for (const std::string& sentence : sentences_of(traffic.causes_of(*each))) {
        causes += (causes.empty() ? "" : "; ") + sentence;
      }
      const auto cell = [](std::string_view text) { return markdown_text(text); };
      text_ += fmt::format("| {} | {} | {} | {} | {} | {} |\n", info(each->change).title,
                           cell(transaction_text(*each)), cell(request_text(*each)),
                           cell(verdict_text(each->old)), cell(verdict_text(each->now)),
                           cell(excerpt(causes, 300)));
    });
  }

  void write_rules() {
    if (!change_.changed.empty()) {
      text_ += "\n| Rule | Changed | What the expression matches |\n|---|---|---|\n";
      std::vector<const lint::ChangedRule*> all;
      for (const lint::ChangedRule& each : change_.changed) all.push_back(&each);
      std::ranges::stable_partition(all, [](const auto* each) { return each->decides(); });
      rows(all, [&](const lint::ChangedRule* each) {
        std::string matches;
        for (const ExpressionChange& expression : result_.expressions) {
          if (expression.pair->now != each->pair.now) continue;
          for (const std::string& line : expression_lines(expression.comparison)) {
            matches += (matches.empty() ? "" : "<br>") + markdown_text(line);
          }
        }
        text_ += fmt::format("| {} | {} | {} |\n", rule_name(new_rules(), *each->pair.now),
                             markdown_text(fields_text(result_, *each)), matches);
      });
    }
    list("Added", change_.added, new_rules());
    list("Removed", change_.removed, old_rules());
    if (!change_.renumbered.empty()) {
      text_ += "\nRenumbered: ";
      for (size_t i = 0; i < std::min(change_.renumbered.size(), kRows); ++i) {
        const lint::RulePair& pair = change_.renumbered[i];
        text_ += fmt::format("{}{} is now {}", i == 0 ? "" : ", ", *pair.old->id, *pair.now->id);
      }
      more(change_.renumbered.size());
    }
    if (!change_.moved.empty()) {
      text_ += "\nIn another place: ";
      for (size_t i = 0; i < std::min(change_.moved.size(), kRows); ++i) {
        const lint::Moved& moved = change_.moved[i];
        text_ += i == 0 ? "" : ", ";
        text_ += moved.marker.empty() ? rule_name(new_rules(), *moved.pair.now)
                                      : "SecMarker " + markdown_text(moved.marker);
      }
      more(change_.moved.size());
    }
  }
  void more(size_t count) {
    text_ += count > kRows ? fmt::format(", and {} more\n", count - kRows) : "\n";
  }
  void list(std::string_view title, const std::vector<const parser::Rule*>& rules,
            const parser::RulesetModel& ruleset) {
    if (rules.empty()) return;
    text_ += fmt::format("\n{}: ", title);
    for (size_t i = 0; i < std::min(rules.size(), kRows); ++i) {
      text_ +=
          fmt::format("{}{}", i == 0 ? "" : ", ", markdown_text(rule_name(ruleset, *rules[i])));
    }
    more(rules.size());
  }

  void write_settings() {
    if (change_.settings.empty()) return;
    text_ += "\n| Setting | Before | Now |\n|---|---|---|\n";
    rows(change_.settings, [&](const lint::SettingChange& each) {
      const auto shown = [](const std::string& value) {
        return value.empty() ? std::string("not set") : code(value);
      };
      text_ += fmt::format("| {} | {} | {} |\n", markdown_text(each.name), shown(each.old),
                           shown(each.now));
    });
  }

  void write_exclusions() {
    if (!change_.void_exclusions.empty()) {
      text_ += "\n| Exclusion without a rule | Where | Why |\n|---|---|---|\n";
      rows(change_.void_exclusions, [&](const lint::VoidExclusion& each) {
        text_ += fmt::format("| {} | {} | {} |\n", code(each.text),
                             markdown_text(place_name(new_rules(), each.span)),
                             markdown_text(each.reason));
      });
    }
    if (!result_.needs.empty()) {
      text_ += "\n| What older engines do not know | Where |\n|---|---|\n";
      rows(result_.needs, [&](const Need& need) {
        text_ += fmt::format("| {} | {} |\n", markdown_text(need.text),
                             markdown_text(place_name(new_rules(), need.span)));
      });
    }
    if (!result_.summary.traffic) return;
    const auto unneeded = unneeded_exclusions(*result_.summary.traffic);
    if (unneeded.empty()) return;
    text_ += "\n| Exclusion that this traffic needs no more | Where |\n|---|---|\n";
    rows(unneeded, [&](const formats::ExclusionCounts::Key& key) {
      text_ += fmt::format("| {} | {}:{} |\n", code(key.text), markdown_text(readable(key.file)),
                           key.line);
    });
  }

  const DiffResult& result_;
  const lint::RulesetChange& change_;
  std::string text_;
};

}  // namespace

std::string diff_markdown(const DiffResult& result) {
  return MarkdownReport(result).write();
}

}  // namespace wafcheck::cli::inline diff
