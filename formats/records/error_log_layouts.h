#pragma once
// The layouts of error-log lines, one file each. Internal to formats.

#include "engine/program.h"
#include "engine/program/settings.h"
#include "formats/records/error_log.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::formats::inline records {

/// The contents of one line: a rule that matched, and the match that the line is about.
struct Alert {
  const Outcome& outcome;
  const engine::MatchedRule& matched;
  const engine::Match* match;  ///< null: a SecAction
  const Shown& shown;

  const engine::Transaction& transaction() const { return *outcome.transaction; }
  const parser::Rule& rule() const { return *matched.rule; }  ///< the chain's starter
  const parser::Rule& last() const { return *matched.last; }  ///< the link that the match is of
  parser::Place place() const {
    return transaction().program().ruleset().sources.begin_of(rule().span);
  }
  std::string_view first(parser::Variable variable) const {
    return transaction().first(variable).value_or("");
  }
  /// An action's value as written; empty: the rule has none.
  std::string_view raw(parser::Action action) const;
  /// The interruption in force, when this rule caused it.
  const engine::Interruption* interruption() const;
  /// Whether this rule let the transaction pass with `allow`.
  bool allows() const;
};

// `in_audit`: as part of an audit record, see alert_text().
std::string alert_modsecurity2(const Alert& alert, bool in_audit);
std::string alert_modsecurity3(const Alert& alert, bool in_audit);
std::string alert_coraza(const Alert& alert);

}  // namespace wafcheck::formats::inline records
