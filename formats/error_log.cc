#include "formats/error_log.h"

#include "formats/error_log_layouts.h"
#include "parser/language.h"

namespace wafcheck::formats {

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

}  // namespace

std::string as_it_is(std::string_view bytes) {
  return std::string(bytes);
}

std::string_view Alert::raw(Action action) const {
  const parser::ActionUse* use = rule().find(action);
  return use == nullptr ? std::string_view() : std::string_view(use->raw);
}

const engine::Interruption* Alert::interruption() const {
  const auto& made = transaction().interruption();
  const bool ours = matched.disrupted && made && made->rule_id == rule().id;
  return ours ? &*made : nullptr;
}

bool Alert::allows() const {
  return transaction().allowed() && rule().has(Action::allow);
}

std::string error_log_line(const Outcome& outcome, const MatchedRule& matched) {
  return line(outcome, matched, last_match(matched), profile_of(outcome), as_it_is, false);
}

std::vector<std::string> error_log(const Outcome& outcome) {
  const bool each_match = profile_of(outcome) == Profile::modsecurity3;
  std::vector<std::string> lines;
  for (const MatchedRule& matched : outcome.transaction->matched_rules()) {
    if (!matched.log) continue;
    if (!each_match || !matched.last->has(Action::multiMatch)) {
      lines.push_back(error_log_line(outcome, matched));
      continue;
    }
    const uint32_t link = matched.last->link;
    for (const Match& match : matched.matches) {
      if (match.link == link)
        lines.push_back(line(outcome, matched, &match, profile_of(outcome), as_it_is, false));
    }
  }
  return lines;
}

std::string alert_text(const Outcome& outcome, const MatchedRule& matched, Profile words,
                       const Shown& shown) {
  return line(outcome, matched, last_match(matched), words, shown, true);
}

}  // namespace wafcheck::formats
