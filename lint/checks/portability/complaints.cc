#include "lint/checks/portability/complaints.h"

#include <fmt/format.h>

#include <algorithm>

namespace wafcheck::lint::inline checks {
namespace {

parser::Severity severity_of(Standing standing) {
  switch (standing) {
    case Standing::Needless:
      return parser::Severity::info;
    case Standing::Ignored:
      return parser::Severity::warning;
    default:
      return parser::Severity::error;
  }
}

/// The message about `shown` in these engines.
std::string sentence(Standing standing, WordKind kind, std::string_view shown,
                     const std::vector<EngineTarget>& targets) {
  const std::string titles = titles_of(targets);
  const bool one = targets.size() == 1;
  switch (standing) {
    case Standing::Needless:
      return fmt::format("{} has no effect in {}", shown, titles);
    case Standing::Misread:
      return fmt::format("{} misread{} {}", titles, one ? "s" : "", shown);
    case Standing::Ignored:
      return kind == WordKind::Variable
                 ? fmt::format("{} never fill{} {}", titles, one ? "s" : "", shown)
                 : fmt::format("{} ignore{} {}", titles, one ? "s" : "", shown);
    default:
      return fmt::format("{} do{} not support {}", titles, one ? "es" : "", shown);
  }
}

/// "; it came with 3.0.8"
std::string history(const VersionFact& fact) {
  if (!fact.until.empty()) return fmt::format("; it came with {}", fact.until);
  if (!fact.since.empty()) return fmt::format("; {} removed it", fact.since);
  return {};
}

}  // namespace

std::vector<EngineTarget> targets_of(const Options& options) {
  if (!options.engines.empty()) return options.engines;
  return {{parser::M2, {}}, {parser::M3, {}}, {parser::CZ, {}}};
}

std::string titles_of(const std::vector<EngineTarget>& targets) {
  std::string titles;
  for (size_t i = 0; i < targets.size(); ++i) {
    if (i > 0) titles += i + 1 == targets.size() ? " and " : ", ";
    titles += title_of(targets[i]);
  }
  return titles;
}

void name_engines(parser::Diagnostic& finding, const std::vector<EngineTarget>& targets) {
  for (const EngineTarget& target : targets) {
    const std::string_view name = name_of(target.engine);
    if (std::ranges::find(finding.engines, name) == finding.engines.end()) {
      finding.engines.push_back(name);
    }
  }
}

Complaints::List Complaints::ask(WordKind kind, std::string_view word, std::string_view shown,
                                 parser::Engines knowing) const {
  List list;
  for (const EngineTarget& target : targets_) {
    const Capability support = capability(target, kind, word, knowing);
    if (support.standing == Standing::Known) continue;
    auto complaint = std::ranges::find(list, support.standing, &Complaint::standing);
    if (complaint == list.end()) {
      complaint = list.insert(list.end(), Complaint{support.standing, {}, support.fact, true, {}});
    }
    complaint->one_fact = complaint->one_fact && complaint->fact == support.fact;
    complaint->targets.push_back(target);
  }
  for (Complaint& complaint : list) {
    complaint.message = sentence(complaint.standing, kind, shown, complaint.targets);
    if (complaint.fact != nullptr && complaint.one_fact) {
      complaint.message += history(*complaint.fact);
    }
  }
  return list;
}

parser::Diagnostic* Complaints::report(const List& complaints, const parser::Rule* rule,
                                       parser::Span span, Standing least) {
  parser::Diagnostic* last = nullptr;
  for (const Complaint& complaint : complaints) {
    if (complaint.standing < least) continue;
    std::string help(complaint.fact == nullptr ? std::string_view() : complaint.fact->note);
    parser::Diagnostic& finding =
        rule == nullptr ? findings_.add(check_, span, complaint.message, std::move(help))
                        : findings_.add(check_, *rule, span, complaint.message, std::move(help));
    finding.severity = severity_of(complaint.standing);
    name_engines(finding, complaint.targets);
    if (complaint.fact != nullptr && complaint.one_fact) finding.until = complaint.fact->until;
    last = &finding;
  }
  return last;
}

parser::Diagnostic* Complaints::use(const parser::Rule* rule, parser::Span span, WordKind kind,
                                    std::string_view word, std::string_view shown,
                                    parser::Engines knowing) {
  return report(ask(kind, word, shown, knowing), rule, span);
}

template <typename Word>
parser::Diagnostic* Complaints::use_word(const parser::Rule* rule, parser::Span span, WordKind kind,
                                         Word word, std::string_view prefix, Standing least) {
  const uint32_t key = static_cast<uint32_t>(kind) << 16 | static_cast<uint32_t>(word);
  const auto [it, inserted] = asked_.try_emplace(key);
  if (inserted) {
    const auto& row = info(word);
    it->second = ask(kind, row.name, std::string(prefix).append(row.name), row.engines);
  }
  return report(it->second, rule, span, least);
}

parser::Diagnostic* Complaints::use(const parser::Rule* rule, parser::Span span,
                                    parser::Directive word) {
  return use_word(rule, span, WordKind::Directive, word, "");
}
parser::Diagnostic* Complaints::use(const parser::Rule* rule, parser::Span span,
                                    parser::Variable word, Standing least) {
  return use_word(rule, span, WordKind::Variable, word, "", least);
}
parser::Diagnostic* Complaints::use(const parser::Rule* rule, parser::Span span,
                                    parser::Operator word) {
  return use_word(rule, span, WordKind::Operator, word, "@");
}
parser::Diagnostic* Complaints::use(const parser::Rule* rule, parser::Span span,
                                    parser::Transformation word) {
  return use_word(rule, span, WordKind::Transformation, word, "t:");
}
parser::Diagnostic* Complaints::use(const parser::Rule* rule, parser::Span span,
                                    parser::Action word) {
  return use_word(rule, span, WordKind::Action, word, "");
}
parser::Diagnostic* Complaints::use(const parser::Rule* rule, parser::Span span, parser::Ctl word) {
  return use_word(rule, span, WordKind::Ctl, word, "ctl:");
}

}  // namespace wafcheck::lint::inline checks
