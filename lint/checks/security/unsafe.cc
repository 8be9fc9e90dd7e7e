// Checks on features with which an attacker can crash or stall certain versions of an engine.

#include <fmt/format.h>

#include <string>
#include <unordered_map>

#include "lint/checks/portability/complaints.h"
#include "lint/checks/visit.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::ActionUse;
using parser::Rule;

/// Reports the first use of each word, and the number of uses.
class UnsafeUses {
 public:
  UnsafeUses(const Context& context, Check check)
      : check_(check), targets_(targets_of(context.options)) {}

  void add(const Rule* rule, parser::Span span, WordKind kind, std::string_view word,
           std::string_view shown) {
    const auto [place, inserted] = places_.try_emplace(std::string(shown), uses_.size());
    if (inserted) {
      Use use{rule, span, std::string(shown), {}, nullptr, 0};
      for (const EngineTarget& target : targets_) {
        const VersionFact* const fact = caution(target, kind, word, Standing::Unsafe);
        if (fact == nullptr) continue;
        use.fact = fact;
        use.targets.push_back(target);
      }
      uses_.push_back(std::move(use));
    }
    ++uses_[place->second].count;
  }

  void report(Findings& findings) const {
    for (const Use& use : uses_) {
      if (use.fact == nullptr) continue;
      std::string message = fmt::format("{} is not safe in {}: {}", use.shown,
                                        titles_of(use.targets), use.fact->note);
      if (use.count > 1) message += fmt::format("; {} uses", use.count);
      std::string help = fmt::format("use {} or newer", use.fact->until);
      auto& finding =
          use.rule == nullptr
              ? findings.add(check_, use.span, std::move(message), std::move(help))
              : findings.add(check_, *use.rule, use.span, std::move(message), std::move(help));
      name_engines(finding, use.targets);
    }
  }

 private:
  struct Use {
    const Rule* rule;
    parser::Span span;
    std::string shown;
    std::vector<EngineTarget> targets;
    const VersionFact* fact;
    size_t count;
  };

  Check check_;
  std::vector<EngineTarget> targets_;
  std::vector<Use> uses_;
  std::unordered_map<std::string, size_t> places_;  ///< in uses_
};

}  // namespace

void sanitise_action_dos(const Context& context, Findings& findings) {
  UnsafeUses uses(context, Check::sanitise_action_dos);
  each_action(context.ruleset, [&](const Rule* rule, const ActionUse& use) {
    const std::string_view name = info(use.id).name;
    if (!name.starts_with("sanitise")) return;
    uses.add(rule, use.name_span, WordKind::Action, name, name);
  });
  uses.report(findings);
}

void crash_prone_on_version(const Context& context, Findings& findings) {
  UnsafeUses uses(context, Check::crash_prone_on_version);
  each_directive(context.ruleset, [&](parser::Directive directive, const auto& node) {
    if (node.arguments.size() != 1 || info(directive).form != parser::DirectiveForm::Choice) return;
    const std::string word =
        fmt::format("{} {}", info(directive).name, node.arguments[0].text.view());
    uses.add(nullptr, node.arguments[0].text.span(), WordKind::Setting, word, word);
  });
  for (const Rule& rule : context.ruleset.rules) {
    if (rule.kind != parser::RuleKind::rule || rule.op.implicit) continue;
    const std::string_view name = info(rule.op.id).name;
    uses.add(&rule, rule.op.name, WordKind::Operator, name, fmt::format("@{}", name));
  }
  each_action(context.ruleset, [&](const Rule* rule, const ActionUse& use) {
    const auto* const transformation = std::get_if<parser::Transformation>(&use.value);
    if (transformation == nullptr) return;
    const std::string_view name = info(*transformation).name;
    uses.add(rule, use.value_span, WordKind::Transformation, name, fmt::format("t:{}", name));
  });
  uses.report(findings);
}

}  // namespace wafcheck::lint::inline checks
