// Checks whether every engine of --engine supports the words of the rules.

#include <fmt/format.h>

#include <string>

#include "lint/checks/portability/complaints.h"
#include "lint/checks/visit.h"
#include "parser/base/ascii.h"
#include "parser/ruleset/macro.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::Ctl;
using parser::CtlUse;
using parser::Directive;
using parser::DirectiveForm;
using parser::DirectiveNode;
using parser::Operator;
using parser::Rule;
using parser::Variable;

// Words about persistent collections are left to persistent-collections.
bool is_about_collections(Directive directive) {
  return directive == Directive::SecDataDir || directive == Directive::SecCollectionTimeout;
}
bool is_about_collections(Action action) {
  return action == Action::initcol || action == Action::expirevar;
}

void check_setting(Complaints& complaints, Directive directive, const DirectiveNode& node) {
  const parser::DirectiveInfo& row = info(directive);
  const bool choice = row.form == DirectiveForm::Choice || row.form == DirectiveForm::Number;
  if (choice && !node.arguments.empty() && node.arguments[0].quote != 0) {
    complaints.construct(nullptr, node.arguments[0].span, construct::kQuotedSetting);
  }
  if (node.arguments.size() == 1) {
    const std::string word = fmt::format("{} {}", row.name, node.arguments[0].text.view());
    if (has_facts(WordKind::Setting, word)) {
      const bool own = !node.arguments[0].text.empty();
      complaints.use(nullptr, own ? node.arguments[0].text.span() : node.name_span,
                     WordKind::Setting, word, word, row.engines);
      return;
    }
  }
  complaints.use(nullptr, node.name_span, directive);
}

void check_ids(Complaints& complaints, Directive directive, const DirectiveNode& node) {
  if (node.arguments.empty()) return;
  const parser::Text& ids = node.arguments[0].text;
  if (directive == Directive::SecRuleUpdateTargetById &&
      ids.view().find_first_of(",-") != std::string_view::npos) {
    complaints.construct(nullptr, ids.span(), construct::kUpdateTargetRange);
  }
  if (directive == Directive::SecRuleRemoveById && ids.view().find(',') != std::string_view::npos) {
    complaints.construct(nullptr, ids.span(), construct::kIdList);
  }
}

void check_ctl(Complaints& complaints, const Rule* rule, const ActionUse& use, const CtlUse& ctl) {
  const std::string_view name = info(ctl.option).name;
  const std::string_view written = std::string_view(use.raw).substr(0, use.raw.find('='));
  const parser::Span option = part_of(use, 0, written.size());
  if (complaints.use(rule, option, ctl.option) != nullptr) return;
  if (trim(written) != name) complaints.construct(rule, option, construct::kCtlCase);
  const parser::Span value = part_of(use, written.size() + 1, use.raw.size());
  if (ctl.option == Ctl::auditLogParts) {
    const bool relative = ctl.value.starts_with('+') || ctl.value.starts_with('-');
    complaints.construct(
        rule, value, relative ? construct::kAuditPartsRelative : construct::kAuditPartsAbsolute);
  }
  if (ctl.option == Ctl::requestBodyProcessor) {
    const std::string word = fmt::format("{}={}", name, ctl.value);
    complaints.use(rule, value, WordKind::Ctl, word, "ctl:" + word);
  }
  for (const parser::Target& target : ctl.targets) {
    if (target.selector.text.find('@') == std::string::npos) continue;
    complaints.construct(rule, target.span, construct::kCtlAttribute);
    if (ctl.option == Ctl::ruleRemoveTargetByTag) {
      complaints.construct(rule, target.span, construct::kCtlAttributeByTag);
    }
  }
}

void check_metadata(Complaints& complaints, const Rule* rule, const ActionUse& use) {
  if (use.quote != 0) return;
  if (use.id == Action::ver) {
    complaints.construct(rule, use.span, construct::kUnquotedVersion);
  }
  if (use.id == Action::maturity || use.id == Action::accuracy || use.id == Action::rev) {
    complaints.construct(rule, use.span, construct::kUnquotedMetadata);
  }
}

void check_macros(Complaints& complaints, const Rule* rule, const parser::MacroText& text) {
  for (const parser::MacroPart& part : text.parts) {
    if (part.is_variable) complaints.use(rule, part.span, part.variable, Standing::Unknown);
  }
}

bool is_collection_of_names(Variable variable) {
  return info(variable).name.ends_with("_NAMES");
}

void check_target(Complaints& complaints, const Rule* rule, const parser::Target& target) {
  // Excluding or counting a variable that is never there is harmless.
  const bool inspected = !target.excluded && !target.count;
  const Standing least = inspected ? Standing::Ignored : Standing::Unknown;
  if (target.variable != Variable::IP || target.excluded) {
    if (complaints.use(rule, target.span, target.variable, least) != nullptr) return;
  }
  const parser::Selector& selector = target.selector;
  if (selector.kind == parser::SelectorKind::none) return;
  if (is_collection_of_names(target.variable)) {
    complaints.construct(rule, selector.span, construct::kNamesSelector);
  }
  const bool xpath = target.variable == Variable::XML && inspected;
  if (xpath && selector.text != "/*" && selector.text != "//@*") {
    complaints.construct(rule, selector.span, construct::kXpath);
  }
}

}  // namespace

void unsupported_directive(const Context& context, Findings& findings) {
  Complaints complaints(context, findings, Check::unsupported_directive);
  each_directive(context.ruleset, [&](Directive directive, const DirectiveNode& node) {
    if (is_about_collections(directive)) return;
    check_setting(complaints, directive, node);
    check_ids(complaints, directive, node);
    const std::string& bytes = context.ruleset.sources[node.name_span.file].bytes;
    if (node.name_span.end < bytes.size() && bytes[node.name_span.end] == '\t') {
      complaints.construct(nullptr, node.name_span, construct::kDirectiveTab);
    }
  });
}

void unsupported_action(const Context& context, Findings& findings) {
  Complaints complaints(context, findings, Check::unsupported_action);
  each_action(context.ruleset, [&](const Rule* rule, const ActionUse& use) {
    if (use.id == Action::t || is_about_collections(use.id)) return;
    if (complaints.use(rule, use.name_span, use.id) != nullptr) return;
    check_metadata(complaints, rule, use);
    if (const auto* ctl = std::get_if<CtlUse>(&use.value)) check_ctl(complaints, rule, use, *ctl);
  });
}

void unsupported_operator(const Context& context, Findings& findings) {
  Complaints complaints(context, findings, Check::unsupported_operator);
  for (const Rule& rule : context.ruleset.rules) {
    if (rule.kind != parser::RuleKind::rule) continue;
    const parser::OperatorUse& op = rule.op;
    const parser::Span name = op.implicit ? op.span : op.name;
    if (complaints.use(&rule, name, op.id) != nullptr) continue;
    if (!op.implicit) {
      std::string_view written = context.ruleset.sources.text(op.name);
      written.remove_prefix(std::min(written.find('@') + 1, written.size()));
      const std::string_view canonical = info(op.id).name;
      if (written != canonical && iequals(written, canonical)) {
        complaints.construct(&rule, name, construct::kOperatorCase);
      }
    }
    if (info(op.id).search != parser::Search::Expression) continue;
    for (const parser::MacroPart& part : op.text.parts) {
      if (part.is_variable) complaints.construct(&rule, part.span, construct::kRxMacro);
    }
  }
}

void unsupported_transformation(const Context& context, Findings& findings) {
  Complaints complaints(context, findings, Check::unsupported_transformation);
  each_action(context.ruleset, [&](const Rule* rule, const ActionUse& use) {
    if (const auto* transformation = std::get_if<parser::Transformation>(&use.value)) {
      complaints.use(rule, use.value_span, *transformation);
    }
  });
}

void variable_since_version(const Context& context, Findings& findings) {
  Complaints complaints(context, findings, Check::variable_since_version);
  for (const Rule& rule : context.ruleset.rules) {
    for (const parser::Target& target : rule.targets) check_target(complaints, &rule, target);
    check_macros(complaints, &rule, rule.op.text);
  }
  each_action(context.ruleset, [&](const Rule* rule, const ActionUse& use) {
    if (const auto* text = std::get_if<parser::MacroText>(&use.value)) {
      check_macros(complaints, rule, *text);
    } else if (const auto* setvar = std::get_if<parser::Setvar>(&use.value)) {
      check_macros(complaints, rule, setvar->name);
      check_macros(complaints, rule, setvar->value);
    } else if (const auto* collection = std::get_if<parser::CollectionUse>(&use.value)) {
      check_macros(complaints, rule, collection->key);
      check_macros(complaints, rule, collection->value);
    }
  });
}

void persistent_collections(const Context& context, Findings& findings) {
  Complaints complaints(context, findings, Check::persistent_collections);
  each_directive(context.ruleset, [&](Directive directive, const DirectiveNode& node) {
    if (is_about_collections(directive)) complaints.use(nullptr, node.name_span, directive);
  });
  for (const Rule& rule : context.ruleset.rules) {
    for (const parser::Target& target : rule.targets) {
      if (target.variable != Variable::IP || target.excluded) continue;
      complaints.use(&rule, target.span, target.variable, Standing::Ignored);
    }
  }
  each_action(context.ruleset, [&](const Rule* rule, const ActionUse& use) {
    if (is_about_collections(use.id)) {
      complaints.use(rule, use.name_span, use.id);
    } else if (const auto* setvar = std::get_if<parser::Setvar>(&use.value)) {
      if (setvar->collection == Variable::TX) return;
      complaints.construct(rule, use.value_span, construct::kSetvarPersistent);
    }
  });
}

void optional_feature(const Context& context, Findings& findings) {
  const std::vector<EngineTarget> targets = targets_of(context.options);
  const auto use = [&](const Rule* rule, parser::Span span, WordKind kind, std::string_view word,
                       std::string shown) {
    std::vector<EngineTarget> concerned;
    const VersionFact* fact = nullptr;
    for (const EngineTarget& target : targets) {
      const VersionFact* const own = caution(target, kind, word, Standing::Optional);
      if (own == nullptr) continue;
      fact = own;
      concerned.push_back(target);
    }
    if (fact == nullptr) return;
    std::string message = fmt::format("not every build of {} has {}", titles_of(concerned), shown);
    auto& finding =
        rule == nullptr
            ? findings.add(Check::optional_feature, span, message, std::string(fact->note))
            : findings.add(Check::optional_feature, *rule, span, message, std::string(fact->note));
    name_engines(finding, concerned);
  };
  each_directive(context.ruleset, [&](Directive directive, const DirectiveNode& node) {
    const std::string_view word = info(directive).name;
    use(nullptr, node.name_span, WordKind::Directive, word, std::string(word));
  });
  for (const Rule& rule : context.ruleset.rules) {
    if (rule.kind != parser::RuleKind::rule) continue;
    const std::string_view word = info(rule.op.id).name;
    use(&rule, rule.op.name, WordKind::Operator, word, fmt::format("@{}", word));
  }
  each_action(context.ruleset, [&](const Rule* rule, const ActionUse& action) {
    if (action.id != Action::exec) return;
    use(rule, action.name_span, WordKind::Action, "exec", "exec");
  });
}

}  // namespace wafcheck::lint::inline checks
