#pragma once
// Findings about words that some engines do not support: one per use and standing, with the names
// of all engines concerned.

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lint/analysis/capabilities.h"
#include "lint/checks/check.h"

namespace wafcheck::lint::inline checks {

/// The engines of --engine, or else the newest versions of all three.
std::vector<EngineTarget> targets_of(const Options& options);

/// "ModSecurity 3.0.9 and Coraza"
std::string titles_of(const std::vector<EngineTarget>& targets);
/// Adds the names of these engines to a finding.
void name_engines(parser::Diagnostic& finding, const std::vector<EngineTarget>& targets);

/// Reports the uses of words under one check.
class Complaints {
 public:
  Complaints(const Context& context, Findings& findings, Check check)
      : findings_(findings), check_(check), targets_(targets_of(context.options)) {}

  /// Reports the engines that do not support a use of `word`. `shown` is its form in messages, such
  /// as "@rsub"; `known` as in capability(); `rule` may be null. Returns the last finding, valid
  /// until the next is added, or null if nothing was reported.
  parser::Diagnostic* use(const parser::Rule* rule, parser::Span span, WordKind kind,
                          std::string_view word, std::string_view shown,
                          parser::Engines knowing = parser::kAllEngines);

  parser::Diagnostic* use(const parser::Rule* rule, parser::Span span, parser::Directive word);
  /// Reports only standings from `least` on.
  parser::Diagnostic* use(const parser::Rule* rule, parser::Span span, parser::Variable word,
                          Standing least);
  parser::Diagnostic* use(const parser::Rule* rule, parser::Span span, parser::Operator word);
  parser::Diagnostic* use(const parser::Rule* rule, parser::Span span, parser::Transformation word);
  parser::Diagnostic* use(const parser::Rule* rule, parser::Span span, parser::Action word);
  parser::Diagnostic* use(const parser::Rule* rule, parser::Span span, parser::Ctl word);
  parser::Diagnostic* construct(const parser::Rule* rule, parser::Span span,
                                std::string_view what) {
    return use(rule, span, WordKind::Construct, what, what);
  }

 private:
  /// The engines in which a word has the same standing, and the message.
  struct Complaint {
    Standing standing = Standing::Unknown;
    std::vector<EngineTarget> targets;
    const VersionFact* fact = nullptr;  ///< of the first target
    bool one_fact = true;               ///< `fact` holds for all targets
    std::string message;
  };
  using List = std::vector<Complaint>;

  List ask(WordKind kind, std::string_view word, std::string_view shown,
           parser::Engines knowing) const;
  parser::Diagnostic* report(const List& complaints, const parser::Rule* rule, parser::Span span,
                             Standing least = Standing::Needless);
  template <typename Word>
  parser::Diagnostic* use_word(const parser::Rule* rule, parser::Span span, WordKind kind,
                               Word word, std::string_view prefix,
                               Standing least = Standing::Needless);

  Findings& findings_;
  Check check_;
  std::vector<EngineTarget> targets_;
  std::unordered_map<uint32_t, List> asked_;  ///< by kind and number of a word
};

}  // namespace wafcheck::lint::inline checks
