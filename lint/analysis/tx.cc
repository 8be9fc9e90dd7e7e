#include "lint/analysis/tx.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "parser/base/ascii.h"
#include "parser/ruleset/macro.h"
#include "parser/ruleset/regex_check.h"

namespace wafcheck::lint::inline analysis {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::CollectionUse;
using parser::MacroPart;
using parser::MacroText;
using parser::Rule;
using parser::RuleIndex;
using parser::RulesetModel;
using parser::SelectorKind;
using parser::Setvar;
using parser::SetvarOperation;
using parser::Target;
using parser::Variable;
using parser::VariableKind;

/// Each name is compared with every pattern; with more patterns than this, each counts as matching
/// any name.
constexpr size_t kMaxPatterns = 256;
constexpr uint32_t kMatchSteps = 10'000;

struct EngineVariable {
  Variable collection;
  std::string_view name;
};
constexpr EngineVariable kSetByEngines[] = {
    {Variable::TX, "msc_pcre_limits_exceeded"},                                // ModSecurity 2
    {Variable::TX, "msc_pcre_error"},           {Variable::TX, "httpbl_msg"},  // Coraza, @rbl
    {Variable::TX, "json_request_body"},        {Variable::TX, "json_response_body"},
};
/// The built-in members of every persistent collection.
constexpr std::string_view kOfCollections[] = {
    "create_time", "is_new", "key", "last_update_time", "timeout", "update_counter", "update_rate"};

bool is_kept(Variable variable) {
  return variable == Variable::TX || info(variable).kind == VariableKind::Persistent;
}

std::string key_of(Variable collection, std::string_view name) {
  return fmt::format("{}.{}", info(collection).name, lowercase(name));
}

TxName name_of(const MacroText& text) {
  TxName name;
  if (text.literal()) {
    name.text = text.literal_text();
    return name;
  }
  name.kind = TxNameKind::pattern;
  name.pieces.emplace_back();
  for (const MacroPart& part : text.parts) {
    if (!part.is_variable) {
      name.text += part.text;
      name.pieces.back() += lowercase(part.text);
      continue;
    }
    name.text += part.text.empty() ? fmt::format("%{{{}}}", info(part.variable).name)
                                   : fmt::format("%{{{}.{}}}", info(part.variable).name, part.text);
    name.pieces.emplace_back();
  }
  return name;
}

TxName name_of(const Target& target) {
  switch (target.selector.kind) {
    case SelectorKind::name:
      return {TxNameKind::literal, target.selector.text, {}};
    case SelectorKind::regex:
      return {TxNameKind::regex, target.selector.text, {}};
    default:
      return {TxNameKind::all, {}, {}};
  }
}

TxAccess access_of(SetvarOperation operation) {
  switch (operation) {
    case SetvarOperation::assign:
      return TxAccess::assign;
    case SetvarOperation::add:
      return TxAccess::add;
    case SetvarOperation::subtract:
      return TxAccess::subtract;
    case SetvarOperation::unset:
      break;
  }
  return TxAccess::unset;
}

/// Collects the uses of variables in a rule.
template <typename Add>
class RuleReader {
 public:
  RuleReader(const RulesetModel& ruleset, RuleIndex index, Add add)
      : rule_(ruleset.rules[index]), semantics_(ruleset.semantics()), index_(index), add_(add) {
    const RuleIndex starter = rule_.starter == parser::kNoRule ? index : rule_.starter;
    last_ = starter + ruleset.rules[starter].links - 1;
  }

  void read() {
    for (const Target& target : rule_.targets) read_target(target);
    read_macros(rule_.op.text, nullptr, Moment::compares);
    for (const ActionUse* use : rule_.effective) read_action(*use);
  }

 private:
  void use(Variable collection, TxName name, TxAccess access, Moment::Step step, parser::Span span,
           const ActionUse* action) {
    TxUse found;
    found.collection = collection;
    found.name = std::move(name);
    found.access = access;
    found.rule = index_;
    found.moment = {rule_.phase, step == Moment::logs ? last_ : index_, step};
    found.span = span;
    found.action = action;
    add_(std::move(found));
  }

  void read_target(const Target& target) {
    if (target.excluded || !is_kept(target.variable)) return;
    use(target.variable, name_of(target), target.count ? TxAccess::count : TxAccess::target,
        Moment::inspects, target.span, nullptr);
  }

  void read_macros(const MacroText& text, const ActionUse* action, Moment::Step step) {
    for (const MacroPart& part : text.parts) {
      if (!part.is_variable || !is_kept(part.variable)) continue;
      const TxNameKind kind = part.text.empty() ? TxNameKind::all : TxNameKind::literal;
      use(part.variable, {kind, part.text, {}}, TxAccess::macro, step, part.span, action);
    }
  }

  void read_action(const ActionUse& action) {
    if (const auto* setvar = std::get_if<Setvar>(&action.value)) {
      read_macros(setvar->name, &action, Moment::acts);
      read_macros(setvar->value, &action, Moment::acts);
      return use(setvar->collection, name_of(setvar->name), access_of(setvar->operation),
                 Moment::acts, action.value_span, &action);
    }
    if (const auto* member = std::get_if<CollectionUse>(&action.value)) {
      read_macros(member->key, &action, Moment::acts);
      read_macros(member->value, &action, Moment::acts);
      const bool opens = action.id == Action::initcol;
      return use(member->collection, opens ? TxName{TxNameKind::all, {}, {}} : name_of(member->key),
                 opens ? TxAccess::open : TxAccess::expire, Moment::acts, action.value_span,
                 &action);
    }
    if (const auto* text = std::get_if<MacroText>(&action.value)) {
      const bool sets = info(action.id).form == parser::ActionForm::Key;
      read_macros(*text, &action, sets ? Moment::acts : Moment::logs);
      const auto open = [&](Action by, Variable collection) {
        if (action.id != by) return;
        use(collection, {TxNameKind::all, {}, {}}, TxAccess::open, Moment::acts, action.value_span,
            &action);
      };
      open(Action::setsid, Variable::SESSION);
      open(Action::setuid, Variable::USER);
      open(Action::setrsc, Variable::RESOURCE);
      return;
    }
    if (action.id == Action::capture) {
      use(Variable::TX, {TxNameKind::captures, {}, {}}, TxAccess::capture, Moment::captures,
          action.span, &action);
    }
  }

  const Rule& rule_;
  const parser::Semantics& semantics_;
  RuleIndex index_;
  RuleIndex last_;
  Add add_;
};

bool is_number(std::string_view name) {
  return !name.empty() &&
         std::ranges::all_of(name, [](char c) { return is_digit(static_cast<unsigned char>(c)); });
}

}  // namespace

bool TxVariable::tested() const {
  return std::ranges::any_of(reads,
                             [](const TxUse* use) { return use->access == TxAccess::count; });
}

bool TxVariable::is_capture() const {
  return collection == Variable::TX && is_number(name);
}

TxIndex::TxIndex(const RulesetModel& ruleset) {
  for (RuleIndex i = 0; i < ruleset.rules.size(); ++i) {
    const Rule& rule = ruleset.rules[i];
    if (rule.removed()) continue;
    scripted_ |= rule.kind == parser::RuleKind::script || rule.has(Action::exec) ||
                 rule.op.id == parser::Operator::inspectFile;
    RuleReader(ruleset, i, [this](TxUse use) { add(std::move(use)); }).read();
  }
}

void TxIndex::add(TxUse new_use) {
  const TxUse& use = uses_.emplace_back(std::move(new_use));
  switch (use.name.kind) {
    case TxNameKind::literal:
      return add_named(use);
    case TxNameKind::pattern:
      return add_pattern(use);
    case TxNameKind::regex:
      return add_expression(use);
    case TxNameKind::captures:
      if (earliest_capture_ == nullptr || use.moment < earliest_capture_->moment) {
        earliest_capture_ = &use;
      }
      return;
    case TxNameKind::all:
      if (use.access == TxAccess::open) {
        if (opened(use.collection) == nullptr) opened_.push_back(&use);
      } else if (std::ranges::find(read_whole_, use.collection) == read_whole_.end()) {
        read_whole_.push_back(use.collection);
      }
  }
}

void TxIndex::add_named(const TxUse& use) {
  TxVariable*& variable = by_name_[key_of(use.collection, use.name.text)];
  if (variable == nullptr) {
    variable = &variables_.emplace_back();
    variable->collection = use.collection;
    variable->name = use.name.text;
  }
  (use.writes() ? variable->writes : variable->reads).push_back(&use);
}

void TxIndex::add_pattern(const TxUse& use) {
  if (!use.gives_value()) return;
  std::string key = key_of(use.collection, "");
  // Patterns that differ only in their macros are equal.
  for (const std::string& piece : use.name.pieces) key += piece + '\0';
  const auto [place, inserted] = places_.try_emplace(std::move(key), patterns_.size());
  if (inserted) return patterns_.push_back({use.collection, &use.name, &use});
  const TxUse*& earliest = patterns_[place->second].earliest;
  if (use.moment < earliest->moment) earliest = &use;
}

void TxIndex::add_expression(const TxUse& use) {
  const std::string key = fmt::format("{}/{}/", info(use.collection).name, use.name.text);
  if (!places_.try_emplace(key, expressions_.size()).second) return;
  Expression expression{use.collection, std::nullopt};
  if (expressions_.size() < kMaxPatterns) {
    Result<parser::Pcre> regex =
        parser::Pcre::compile(use.name.text, parser::selector_regex_options());
    if (regex) expression.regex = std::move(*regex);
  }
  expressions_.push_back(std::move(expression));
}

const TxVariable* TxIndex::find(Variable collection, std::string_view name) const {
  const auto found = by_name_.find(key_of(collection, name));
  return found == by_name_.end() ? nullptr : found->second;
}

const TxUse* TxIndex::earliest_value(const TxVariable& variable) const {
  const TxUse* earliest = variable.is_capture() ? earliest_capture_ : nullptr;
  const auto consider = [&](const TxUse* use) {
    if (earliest == nullptr || use->moment < earliest->moment) earliest = use;
  };
  for (const TxUse* use : variable.writes) {
    if (use->gives_value()) consider(use);
  }
  const std::string lower = lowercase(variable.name);
  for (size_t i = 0; i < patterns_.size(); ++i) {
    const Pattern& pattern = patterns_[i];
    if (pattern.collection != variable.collection) continue;
    if (i >= kMaxPatterns) {
      consider(pattern.earliest);
      break;
    }
    if (matches(*pattern.name, lower)) consider(pattern.earliest);
  }
  return earliest;
}

bool TxIndex::is_read(const TxVariable& variable) const {
  if (!variable.reads.empty()) return true;
  if (std::ranges::find(read_whole_, variable.collection) != read_whole_.end()) return true;
  const size_t most = std::min(expressions_.size(), kMaxPatterns);
  for (size_t i = 0; i < most; ++i) {
    const Expression& expression = expressions_[i];
    if (expression.collection != variable.collection) continue;
    if (!expression.regex) return true;
    const auto result = expression.regex->match(variable.name, 0, kMatchSteps, nullptr);
    if (result != parser::PcreResult::no_match) return true;
  }
  return expressions_.size() > kMaxPatterns;
}

const TxUse* TxIndex::opened(Variable collection) const {
  const auto found = std::ranges::find(opened_, collection, &TxUse::collection);
  return found == opened_.end() ? nullptr : *found;
}

bool is_set_by_engines(Variable collection, std::string_view name) {
  if (info(collection).kind == VariableKind::Persistent) {
    return std::ranges::any_of(kOfCollections, [&](auto word) { return iequals(word, name); });
  }
  return std::ranges::any_of(kSetByEngines, [&](const EngineVariable& row) {
    return row.collection == collection && iequals(row.name, name);
  });
}

std::string tx_title(Variable collection, std::string_view name) {
  return fmt::format("{}.{}", lowercase(info(collection).name), name);
}

bool matches(const TxName& pattern, std::string_view lower) {
  if (pattern.pieces.empty()) return lower == lowercase(pattern.text);
  const std::string& first = pattern.pieces.front();
  const std::string& last = pattern.pieces.back();
  if (lower.size() < first.size() + last.size()) return false;
  if (!lower.starts_with(first) || !lower.ends_with(last)) return false;
  // Matching each middle piece as early as possible leaves the most text for the rest.
  size_t at = first.size();
  for (size_t i = 1; i + 1 < pattern.pieces.size(); ++i) {
    const size_t found = lower.find(pattern.pieces[i], at);
    if (found == std::string_view::npos) return false;
    at = found + pattern.pieces[i].size();
  }
  return at + last.size() <= lower.size();
}

}  // namespace wafcheck::lint::inline analysis
