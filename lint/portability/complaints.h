#pragma once
// Words that engines of a run do not know, turned into findings: one for each word and standing,
// which names all engines concerned.

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lint/check.h"
#include "lint/portability/capabilities.h"

namespace wafcheck::lint {

/// The engines that --engine names; all three in their newest versions where it names none.
std::vector<EngineTarget> targets_of(const Options& options);

/// "ModSecurity 3.0.9 and Coraza"
std::string titles_of(const std::vector<EngineTarget>& targets);
/// Makes a finding one about these engines; no engine was named: it is about engines all the same.
void name_engines(parser::Diagnostic& finding, const std::vector<EngineTarget>& targets);

/// Reports the uses of words under one check.
class Complaints {
 public:
  Complaints(const Context& context, Findings& found, Check check)
      : found_(found), check_(check), targets_(targets_of(context.options)) {}

  /// Reports what the engines do not make of a use of `word`. `shown` is how messages show it, as in
  /// "@rsub"; `known` as in capability(); `rule` may be null. Returns the last finding, which holds
  /// until the next is added; null: nothing was reported.
  parser::Diagnostic* use(const parser::Rule* rule, parser::Span span, WordKind kind,
                          std::string_view word, std::string_view shown,
                          parser::Engines known = parser::kAllEngines);

  parser::Diagnostic* use(const parser::Rule* rule, parser::Span span, parser::Directive word);
  /// Leaves out what is less grave than `least`.
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
  /// What is said of a word; nothing of most.
  struct Complaint {
    Standing standing = Standing::Unknown;
    std::vector<EngineTarget> targets;
    const VersionFact* fact = nullptr;  ///< of the first target
    bool one_fact = true;               ///< it is that of all targets
    std::string message;
  };
  using List = std::vector<Complaint>;

  List ask(WordKind kind, std::string_view word, std::string_view shown,
           parser::Engines known) const;
  parser::Diagnostic* report(const List& complaints, const parser::Rule* rule, parser::Span span,
                             Standing least = Standing::Needless);
  template <typename Word>
  parser::Diagnostic* use_word(const parser::Rule* rule, parser::Span span, WordKind kind,
                               Word word, std::string_view prefix,
                               Standing least = Standing::Needless);

  Findings& found_;
  Check check_;
  std::vector<EngineTarget> targets_;
  std::unordered_map<uint32_t, List> asked_;  ///< by kind and number of a word
};

}  // namespace wafcheck::lint
