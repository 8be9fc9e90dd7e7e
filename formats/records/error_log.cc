#include "formats/records/error_log.h"

#include "engine/program.h"
#include "engine/program/settings.h"
#include "formats/records/error_log_layouts.h"
#include "formats/records/record_format.h"
#include "parser/language/language.h"
#include "parser/language/semantics.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::formats::inline records {

using engine::Match;
using engine::MatchedRule;
using parser::Action;
using parser::Profile;

namespace {

std::string line(const Outcome& outcome, const MatchedRule& matched, const Match* match,
                 Profile words, const Shown& shown, bool in_audit) {
  const Alert alert{outcome, matched, match, shown};
  switch (words) {
    case Profile::modsecurity3:
      return alert_modsecurity3(alert, in_audit);
    case Profile::coraza:
      return alert_coraza(alert);
    case Profile::standard:
    case Profile::modsecurity2:
      break;
  }
  return alert_modsecurity2(alert, in_audit);
}

const Match* last_match(const MatchedRule& matched) {
  return matched.matches.empty() ? nullptr : &matched.matches.back();
}

Profile profile_of(const Outcome& outcome) {
  return outcome.transaction->program().semantics().profile;
}

/// Whether a denial names no match: the hits of multiMatch have said so.
bool denied_without_match(const Outcome& outcome, const MatchedRule& matched) {
  return matched.disrupted && matched.last->has(Action::multiMatch) &&
         outcome.transaction->program().semantics().multi_match_denial_bare;
}

class ErrorLog : public RecordWriter {
 public:
  std::string record(const Outcome& outcome) const override {
    std::string lines;
    for (const std::string& line : error_log(outcome)) lines.append(line).push_back('\n');
    return lines;
  }
};

}  // namespace

std::string as_it_is(std::string_view bytes) {
  return std::string(bytes);
}

std::unique_ptr<RecordWriter> make_error_log(const RecordContext&) {
  return std::make_unique<ErrorLog>();
}

std::string_view Alert::raw(Action action) const {
  const parser::ActionUse* use = rule().find(action);
  return use == nullptr ? std::string_view() : std::string_view(use->raw);
}

const engine::Interruption* Alert::interruption() const {
  const auto& interruption = transaction().interruption();
  const bool by_this_rule = matched.disrupted && interruption && interruption->rule_id == rule().id;
  return by_this_rule ? &*interruption : nullptr;
}

bool Alert::allows() const {
  return transaction().allowed() && rule().has(Action::allow);
}

std::string error_log_line(const Outcome& outcome, const MatchedRule& matched) {
  const Match* match = last_match(matched);
  if (match != nullptr && denied_without_match(outcome, matched)) match = nullptr;
  return line(outcome, matched, match, profile_of(outcome), as_it_is, false);
}

std::vector<std::string> error_log(const Outcome& outcome) {
  std::vector<std::string> lines;
  for (const MatchedRule& matched : outcome.transaction->matched_rules()) {
    if (matched.log) lines.push_back(error_log_line(outcome, matched));
  }
  return lines;
}

bool error_log_refers(const engine::Program& program) {
  return program.semantics().profile == Profile::modsecurity3;
}

std::string alert_text(const Outcome& outcome, const MatchedRule& matched, Profile words,
                       const Shown& shown) {
  return line(outcome, matched, last_match(matched), words, shown, true);
}

}  // namespace wafcheck::formats::inline records
