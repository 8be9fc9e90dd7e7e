// wafcheck diff --format text.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "cli/diff/report.h"
#include "parser/base/escape.h"
#include "parser/base/shown.h"
#include "parser/ruleset/message.h"

namespace wafcheck::cli::inline diff {
namespace {

using lint::ChangedRule;
using lint::FieldChange;
using lint::RuleField;

constexpr size_t kColumns = 80;
/// Of each kind of change so many are told; JSON has all.
constexpr size_t kTold = 20;

/// Lines that fit a terminal, under titles.
class TextLines {
 protected:
  void line(std::string_view text, size_t indent = 0) {
    const std::string blanks(indent, ' ');
    std::string out = readable(text);
    if (out.size() > kColumns - indent) out = excerpt(out, kColumns - indent);
    text_ += blanks + out + "\n";
  }
  void head(std::string_view title) { text_ += fmt::format("\n{}\n", title); }

  template <typename All, typename Write>
  void some(const All& all, Write write) {
    size_t told = 0;
    for (const auto& each : all) {
      if (told++ == kTold) break;
      write(each);
    }
    if (all.size() > kTold) line(fmt::format("... and {} more", all.size() - kTold), 2);
  }

  std::string text_;
};

/// What differs between the rules.
class RulesText : TextLines {
 public:
  explicit RulesText(const DiffResult& result) : result_(result), change_(result.change()) {}

  std::string write() {
    write_rules();
    write_settings();
    write_void_exclusions();
    return std::move(text_);
  }

  std::string write_end() {
    if (!result_.needs.empty()) {
      head("Words that older engines do not know");
      some(result_.needs, [&](const Need& need) {
        line(need.text, 2);
        line(place_name(new_rules(), need.span), 4);
      });
    }
    if (!change_.unread.empty()) {
      head("Variables that are set and that no rule reads any more");
      some(change_.unread, [&](const lint::UnreadVariable& each) {
        line(fmt::format("{}  {}", each.name, place_name(new_rules(), each.span)), 2);
      });
    }
    return std::move(text_);
  }

 private:
  const parser::RulesetModel& old_rules() const { return result_.rulesets->old.ruleset; }
  const parser::RulesetModel& new_rules() const { return result_.rulesets->now.ruleset; }

  /// Behind its name.
  static std::string message_of(const parser::Rule& rule) {
    const std::string_view message = parser::message_of(rule);
    return message.empty() ? std::string() : fmt::format("  {}", message);
  }

  void write_rules() {
    if (!change_.added.empty()) {
      head("Added rules");
      some(change_.added, [&](const parser::Rule* rule) {
        line(fmt::format("+ {}{}", rule_name(new_rules(), *rule), message_of(*rule)), 2);
      });
    }
    if (!change_.removed.empty()) {
      head("Removed rules");
      some(change_.removed, [&](const parser::Rule* rule) {
        line(fmt::format("- {}{}", rule_name(old_rules(), *rule), message_of(*rule)), 2);
      });
    }
    if (!change_.renumbered.empty()) {
      head("Renumbered rules");
      some(change_.renumbered, [&](const lint::RulePair& pair) {
        line(fmt::format("{} -> {}{}", *pair.old->id, *pair.now->id, message_of(*pair.now)), 2);
      });
    }
    write_changed();
    if (!change_.moved.empty()) {
      head("Rules and markers in another place");
      some(change_.moved, [&](const lint::Moved& moved) {
        if (moved.marker.empty()) {
          line(rule_name(new_rules(), *moved.pair.now) + message_of(*moved.pair.now), 2);
        } else {
          line("SecMarker " + moved.marker, 2);
        }
      });
    }
    for (const std::string& name : change_.markers_added) line("+ SecMarker " + name, 2);
    for (const std::string& name : change_.markers_removed) line("- SecMarker " + name, 2);
  }

  void write_changed() {
    // First what a verdict may depend on.
    std::vector<const ChangedRule*> decide, others;
    for (const ChangedRule& each : change_.changed)
      (each.decides() ? decide : others).push_back(&each);
    if (!decide.empty()) {
      head("Changed rules");
      some(decide, [&](const ChangedRule* each) { write_changed(*each); });
    }
    if (!others.empty()) {
      head("Changed rules, but not in what they decide");
      some(others, [&](const ChangedRule* each) {
        line(fmt::format("~ {}  {}", rule_name(new_rules(), *each->pair.now),
                         fields_text(result_, *each)),
             2);
      });
    }
  }

  void write_changed(const ChangedRule& changed) {
    line(fmt::format("~ {}  {}", rule_name(new_rules(), *changed.pair.now),
                     fields_text(result_, changed)),
         2);
    for (const FieldChange& field : changed.fields) {
      const lint::RuleFieldInfo& row = lint::info(field.field);
      if (!row.decides) continue;
      if (field.field == RuleField::operator_) {
        if (const auto* const expression = result_.expression(changed.pair, field.link)) {
          for (const std::string& each : expression_lines(expression->comparison)) line(each, 6);
          continue;
        }
      }
      write_field(field, row);
    }
  }

  void write_field(const FieldChange& field, const lint::RuleFieldInfo& row) {
    if (!field.gone.empty() || !field.came.empty()) {
      line(fmt::format("{}:", row.name), 6);
      write_items(field.gone, field.came, "- ");
      write_items(field.came, field.gone, "+ ");
      return;
    }
    const auto [old, now] = from_first_difference(field.old, field.now);
    const auto shown = [](const std::string& value) { return value.empty() ? "nothing" : value; };
    line(fmt::format("{}: {}", row.name, shown(old)), 6);
    line(fmt::format("{:>{}}  {}", "->", row.name.size(), shown(now)), 6);
  }

  /// An item that has a counterpart of one name is shown from where they differ.
  void write_items(const std::vector<std::string>& items, const std::vector<std::string>& others,
                   std::string_view sign) {
    constexpr size_t kItems = 5;
    for (size_t i = 0; i < std::min(items.size(), kItems); ++i) {
      const std::string name = items[i].substr(0, items[i].find('='));
      const auto other = std::ranges::find_if(others, [&](const std::string& each) {
        return each.size() > name.size() && each.starts_with(name + "=");
      });
      const std::string shown = other == others.end() || name.size() == items[i].size()
                                    ? items[i]
                                    : from_first_difference(items[i], *other).first;
      line(fmt::format("{}{}", sign, shown), 6);
    }
    if (items.size() > kItems) line(fmt::format("{}{} more", sign, items.size() - kItems), 6);
  }

  /// Two texts without most of what they begin with alike.
  static std::pair<std::string, std::string> from_first_difference(const std::string& a,
                                                                   const std::string& b) {
    constexpr size_t kContext = 16, kShort = 60;
    const auto [x, y] = std::ranges::mismatch(a, b);
    const auto same = static_cast<size_t>(x - a.begin());
    if (same <= 2 * kContext || std::max(a.size(), b.size()) <= kShort) return {a, b};
    const std::string head = a.substr(0, kContext) + "..." + a.substr(same - kContext, kContext);
    return {head + a.substr(same), head + b.substr(same)};
  }

  void write_settings() {
    if (change_.settings.empty()) return;
    head("Settings");
    some(change_.settings, [&](const lint::SettingChange& each) {
      const auto shown = [](const std::string& value) { return value.empty() ? "not set" : value; };
      line(fmt::format("{}: {} -> {}", each.name, shown(each.old), shown(each.now)), 2);
    });
  }

  void write_void_exclusions() {
    if (change_.void_exclusions.empty()) return;
    head("Exclusions without a rule any more");
    some(change_.void_exclusions, [&](const lint::VoidExclusion& each) {
      line(fmt::format("{}  {}", place_name(new_rules(), each.span), each.text), 2);
      line(each.reason, 4);
    });
  }

  const DiffResult& result_;
  const lint::RulesetChange& change_;
};

/// The whole.
class DiffText : TextLines {
 public:
  explicit DiffText(const DiffSummary& summary) : summary_(summary) {}

  std::string write() {
    for (const std::string& part : headlines(summary_)) line(part);
    if (summary_.traffic) write_traffic(*summary_.traffic);
    text_ += summary_.rules.text;
    if (summary_.traffic) write_unneeded(*summary_.traffic);
    text_ += summary_.rules.text_end;
    return std::move(text_);
  }

 private:
  void write_traffic(const TrafficDiff& traffic) {
    head("Traffic");
    const bool levels = traffic.levels.size() > 1;
    text_ += fmt::format("  {:>4}", levels ? "PL" : "");
    for (size_t i = 0; i < kChanges; ++i) {
      text_ += fmt::format("  {:>{}}", info(static_cast<Change>(i)).title,
                           info(static_cast<Change>(i)).title.size());
    }
    text_ += '\n';
    for (const LevelTotals& level : traffic.levels) {
      text_ += fmt::format("  {:>4}", level.level == 0 ? "" : std::to_string(level.level));
      for (size_t i = 0; i < kChanges; ++i) {
        text_ +=
            fmt::format("  {:>{}}", level.changes[i], info(static_cast<Change>(i)).title.size());
      }
      text_ += '\n';
    }
    const auto note = [&](uint64_t count, std::string_view what) {
      if (count != 0) line(fmt::format("{} {}", count, what), 2);
    };
    note(traffic.undecided(), "undecided: a limit was reached");
    note(traffic.unreadable, "unreadable");
    note(traffic.skipped, "skipped: no requests to a server");
    note(traffic.not_selected, "not selected");
    note(traffic.other_engine, "recorded on another engine than the one modelled (see --engine)");
    if (summary_.timing && traffic.old_ms > 0) {
      line(fmt::format("time in the rules: {:.0f} ms before, {:.0f} ms now", traffic.old_ms,
                       traffic.new_ms),
           2);
    }
    write_causes(traffic);
    write_changes(traffic);
    write_hits(traffic);
    if (summary_.measured) write_times(traffic);
  }

  void write_causes(const TrafficDiff& traffic) {
    const auto counts = traffic.causes();
    if (counts.empty()) return;
    head("Why verdicts change");
    std::vector<std::pair<std::string, uint64_t>> causes(counts.begin(), counts.end());
    std::ranges::stable_sort(causes, std::ranges::greater{},
                             [](const auto& c) { return c.second; });
    some(causes,
         [&](const auto& each) { line(fmt::format("{:>6}  {}", each.second, each.first), 2); });
  }

  void write_changes(const TrafficDiff& traffic) {
    const auto all = by_weight(traffic);
    for (size_t i = 0; i < kChanges; ++i) {
      const auto change = static_cast<Change>(i);
      std::vector<const ChangedTransaction*> of;
      std::ranges::copy_if(all, std::back_inserter(of),
                           [&](const ChangedTransaction* each) { return each->change == change; });
      if (of.empty()) continue;
      std::string title(info(change).title);
      title[0] = static_cast<char>(title[0] - 'a' + 'A');
      head(title);
      some(of, [&](const ChangedTransaction* each) {
        line(fmt::format("{}  {}", transaction_text(*each), request_text(*each)), 2);
        line(fmt::format("{}  ->  {}", verdict_text(each->old), verdict_text(each->now)), 4);
        if (change == Change::score) return;
        for (const std::string& sentence : sentences_of(traffic.causes_of(*each)))
          line(sentence, 4);
      });
    }
  }

  /// Of rules that say something; others set things up.
  void write_hits(const TrafficDiff& traffic) {
    using Row = std::pair<size_t, RuleTotals>;
    std::vector<Row> rows;
    size_t without_message = 0;
    for (const auto& [place, totals] : traffic.rules) {
      if (totals.old_hits == totals.new_hits && totals.old_points == totals.new_points) continue;
      if (totals.speaks || totals.old_points != 0 || totals.new_points != 0) {
        rows.emplace_back(place, totals);
      } else {
        ++without_message;
      }
    }
    if (rows.empty()) return;
    std::ranges::sort(rows, [](const Row& a, const Row& b) {
      const auto difference = [](const RuleTotals& each) {
        return each.old_hits > each.new_hits ? each.old_hits - each.new_hits
                                             : each.new_hits - each.old_hits;
      };
      if (difference(a.second) != difference(b.second)) {
        return difference(a.second) > difference(b.second);
      }
      return id_of(a) < id_of(b);
    });
    head("Rules by what they match");
    line("  rule       before       now  an example", 2);
    some(rows, [&](const Row& row) {
      std::string remark;
      if (row.second.old_hits == 0) remark = "  newly";
      if (row.second.new_hits == 0) remark = "  never any more";
      line(fmt::format("{:>7}  {:>9} {:>9}  {}{}", id_of(row), row.second.old_hits,
                       row.second.new_hits,
                       row.second.sample ? row.second.sample->text() : std::string(), remark),
           2);
    });
    if (without_message != 0) {
      line(fmt::format("and {} without a message or points", without_message), 2);
    }
  }
  /// Those whose time differs most.
  void write_times(const TrafficDiff& traffic) {
    using Row = std::pair<size_t, RuleTotals>;
    std::vector<Row> rows(traffic.rules.begin(), traffic.rules.end());
    std::ranges::sort(rows, [](const Row& a, const Row& b) {
      const auto difference = [](const RuleTotals& each) {
        return std::abs(each.new_us - each.old_us);
      };
      if (difference(a.second) != difference(b.second)) {
        return difference(a.second) > difference(b.second);
      }
      return id_of(a) < id_of(b);
    });
    head("Rules by how their time differs, in microseconds");
    line("  rule       before       now", 2);
    some(rows, [&](const Row& row) {
      line(
          fmt::format("{:>7}  {:>9.0f} {:>9.0f}", id_of(row), row.second.old_us, row.second.new_us),
          2);
    });
  }

  static uint64_t id_of(const std::pair<size_t, RuleTotals>& row) {
    return row.second.id.value_or(0);
  }

  void write_unneeded(const TrafficDiff& traffic) {
    const auto unneeded = unneeded_exclusions(traffic);
    if (unneeded.empty()) return;
    head("Exclusions that this traffic needs no more");
    some(unneeded, [&](const formats::ExclusionCounts::Key& key) {
      line(fmt::format("{}:{}  {}", readable(key.file), key.line, key.text), 2);
    });
  }

  const DiffSummary& summary_;
};

}  // namespace

std::string diff_text(const DiffSummary& summary) {
  return DiffText(summary).write();
}

void write_rules_text(const DiffResult& result, WrittenRules& written) {
  written.text = RulesText(result).write();
  written.text_end = RulesText(result).write_end();
}

}  // namespace wafcheck::cli::inline diff
