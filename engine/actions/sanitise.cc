// sanitise...: what audit records must not show. Here it is only noted; whoever writes a record
// masks it. Source: seclang reference 6.3.

#include "engine/evaluation.h"
#include "parser/ascii.h"

namespace wafcheck::engine {

using parser::Action;
using parser::Variable;

namespace {

/// Places of one value that are told apart; a value that matches in more is hidden whole.
constexpr size_t kMaxHits = 256;

/// Whether a variable shows what the client or the server sent: counters and flags of the engine
/// have nothing to hide.
bool is_content(Variable variable) {
  switch (variable) {
    case Variable::ARGS_NAMES:
    case Variable::ARGS_GET_NAMES:
    case Variable::ARGS_POST_NAMES:
    case Variable::AUTH_TYPE:
    case Variable::FILES:
    case Variable::FILES_NAMES:
    case Variable::FILES_TMP_CONTENT:
    case Variable::FULL_REQUEST:
    case Variable::MATCHED_VAR:
    case Variable::MATCHED_VARS:
    case Variable::MULTIPART_FILENAME:
    case Variable::MULTIPART_NAME:
    case Variable::MULTIPART_PART_HEADERS:
    case Variable::PATH_INFO:
    case Variable::QUERY_STRING:
    case Variable::REMOTE_USER:
    case Variable::REQUEST_BASENAME:
    case Variable::REQUEST_BODY:
    case Variable::REQUEST_COOKIES:
    case Variable::REQUEST_COOKIES_NAMES:
    case Variable::REQUEST_FILENAME:
    case Variable::REQUEST_HEADERS_NAMES:
    case Variable::REQUEST_LINE:
    case Variable::REQUEST_URI:
    case Variable::REQUEST_URI_RAW:
    case Variable::RESPONSE_ARGS:
    case Variable::RESPONSE_BODY:
    case Variable::RESPONSE_HEADERS_NAMES:
    case Variable::SESSIONID:
    case Variable::USERID:
    case Variable::XML:
      return true;
    default:
      return false;
  }
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

}  // namespace

void Evaluation::run(const SanitiseStep& step) {
  switch (step.action) {
    case Action::sanitiseArg:
      note(tx_.masks_.arguments, step.name);
      break;
    case Action::sanitiseRequestHeader:
      note(tx_.masks_.request_headers, step.name);
      break;
    case Action::sanitiseResponseHeader:
      note(tx_.masks_.response_headers, step.name);
      break;
    default:
      mask_match(step);
      break;
  }
}

void Evaluation::mask_match(const SanitiseStep& step) {
  // A SecAction matches nothing; the match that is still known is another rule's.
  if (tx_.current_rule_->unconditional || !tx_.last_match_ || tx_.last_match_->counted) return;
  const Match& match = *tx_.last_match_;
  if (step.action == Action::sanitiseMatchedBytes && mask_matched_bytes(match, step)) return;
  switch (match.variable) {
    case Variable::ARGS:
    case Variable::ARGS_GET:
    case Variable::ARGS_POST:
      note(tx_.masks_.arguments, match.key);
      break;
    case Variable::REQUEST_HEADERS:
      note(tx_.masks_.request_headers, match.key);
      break;
    case Variable::RESPONSE_HEADERS:
      note(tx_.masks_.response_headers, match.key);
      break;
    default:
      if (is_content(match.variable) && !match.value.empty())
        tx_.masks_.bytes.insert({match.value});
      break;
  }
}

/// Notes each place that the operator finds in the value; false when only the whole will do: the
/// operator tells no place, or transformations left nothing of it in what was sent.
bool Evaluation::mask_matched_bytes(const Match& match, const SanitiseStep& step) {
  const CompiledRule& rule = *tx_.current_rule_;
  if (rule.op.negated) return false;
  // The rule need not capture, and what it captures is the first place only: ask again, in a state
  // of our own.
  const std::string_view argument =
      rule.op.argument.literal ? rule.op.argument.text : expand(rule.op.argument);
  const Operator& op = operator_of(rule, argument);
  MatchState state;
  std::vector<std::string_view> found;
  for (std::string_view rest = match.transformed; !rest.empty();) {
    state.clear();
    state.want_captures = true;
    if (!op.match(rest, argument, state) || state.captures.empty()) break;
    const std::string_view capture = state.captures[0];
    if (capture.empty()) break;
    const size_t at = position(rest, capture);
    if (at == std::string_view::npos || found.size() == kMaxHits) return false;
    found.push_back(rest.substr(at, capture.size()));
    rest.remove_prefix(at + capture.size());
  }
  for (const std::string_view text : found) {
    if (match.value.find(text) == std::string_view::npos) return false;
  }
  for (const std::string_view text : found) {
    tx_.masks_.bytes.insert({text, step.keep_front, step.keep_back});
  }
  return !found.empty();
}

}  // namespace wafcheck::engine
