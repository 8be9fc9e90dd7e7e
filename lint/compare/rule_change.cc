#include "lint/compare/rule_change.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

#include "lint/index/facts.h"
#include "parser/base/ascii.h"
#include "parser/base/lines.h"
#include "parser/language/semantics.h"
#include "parser/ruleset/paranoia_level.h"

namespace wafcheck::lint::inline compare {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::Rule;

constexpr RuleFieldInfo kFields[] = {
    {RuleField::removed, "removed", "whether it is in force", true},
    {RuleField::phase, "phase", "its phase", true},
    {RuleField::links, "chain", "the number of its links", true},
    {RuleField::targets, "targets", "its targets", true},
    {RuleField::operator_, "operator", "its operator", true},
    {RuleField::data_file, "data", "the data that its operator reads", true},
    {RuleField::transformations, "transformations", "its transformations", true},
    {RuleField::variables, "variables", "the variables that it sets", true},
    {RuleField::action, "action", "what it does to the transaction", true},
    {RuleField::flow, "flow", "which rules it skips", true},
    {RuleField::controls, "controls", "what it excludes and switches", true},
    {RuleField::effects, "effects", "what else it does when it matches", true},
    {RuleField::paranoia_level, "paranoia_level", "its paranoia level", true},
    {RuleField::tags, "tags", "its tags", false},
    {RuleField::severity, "severity", "its severity", false},
    {RuleField::message, "message", "its message", false},
    {RuleField::logging, "logging", "what it logs", false},
    {RuleField::metadata, "metadata", "its version and the like", false},
};

/// The field that an action belongs to; none: it is compared elsewhere.
std::optional<RuleField> field_of(Action action) {
  switch (action) {
    case Action::id:
    case Action::phase:
    case Action::chain:
    case Action::t:
      return std::nullopt;
    case Action::setvar:
    case Action::expirevar:
    case Action::deprecatevar:
    case Action::initcol:
    case Action::setsid:
    case Action::setuid:
    case Action::setrsc:
      return RuleField::variables;
    case Action::status:
      return RuleField::action;
    case Action::ctl:
      return RuleField::controls;
    case Action::tag:
      return RuleField::tags;
    case Action::severity:
      return RuleField::severity;
    case Action::msg:
    case Action::logdata:
      return RuleField::message;
    case Action::log:
    case Action::nolog:
    case Action::auditlog:
    case Action::noauditlog:
      return RuleField::logging;
    default:
      break;
  }
  switch (parser::info(action).group) {
    case parser::ActionGroup::Disruptive:
      return RuleField::action;
    case parser::ActionGroup::Flow:
      return RuleField::flow;
    case parser::ActionGroup::Metadata:
      return RuleField::metadata;
    case parser::ActionGroup::Data:
    case parser::ActionGroup::NonDisruptive:
      break;
  }
  return RuleField::effects;
}

std::string text_of(const ActionUse& use) {
  const std::string_view name = parser::info(use.id).name;
  if (std::holds_alternative<parser::Setvar>(use.value)) {
    // Names of variables are compared without case.
    const size_t equals = std::min(use.raw.find('='), use.raw.size());
    return fmt::format("{}:{}{}", name, lowercase(use.raw.substr(0, equals)),
                       use.raw.substr(equals));
  }
  if (use.raw.empty()) return std::string(name);
  return fmt::format("{}:{}", name, use.raw);
}

/// What a link of a chain says of a field, and the update that said so, where one did.
struct Said {
  std::vector<std::string> texts;
  std::optional<parser::Span> by;

  std::string joined(std::string_view separator) const {
    return fmt::format("{}", fmt::join(texts, separator));
  }
};

Said actions_said(const Rule& rule, RuleField field) {
  Said said;
  for (const ActionUse* use : rule.effective) {
    if (field_of(use->id) != field) continue;
    if (field == RuleField::tags && parser::paranoia_level(use->raw)) continue;
    said.texts.push_back(text_of(*use));
    if (use->updated) said.by = use->span;
  }
  // A log switch that is on by default says nothing, and tags have no order.
  if (field == RuleField::tags || field == RuleField::logging) std::ranges::sort(said.texts);
  if (field == RuleField::action && said.texts == std::vector<std::string>{"pass"}) {
    said.texts.clear();
  }
  return said;
}

Said targets_said(const Rule& rule) {
  Said said;
  for (const parser::Target& target : rule.targets) {
    said.texts.push_back(target_text(target));
    if (target.updated) said.by = target.span;
  }
  std::ranges::sort(said.texts);
  const auto repeated = std::ranges::unique(said.texts);
  said.texts.erase(repeated.begin(), repeated.end());
  return said;
}

std::string operator_said(const Rule& rule) {
  if (rule.kind == parser::RuleKind::script) return rule.script;
  if (rule.kind == parser::RuleKind::action) return {};
  return fmt::format("{}@{}{}{}", rule.op.negated ? "!" : "", parser::info(rule.op.id).name,
                     rule.op.argument.empty() ? "" : " ", rule.op.argument.view());
}

std::string pipeline_said(const Rule& rule) {
  std::vector<std::string_view> names;
  for (const parser::Transformation each : rule.pipeline) {
    names.push_back(parser::info(each).name);
  }
  return fmt::format("{}", fmt::join(names, ","));
}

/// The lines of the files and datasets that an operator reads, sorted.
std::vector<std::string> data_of(const RulesetSide& side, const Rule& rule) {
  std::vector<std::string> lines;
  if (rule.kind != parser::RuleKind::rule) return lines;
  const auto form = parser::info(rule.op.id).form;
  const std::string argument(rule.op.argument.view());
  if (form == parser::OperatorForm::PhraseDataset || form == parser::OperatorForm::NetworkDataset) {
    for (const parser::Dataset& dataset : side.ruleset.datasets) {
      if (dataset.name == argument) lines = dataset.entries;
    }
  }
  for (const auto& [begin, end] : parser::data_file_names(rule.op, side.ruleset.semantics())) {
    const std::string name = argument.substr(begin, end - begin);
    const auto bytes = parser::read_data_file(side.ruleset, side.files, rule.op.span, name);
    if (!bytes) continue;  // an error when it was loaded
    for (const std::string_view line : split_lines(*bytes)) {
      if (!line.empty() && line[0] != '#') lines.emplace_back(line);
    }
  }
  std::ranges::sort(lines);
  return lines;
}

class RuleComparison {
 public:
  RuleComparison(const RulesetSide& old, const RulesetSide& now) : old_(old), now_(now) {}

  std::vector<FieldChange> run(const Rule& old, const Rule& now) {
    add(RuleField::removed, 0, removed_said(old), removed_said(now));
    add(RuleField::phase, 0, {{std::to_string(old.phase)}, {}}, {{std::to_string(now.phase)}, {}});
    add(RuleField::links, 0, {{std::to_string(old.links)}, {}}, {{std::to_string(now.links)}, {}});
    const auto level = [](const Rule& rule) -> Said {
      const auto found = parser::paranoia_level(rule);
      if (!found) return {};
      return {{std::to_string(*found)}, {}};
    };
    add(RuleField::paranoia_level, 0, level(old), level(now));
    for (uint32_t link = 0; link < std::min(old.links, now.links); ++link) {
      compare_link(link, (&old)[link], (&now)[link]);
    }
    std::ranges::stable_sort(changes_, {}, &FieldChange::field);
    return std::move(changes_);
  }

 private:
  static Said removed_said(const Rule& rule) {
    if (!rule.removed()) return {{"in force"}, {}};
    return {{"removed"}, rule.removed_by};
  }

  void compare_link(uint32_t link, const Rule& old, const Rule& now) {
    add(RuleField::targets, link, targets_said(old), targets_said(now), "|");
    add(RuleField::operator_, link, {{operator_said(old)}, {}}, {{operator_said(now)}, {}});
    add(RuleField::transformations, link, {{pipeline_said(old)}, {}}, {{pipeline_said(now)}, {}});
    compare_data(link, old, now);
    for (const RuleFieldInfo& field : kFields) {
      add(field.id, link, actions_said(old, field.id), actions_said(now, field.id), ", ");
    }
  }

  void compare_data(uint32_t link, const Rule& old, const Rule& now) {
    const Said before{data_of(old_, old), {}}, after{data_of(now_, now), {}};
    if (before.texts == after.texts) return;
    FieldChange change;
    change.field = RuleField::data_file;
    change.link = link;
    compare_items(before, after, change);
    change.old = fmt::format("{}", fmt::join(change.gone, "\n"));
    change.now = fmt::format("{}", fmt::join(change.came, "\n"));
    changes_.push_back(std::move(change));
  }

  static void compare_items(const Said& old, const Said& now, FieldChange& change) {
    const auto only = [](const Said& of, const Said& not_of) {
      std::vector<std::string> items;
      std::ranges::copy_if(of.texts, std::back_inserter(items), [&](const std::string& text) {
        return std::ranges::find(not_of.texts, text) == not_of.texts.end();
      });
      return items;
    };
    change.gone = only(old, now);
    change.came = only(now, old);
  }

  void add(RuleField field, uint32_t link, const Said& old, const Said& now,
           std::string_view separator = "") {
    if (old.texts == now.texts) return;
    FieldChange change;
    change.field = field;
    change.link = link;
    change.old = old.joined(separator);
    change.now = now.joined(separator);
    if (!separator.empty()) compare_items(old, now, change);
    change.by = now.by;
    if (!change.by && old.by) {
      change.by = old.by;
      change.by_new = false;
    }
    changes_.push_back(std::move(change));
  }

  const RulesetSide& old_;
  const RulesetSide& now_;
  std::vector<FieldChange> changes_;
};

}  // namespace

std::span<const RuleFieldInfo> rule_fields() {
  return kFields;
}

const RuleFieldInfo& info(RuleField field) {
  return kFields[static_cast<size_t>(field)];
}

std::vector<FieldChange> compare_rules(const RulesetSide& old, const Rule& old_starter,
                                       const RulesetSide& now, const Rule& new_starter) {
  return RuleComparison(old, now).run(old_starter, new_starter);
}

}  // namespace wafcheck::lint::inline compare
