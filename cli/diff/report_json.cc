// wafcheck diff --format json, and the data of its page.

#include "cli/diff/report.h"
#include "formats/html/page.h"
#include "formats/json/writer.h"
#include "parser/ruleset/message.h"

namespace wafcheck::cli::inline diff {
namespace {

using formats::JsonWriter;

void write_comparison(JsonWriter& json, const parser::regex::Comparison& comparison) {
  json.member("relation", parser::regex::name_of(comparison.relation));
  const auto witness = [&](std::string_view name, const std::optional<std::string>& bytes) {
    if (bytes) {
      json.bytes(name, *bytes);
    } else {
      json.key(name);
      json.null();
    }
  };
  witness("only_new", comparison.only_new);
  witness("only_old", comparison.only_old);
  json.key("reason");
  if (comparison.reason.empty()) {
    json.null();
  } else {
    json.string(comparison.reason);
  }
}

/// What differs between the rules: one value.
class RulesJson {
 public:
  explicit RulesJson(const DiffResult& result) : result_(result), change_(result.change()) {}

  std::string rules() {
    write_rules();
    return std::move(text_);
  }

  std::string settings() {
    write_settings();
    return std::move(text_);
  }

  std::string void_exclusions() {
    json_.begin_array();
    for (const lint::VoidExclusion& each : change_.void_exclusions) {
      json_.begin_object();
      write_place(new_rules(), each.span);
      json_.bytes("text", each.text);
      json_.number("rule_id", each.rule_id);
      json_.member("reason", each.reason);
      json_.end_object();
    }
    json_.end_array();
    return std::move(text_);
  }

  std::string needs() {
    json_.begin_array();
    for (const Need& need : result_.needs) {
      json_.begin_object();
      json_.bytes("text", need.text);
      write_place(new_rules(), need.span);
      json_.end_object();
    }
    json_.end_array();
    return std::move(text_);
  }

  std::string variables() {
    json_.begin_object();
    json_.key("unread");
    json_.begin_array();
    for (const lint::UnreadVariable& each : change_.unread) {
      json_.begin_object();
      json_.bytes("name", each.name);
      write_place(new_rules(), each.span);
      json_.end_object();
    }
    json_.end_array();
    json_.end_object();
    return std::move(text_);
  }

 private:
  const parser::RulesetModel& old_rules() const { return result_.rulesets->old.ruleset; }
  const parser::RulesetModel& new_rules() const { return result_.rulesets->now.ruleset; }

  void write_place(const parser::RulesetModel& ruleset, parser::Span span) {
    const parser::Place place = ruleset.sources.begin_of(span);
    json_.bytes("file", place.path);
    json_.key("line");
    json_.number(place.line);
  }

  void write_identity(const parser::RulesetModel& ruleset, const parser::Rule& rule) {
    json_.number("id", rule.id);
    write_place(ruleset, rule.anchor());
    if (rule.has(parser::Action::msg)) json_.bytes("msg", parser::message_of(rule));
  }
  void write_rule(const parser::RulesetModel& ruleset, const parser::Rule& rule) {
    json_.begin_object();
    write_identity(ruleset, rule);
    json_.end_object();
  }

  void write_rules() {
    json_.begin_object();
    json_.key("added");
    json_.begin_array();
    for (const parser::Rule* rule : change_.added) write_rule(new_rules(), *rule);
    json_.end_array();
    json_.key("removed");
    json_.begin_array();
    for (const parser::Rule* rule : change_.removed) write_rule(old_rules(), *rule);
    json_.end_array();
    json_.key("renumbered");
    json_.begin_array();
    for (const lint::RulePair& pair : change_.renumbered) {
      json_.begin_object();
      json_.number("old", pair.old->id);
      json_.number("new", pair.now->id);
      json_.member("by", pair.by == lint::PairedBy::test ? "test" : "expression");
      json_.end_object();
    }
    json_.end_array();
    json_.key("changed");
    json_.begin_array();
    for (const lint::ChangedRule& each : change_.changed) write_changed(each);
    json_.end_array();
    json_.key("moved");
    json_.begin_array();
    for (const lint::Moved& each : change_.moved) {
      json_.begin_object();
      if (each.marker.empty()) {
        json_.number("id", each.pair.now->id);
      } else {
        json_.bytes("marker", each.marker);
      }
      json_.end_object();
    }
    json_.end_array();
    json_.key("markers");
    json_.begin_object();
    json_.texts("added", change_.markers_added);
    json_.texts("removed", change_.markers_removed);
    json_.end_object();
    json_.end_object();
  }

  void write_changed(const lint::ChangedRule& changed) {
    json_.begin_object();
    write_identity(new_rules(), *changed.pair.now);
    json_.key("decides");
    json_.boolean(changed.decides());
    json_.key("fields");
    json_.begin_array();
    std::string_view last;
    for (const lint::FieldChange& field : changed.fields) {
      const std::string_view name = lint::info(field.field).name;
      if (name != last) json_.string(name);
      last = name;
    }
    json_.end_array();
    write_details(changed);
    write_expressions(changed);
    json_.end_object();
  }

  void write_details(const lint::ChangedRule& changed) {
    json_.key("details");
    json_.begin_array();
    for (const lint::FieldChange& field : changed.fields) {
      json_.begin_object();
      json_.member("field", lint::info(field.field).name);
      json_.key("link");
      json_.number(field.link);
      json_.bytes("old", field.old);
      json_.bytes("new", field.now);
      if (!field.gone.empty() || !field.came.empty()) {
        json_.texts("only_old", field.gone);
        json_.texts("only_new", field.came);
      }
      if (field.by) {
        json_.key("by");
        json_.begin_object();
        write_place(field.by_new ? new_rules() : old_rules(), *field.by);
        json_.end_object();
      }
      json_.end_object();
    }
    json_.end_array();
  }

  /// "expression": that of the first link whose expression differs; "expressions" where there are
  /// more.
  void write_expressions(const lint::ChangedRule& changed) {
    std::vector<const ExpressionChange*> all;
    for (const lint::FieldChange& field : changed.fields) {
      if (field.field != lint::RuleField::operator_) continue;
      const auto* const expression = result_.expression(changed.pair, field.link);
      if (expression != nullptr) all.push_back(expression);
    }
    if (all.empty()) return;
    json_.key("expression");
    write_expression(*all.front());
    if (all.size() == 1) return;
    json_.key("expressions");
    json_.begin_array();
    for (const ExpressionChange* each : all) write_expression(*each);
    json_.end_array();
  }
  void write_expression(const ExpressionChange& expression) {
    json_.begin_object();
    json_.key("link");
    json_.number(expression.link);
    write_comparison(json_, expression.comparison);
    json_.end_object();
  }

  void write_settings() {
    json_.begin_array();
    for (const lint::SettingChange& each : change_.settings) {
      json_.begin_object();
      json_.member("name", each.name);
      const auto value = [&](std::string_view name, const std::string& text) {
        if (text.empty()) {
          json_.key(name);
          json_.null();
        } else {
          json_.bytes(name, text);
        }
      };
      value("old", each.old);
      value("new", each.now);
      json_.end_object();
    }
    json_.end_array();
  }

  const DiffResult& result_;
  const lint::RulesetChange& change_;
  std::string text_;
  JsonWriter json_{text_};
};

/// The whole.
class DiffJson {
 public:
  DiffJson(const DiffSummary& summary, bool queries)
      : summary_(summary), queries_(queries), json_(text_) {}

  std::string write() {
    json_.begin_object();
    json_.key("schema");
    json_.number(1);
    json_.bytes("old", summary_.old_name);
    json_.bytes("new", summary_.new_name);
    if (summary_.traffic) write_summary(*summary_.traffic);
    write_member("rules");
    write_member("settings");
    write_exclusions();
    write_member("needs");
    write_member("variables");
    if (summary_.traffic) {
      write_changes(*summary_.traffic);
      write_hits(*summary_.traffic);
      write_time(*summary_.traffic);
    }
    write_dropped();
    json_.end_object();
    text_ += '\n';
    return std::move(text_);
  }

 private:
  /// Of the rules.
  void write_member(std::string_view name) {
    const auto it = summary_.rules.json.find(name);
    if (it == summary_.rules.json.end()) return;
    json_.key(name);
    json_.raw(it->second);
  }

  void write_exclusions() {
    json_.key("exclusions");
    json_.begin_object();
    write_member("void");
    json_.key("unneeded");
    json_.begin_array();
    if (summary_.traffic) write_unneeded(*summary_.traffic);
    json_.end_array();
    json_.end_object();
  }
  void write_unneeded(const TrafficDiff& traffic) {
    for (const formats::ExclusionCounts::Key& key : unneeded_exclusions(traffic)) {
      json_.begin_object();
      json_.bytes("file", key.file);
      json_.key("line");
      json_.number(key.line);
      json_.bytes("text", key.text);
      json_.number("rule_id", key.rule_id);
      json_.end_object();
    }
  }

  void write_dropped() {
    json_.key("dropped");
    json_.begin_object();
    json_.key("old");
    json_.number(summary_.old_dropped);
    json_.key("new");
    json_.number(summary_.new_dropped);
    json_.end_object();
  }

  void write_counts(const std::array<uint64_t, kChanges>& changes) {
    for (size_t i = 0; i < kChanges; ++i) {
      json_.key(info(static_cast<Change>(i)).name);
      json_.number(changes[i]);
    }
  }

  void write_summary(const TrafficDiff& traffic) {
    json_.key("summary");
    json_.begin_object();
    json_.key("transactions");
    json_.number(traffic.transactions);
    write_counts(traffic.totals());
    const auto number = [&](std::string_view name, uint64_t count) {
      json_.key(name);
      json_.number(count);
    };
    number("undecided", traffic.undecided());
    number("unreadable", traffic.unreadable);
    number("skipped", traffic.skipped);
    number("not_selected", traffic.not_selected);
    number("other_engine", traffic.other_engine);
    json_.end_object();
    if (traffic.levels.size() == 1) return;
    json_.key("paranoia_levels");
    json_.begin_array();
    for (const LevelTotals& level : traffic.levels) {
      json_.begin_object();
      json_.key("level");
      json_.number(level.level);
      write_counts(level.changes);
      json_.key("undecided");
      json_.number(level.undecided);
      json_.end_object();
    }
    json_.end_array();
  }

  void write_verdict(std::string_view name, const Verdict& verdict) {
    json_.key(name);
    json_.begin_object();
    json_.member("decision", verdict.decision);
    json_.key("status");
    if (verdict.status == 0) {
      json_.null();
    } else {
      json_.number(verdict.status);
    }
    json_.number("rule_id", verdict.rule_id);
    json_.number("score", verdict.score);
    json_.number("outbound_score", verdict.outbound_score);
    json_.key("undecided");
    json_.boolean(verdict.undecided);
    json_.end_object();
  }

  void write_changes(const TrafficDiff& traffic) {
    json_.key("changes");
    json_.begin_array();
    for (const ChangedTransaction* const each : by_weight(traffic)) {
      json_.begin_object();
      json_.bytes("id", each->id);
      json_.bytes("source", each->place.source);
      json_.number("entry", each->place.entry);
      json_.key("offset");
      json_.number(each->place.offset);
      json_.key("request");
      json_.begin_object();
      json_.bytes("method", each->method);
      json_.bytes("uri", queries_ ? std::string_view(each->uri) : path_of(*each));
      json_.end_object();
      if (each->level != 0) {
        json_.key("paranoia_level");
        json_.number(each->level);
      }
      json_.member("change", info(each->change).name);
      write_verdict("old", each->old);
      write_verdict("new", each->now);
      json_.key("cause");
      json_.begin_array();
      for (const Cause& cause : traffic.causes_of(*each)) {
        json_.begin_object();
        json_.number("rule_id", cause.rule_id);
        json_.member("reason", reason_of(cause));
        json_.bytes("text", sentence_of(cause));
        json_.end_object();
      }
      json_.end_array();
      json_.end_object();
    }
    json_.end_array();
  }

  /// In load order of the new ruleset, then those that are gone.
  void write_hits(const TrafficDiff& traffic) {
    json_.key("per_rule");
    json_.begin_array();
    for (const auto& [place, totals] : traffic.rules) {
      json_.begin_object();
      json_.number("id", totals.id);
      json_.key("old");
      json_.number(totals.old_hits);
      json_.key("new");
      json_.number(totals.new_hits);
      json_.key("old_score");
      json_.number(totals.old_points);
      json_.key("new_score");
      json_.number(totals.new_points);
      if (summary_.measured) {
        json_.key("old_us");
        json_.number(totals.old_us, 1);
        json_.key("new_us");
        json_.number(totals.new_us, 1);
      }
      json_.key("sample");
      if (totals.sample) {
        json_.string(totals.sample->text());
      } else {
        json_.null();
      }
      json_.end_object();
    }
    json_.end_array();
  }

  void write_time(const TrafficDiff& traffic) {
    if (!summary_.timing) return;
    json_.key("time");
    json_.begin_object();
    json_.key("old_ms");
    json_.number(traffic.old_ms, 3);
    json_.key("new_ms");
    json_.number(traffic.new_ms, 3);
    json_.end_object();
  }

  const DiffSummary& summary_;
  const bool queries_;
  std::string text_;
  JsonWriter json_;
};

}  // namespace

void write_rules_json(const DiffResult& result, WrittenRules& written) {
  written.json = {{"rules", RulesJson(result).rules()},
                  {"settings", RulesJson(result).settings()},
                  {"void", RulesJson(result).void_exclusions()},
                  {"needs", RulesJson(result).needs()},
                  {"variables", RulesJson(result).variables()}};
}

std::string diff_json(const DiffSummary& summary) {
  return DiffJson(summary, true).write();
}

std::string diff_page(const DiffResult& result) {
  return formats::page({"diff", "wafcheck diff"}, diff_text(result.summary),
                       DiffJson(result.summary, false).write());
}

}  // namespace wafcheck::cli::inline diff
