#pragma once
// Why a transaction was decided on as it was: the rules that matched, where in the request and by
// what, and how the scores add up.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/program.h"
#include "engine/transaction.h"
#include "formats/why/evidence.h"
#include "formats/why/expression.h"
#include "formats/why/origin.h"
#include "formats/why/score.h"

namespace wafcheck::formats::inline why {

/// What made an operator match a value.
struct MatchedValue {
  const parser::Rule* link = nullptr;
  const engine::TestedValue* tested = nullptr;
  int64_t score = 0;           ///< what the rule added for it
  std::optional<Range> match;  ///< none: it is the value as a whole
  /// Of the transformations that changed the value, those through which `match` was followed back:
  /// all of them, it is bytes of the value; none, of the transformed text.
  size_t undone = 0;
  std::optional<Range> match_transformed;  ///< in the transformed text, as the operator found it
  std::optional<TakenBranches> branches;   ///< of @rx
  std::string phrase;                      ///< of @pm and its relatives
  std::string phrase_place;                ///< "sql.data:17"; empty: it stands in the rule
  std::string fingerprint;                 ///< of @detectSQLi
  std::vector<std::string> tokens;         ///< that make up the fingerprint, where they are known

  /// The value as it stands in the query string, the form or the cookies, where it is encoded
  /// there, and the match in it.
  std::string_view sent;
  std::optional<Range> match_sent;

  /// What each engine calls it, where it is a member of a JSON body; see names.h.
  std::vector<std::pair<std::string_view, std::string>> names;

  bool match_in_value() const { return undone == tested->steps.size(); }
};

/// A rule that takes part in the verdict.
struct MatchedRuleReason {
  const parser::Rule* starter = nullptr;
  int phase = 0;
  int64_t score = 0;
  int paranoia_level = 0;            ///< of its tag; 0: it has none
  std::string_view decides;          ///< how it interrupts, or would; empty: it does not
  std::string_view message;          ///< macros expanded
  std::vector<MatchedValue> values;  ///< of all links, in their order
};

struct Why {
  std::vector<MatchedRuleReason> rules;
  std::vector<ScoreSum> sums;
};

/// How much is looked into.
enum class Depth : uint8_t {
  places,  ///< what matched and where, as the operator tells it
  full,    ///< also branches of expressions, and the way back through transformations
  names,   ///< also what each engine calls it
};

/// Explains the transactions of one program. Safe to share between threads.
class Explainer {
 public:
  explicit Explainer(const engine::Program& program);

  /// Of rules that interrupt, add to a score that a rule compares, or log or audit before phase 5,
  /// which only reports. Views and pointers live as long as the transaction and the explainer.
  Why explain(const engine::Transaction& transaction, const EvidenceRecorder& evidence,
              Depth depth) const;

 private:
  MatchedValue explain(const engine::Transaction& transaction, const ValueEvidence& evidence,
                       Depth depth) const;
  void find_phrase(const ValueEvidence& evidence, MatchedValue& value) const;
  std::optional<TakenBranches> branches_of(const ValueEvidence& evidence,
                                           const std::optional<Range>& found) const;
  std::string place_of_phrase(const parser::Rule& rule, std::string_view phrase) const;

  const engine::Program& program_;
  std::vector<ScoreRule> score_rules_;
  /// Files of phrases, by rule and name: each line, lower-cased, and its number.
  using PhraseLines = std::map<std::string, size_t, std::less<>>;
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::unique_ptr<const PhraseLines>> phrase_files_;
  /// Of rules whose expression is the same for all transactions; null: there is none.
  mutable std::map<const parser::Rule*, std::unique_ptr<const BranchFinder>> branch_finders_;
};

/// The explainers of several programs, each made when it is first asked for. Safe to share between
/// threads.
class Explainers {
 public:
  const Explainer& of(const engine::Program& program) const;

 private:
  mutable std::mutex mutex_;
  mutable std::map<const engine::Program*, std::unique_ptr<const Explainer>> explainers_;
};

/// "942200": of a rule, a chain's link included; "" where it has none.
std::string id_text(const parser::Rule& starter);

}  // namespace wafcheck::formats::inline why
