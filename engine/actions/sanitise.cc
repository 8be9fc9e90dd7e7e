// sanitise...: what audit records must not show. Here it is only noted; what writes a record masks
// it. Source: seclang reference 6.3.

#include <functional>

#include "engine/actions/actions.h"
#include "engine/values/macros.h"
#include "engine/values/operator_of.h"
#include "parser/base/ascii.h"

namespace wafcheck::engine::inline actions {

using parser::Action;
using parser::Variable;

namespace {

/// Places of one value that are told apart; a value that matches in more is hidden whole.
constexpr size_t kMaxHits = 256;

/// Whether a variable shows what the client or the server sent: counters and flags of the engine
/// have nothing to hide.
bool is_content(Variable variable) {
  return parser::info(variable).masking == parser::Masking::Bytes;
}

void note(Masks::Names& names, std::string_view name) {
  std::string lower = lowercase(name);
  if (!names.contains(lower)) names.insert(std::move(lower));
}

size_t find_any_case(std::string_view text, std::string_view wanted) {
  for (size_t at = 0; at + wanted.size() <= text.size(); ++at) {
    if (iequals(text.substr(at, wanted.size()), wanted)) return at;
  }
  return std::string_view::npos;
}

/// Where a capture stands in `text`; some operators capture their own spelling of it.
size_t position(std::string_view text, std::string_view capture) {
  const std::less_equal<const char*> not_after;
  const bool inside = not_after(text.data(), capture.data()) &&
                      not_after(capture.data() + capture.size(), text.data() + text.size());
  return inside ? static_cast<size_t>(capture.data() - text.data()) : find_any_case(text, capture);
}

/// Notes each place that the operator finds in the value; false when only the whole will do: the
/// operator tells no place, or transformations left nothing of it in what was sent.
bool mask_matched_bytes(TransactionState& state, const Match& match, const SanitiseStep& step) {
  const CompiledRule& rule = *state.current.rule;
  if (rule.op.negated) return false;
  // The rule need not capture, and what it captures is the first place only: ask again, in a state
  // of our own.
  const std::string_view argument = expand(state, rule.op.argument);
  const operators::Operator* const op = operator_of(state, rule, argument);
  if (op == nullptr) return false;
  operators::MatchState own;
  std::vector<std::string_view> hits;
  for (std::string_view rest = match.transformed; !rest.empty();) {
    own.clear();
    own.want_captures = true;
    if (!op->match(rest, argument, own) || own.captures.empty()) break;
    const std::string_view capture = own.captures[0];
    if (capture.empty()) break;
    const size_t at = position(rest, capture);
    if (at == std::string_view::npos || hits.size() == kMaxHits) return false;
    hits.push_back(rest.substr(at, capture.size()));
    rest.remove_prefix(at + capture.size());
  }
  for (const std::string_view text : hits) {
    if (match.value.find(text) == std::string_view::npos) return false;
  }
  for (const std::string_view text : hits) {
    state.arena.spend(2 * sizeof(Masks::Bytes));
    state.audit.masks.bytes.insert({text, step.keep_front, step.keep_back});
  }
  return !hits.empty();
}

void mask_match(TransactionState& state, const SanitiseStep& step) {
  // A SecAction matches nothing: the last match is another rule's.
  const std::optional<Match>& last = state.matches.last();
  if (state.current.rule->unconditional || !last || last->counted) return;
  const Match& match = *last;
  if (step.action == Action::sanitiseMatchedBytes && mask_matched_bytes(state, match, step)) return;
  switch (match.variable) {
    case Variable::ARGS:
    case Variable::ARGS_GET:
    case Variable::ARGS_POST:
      note(state.audit.masks.arguments, match.key);
      break;
    case Variable::REQUEST_HEADERS:
      note(state.audit.masks.request_headers, match.key);
      break;
    case Variable::RESPONSE_HEADERS:
      note(state.audit.masks.response_headers, match.key);
      break;
    default:
      if (is_content(match.variable) && !match.value.empty())
        state.audit.masks.bytes.insert({match.value});
      break;
  }
}

}  // namespace

void perform(TransactionState& state, const SanitiseStep& step) {
  switch (step.action) {
    case Action::sanitiseArg:
      note(state.audit.masks.arguments, step.name);
      break;
    case Action::sanitiseRequestHeader:
      note(state.audit.masks.request_headers, step.name);
      break;
    case Action::sanitiseResponseHeader:
      note(state.audit.masks.response_headers, step.name);
      break;
    default:
      mask_match(state, step);
      break;
  }
}

}  // namespace wafcheck::engine::inline actions
