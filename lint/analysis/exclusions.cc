#include "lint/analysis/exclusions.h"

#include <algorithm>
#include <optional>

#include "parser/ruleset/rule_matcher.h"

namespace wafcheck::lint::inline analysis {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::CtlUse;
using parser::DirectiveForm;
using parser::Rule;
using parser::RuleFilter;
using parser::RuleIndex;
using parser::RulesetModel;
using parser::Update;

constexpr uint32_t kMatchSteps = 10'000;

}  // namespace

Exclusions::Exclusions(const RulesetModel& ruleset) : semantics_(ruleset.semantics()) {
  for (RuleIndex i = 0; i < ruleset.rules.size(); ++i) {
    const Rule& rule = ruleset.rules[i];
    if (rule.is_starter()) {
      if (rule.id) ids_.push_back({*rule.id, i});
      for (const ActionUse& use : rule.actions) {
        if (use.id != Action::tag && use.id != Action::msg) continue;
        std::vector<RuleIndex>& rules = (use.id == Action::tag ? tags_ : messages_)[use.raw];
        if (rules.empty() || rules.back() != i) rules.push_back(i);
      }
    }
    if (rule.removed()) continue;
    for (const ActionUse& use : rule.actions) {
      const auto* ctl = std::get_if<CtlUse>(&use.value);
      if (ctl == nullptr || !parser::removes_rules(ctl->option)) continue;
      const auto* targets = ctl->targets.empty() ? nullptr : &ctl->targets;
      all_.push_back({&ctl->filter, targets, nullptr, &rule, &use, use.value_span});
    }
  }
  for (const Update& update : ruleset.updates) {
    const DirectiveForm form = info(update.id).form;
    if (form == DirectiveForm::UpdateActionById) continue;
    const bool whole = form == DirectiveForm::RemoveById || form == DirectiveForm::RemoveByText;
    const auto name = static_cast<uint32_t>(info(update.id).name.size());
    parser::Span arguments = update.span;
    arguments.begin = std::min(arguments.begin + name + 1, arguments.end);
    all_.push_back(
        {&update.filter, whole ? nullptr : &update.targets, &update, nullptr, nullptr, arguments});
  }
  std::ranges::sort(ids_, {}, &Id::id);
  for (const Id& id : ids_) id_texts_.push_back(std::to_string(id.id));
}

size_t Exclusions::first_of(const parser::IdRange& range) const {
  return static_cast<size_t>(std::ranges::lower_bound(ids_, range.first, {}, &Id::id) -
                             ids_.begin());
}

bool Exclusions::has(const parser::IdRange& range) const {
  const size_t at = first_of(range);
  return at < ids_.size() && ids_[at].id <= range.last;
}

std::vector<const std::vector<RuleIndex>*> Exclusions::named(const RuleFilter& filter) const {
  const ByText& texts = filter.kind == RuleFilter::Kind::tag ? tags_ : messages_;
  std::vector<const std::vector<RuleIndex>*> found;
  if (!filter.regex) {
    const auto exact = texts.find(filter.text);
    if (exact != texts.end()) found.push_back(&exact->second);
    return found;
  }
  const parser::RuleMatcher matcher(filter, semantics_);
  for (const auto& [text, rules] : texts) {
    if (!spend()) break;
    if (matcher.match(text, kMatchSteps) != parser::PcreResult::no_match) found.push_back(&rules);
  }
  return found;
}

std::vector<std::string_view> Exclusions::texts(RuleFilter::Kind kind) const {
  std::vector<std::string_view> found;
  for (const auto& [text, rules] : kind == RuleFilter::Kind::tag ? tags_ : messages_) {
    found.push_back(text);
  }
  std::ranges::sort(found);  // so that "did you mean" is the same each time
  return found;
}

}  // namespace wafcheck::lint::inline analysis
