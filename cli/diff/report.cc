#include "cli/diff/report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "parser/base/escape.h"
#include "parser/base/shown.h"

namespace wafcheck::cli::inline diff {
namespace {

using parser::regex::Relation;

constexpr size_t kPathShown = 60;
constexpr size_t kWitnessShown = 60;

std::string counted(uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace

const ExpressionChange* DiffResult::expression(const lint::RulePair& pair, uint32_t link) const {
  const auto it = std::ranges::find_if(expressions, [&](const ExpressionChange& each) {
    return each.pair->now == pair.now && each.link == link;
  });
  return it == expressions.end() ? nullptr : &*it;
}

std::string place_name(const parser::RulesetModel& ruleset, parser::Span span) {
  const parser::Place place = ruleset.sources.begin_of(span);
  return fmt::format("{}:{}", readable(place.path), place.line);
}

std::string rule_name(const parser::RulesetModel& ruleset, const parser::Rule& starter) {
  return starter.id ? std::to_string(*starter.id) : place_name(ruleset, starter.anchor());
}

std::string verdict_text(const Verdict& verdict) {
  std::string text = verdict.decision;
  if (verdict.status != 0) text += fmt::format(" {}", verdict.status);
  if (verdict.rule_id) text += fmt::format(" by {}", *verdict.rule_id);
  if (verdict.score) text += fmt::format(", score {}", *verdict.score);
  if (verdict.outbound_score && *verdict.outbound_score != 0) {
    text += fmt::format(", outbound {}", *verdict.outbound_score);
  }
  if (verdict.undecided) text += ", undecided";
  return text;
}

std::string_view path_of(const ChangedTransaction& transaction) {
  const std::string_view uri = transaction.uri;
  return uri.substr(0, uri.find_first_of("?#"));
}

std::string request_text(const ChangedTransaction& transaction) {
  return excerpt(readable(transaction.method), 20) + " " +
         excerpt(readable(path_of(transaction)), kPathShown);
}

std::string transaction_text(const ChangedTransaction& transaction) {
  return fmt::format("{}{}", transaction.level == 0 ? "" : fmt::format("PL{} ", transaction.level),
                     readable(transaction.place.text()));
}

std::string fields_text(const DiffResult& result, const lint::ChangedRule& changed) {
  std::vector<std::string> parts;
  for (const lint::FieldChange& field : changed.fields) {
    std::string text(lint::info(field.field).name);
    if (field.field == lint::RuleField::operator_) {
      if (const auto* const change = result.expression(changed.pair, field.link)) {
        text = fmt::format("expression ({})", parser::regex::name_of(change->comparison.relation));
      }
    }
    if (field.link != 0) text += fmt::format(" of link {}", field.link + 1);
    parts.push_back(std::move(text));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::vector<std::string> expression_lines(const parser::regex::Comparison& comparison) {
  std::vector<std::string> lines;
  const auto witness = [&](std::string_view what, const std::optional<std::string>& bytes) {
    if (bytes) {
      lines.push_back(fmt::format("{} \"{}\"", what, readable(excerpt(*bytes, kWitnessShown))));
    }
  };
  witness("now also matches", comparison.only_new);
  witness("no longer matches", comparison.only_old);
  if (comparison.relation == Relation::equal) {
    lines.emplace_back("the new expression matches exactly what the old one does");
  }
  if (!comparison.reason.empty()) lines.push_back("not decided: " + comparison.reason);
  return lines;
}

std::vector<const ChangedTransaction*> by_weight(const TrafficDiff& traffic) {
  std::vector<const ChangedTransaction*> all;
  for (const ChangedTransaction& each : traffic.changes) all.push_back(&each);
  std::ranges::stable_sort(all, [](const ChangedTransaction* a, const ChangedTransaction* b) {
    if (a->change != b->change) return a->change < b->change;
    const auto score = [](const ChangedTransaction* each) {
      return std::max(each->old.score.value_or(0), each->now.score.value_or(0));
    };
    return score(a) > score(b);
  });
  return all;
}

std::vector<formats::ExclusionCounts::Key> unneeded_exclusions(const TrafficDiff& traffic) {
  const auto removed = [](const formats::ExclusionCounts& counts,
                          const formats::ExclusionCounts::Key& key) {
    // Files have other names in another revision, and lines move.
    return std::ranges::any_of(counts.counts(), [&](const auto& each) {
      return each.first.text == key.text && each.first.rule_id == key.rule_id &&
             each.second.removed != 0;
    });
  };
  std::vector<formats::ExclusionCounts::Key> found;
  for (const auto& [key, count] : traffic.new_exclusions.counts()) {
    const bool unneeded = count.removed == 0 && removed(traffic.old_exclusions, key);
    const bool is_void = traffic.void_exclusions.contains({key.file, key.line});
    if (unneeded && !is_void) found.push_back(key);
  }
  return found;
}

std::string rules_headline(const lint::RulesetChange& change) {
  std::string rules;
  const auto add = [&](size_t count, std::string_view what) {
    if (count != 0) rules += fmt::format("{}{} {}", rules.empty() ? "" : ", ", count, what);
  };
  add(change.added.size(), "added");
  add(change.removed.size(), "removed");
  add(change.renumbered.size(), "renumbered");
  add(change.changed.size(), "changed");
  add(change.moved.size(), "moved");
  std::string line = rules.empty() ? "no rule changes" : "rules: " + rules;
  if (!change.settings.empty()) line += "; " + counted(change.settings.size(), "setting");
  return line;
}

std::vector<std::string> headlines(const DiffSummary& summary) {
  std::vector<std::string> lines;
  if (summary.traffic) {
    const auto totals = summary.traffic->totals();
    uint64_t verdicts = 0, all = 0;
    for (size_t i = 0; i < kChanges; ++i) {
      all += totals[i];
      if (static_cast<Change>(i) < Change::score) verdicts += totals[i];
    }
    lines.push_back(fmt::format("{} of {} {}", verdicts, counted(all, "verdict"),
                                verdicts == 1 ? "changes" : "change"));
  }
  lines.push_back(summary.rules.headline);
  return lines;
}

WrittenRules written_rules(const DiffResult& result) {
  WrittenRules written;
  written.headline = rules_headline(result.change());
  write_rules_text(result, written);
  write_rules_json(result, written);
  return written;
}

}  // namespace wafcheck::cli::inline diff
