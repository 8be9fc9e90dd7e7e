// Error-log lines as Coraza words them.

#include <fmt/format.h>

#include "formats/records/error_log_layouts.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"

namespace wafcheck::formats::inline records {
namespace {

using parser::Action;
using parser::Variable;

constexpr size_t kTextBytes = 280;

std::string verdict(const Alert& alert) {
  const int phase = alert.matched.phase;
  if (alert.allows()) return fmt::format("Access allowed (phase {}).", phase);
  const engine::Interruption* interruption = alert.interruption();
  if (interruption == nullptr) return "Warning.";
  switch (interruption->action) {
    case engine::Disruption::drop:
      return fmt::format("Access dropped (phase {}).", phase);
    case engine::Disruption::redirect:
      return fmt::format("Access redirected (phase {}).", phase);
    default:
      return fmt::format("Access denied (phase {}).", phase);
  }
}

}  // namespace

std::string alert_coraza(const Alert& alert) {
  const std::string message = alert.shown(alert.matched.message).substr(0, kTextBytes);
  const std::string data = alert.shown(alert.matched.data).substr(0, kTextBytes);
  const parser::Place place = alert.place();
  const auto number = [&](Action action) {
    const std::string_view raw = alert.raw(action);
    return go_quoted(raw.empty() ? std::string_view("0") : raw);
  };
  // The words of the message stand in a line, too.
  std::string words = go_quoted(message);
  words = words.substr(1, words.size() - 2);
  std::string line = fmt::format(
      "[client {}] Coraza: {} {} [file {}] [line \"{}\"] [id \"{}\"] [rev {}] [msg {}] [data {}] "
      "[severity {}] [ver {}] [maturity {}] [accuracy {}]",
      go_quoted(alert.first(Variable::REMOTE_ADDR)), verdict(alert), words, go_quoted(place.path),
      place.line, alert.rule().id.value_or(0), go_quoted(alert.raw(Action::rev)),
      go_quoted(message), go_quoted(data),
      go_quoted(lowercase(severity_name(alert.matched.severity))),
      go_quoted(alert.raw(Action::ver)), number(Action::maturity), number(Action::accuracy));
  for (const std::string_view tag : alert.matched.tags) {
    line += fmt::format(" [tag {}]", go_quoted(alert.shown(tag)));
  }
  line += fmt::format(" [hostname {}] [uri {}] [unique_id {}]",
                      go_quoted(alert.first(Variable::SERVER_ADDR)),
                      go_quoted(alert.shown(alert.first(Variable::REQUEST_URI))),
                      go_quoted(alert.transaction().id()));
  // Of the matches after the first: what the rule, or its link of the chain, said of each.
  for (size_t at = 1; at < alert.matched.matches.size(); ++at) {
    const engine::Match& match = alert.matched.matches[at];
    if (match.message.empty() && match.data.empty()) continue;
    line += fmt::format("[msg_match_{} {}] [data_match_{} {}]", at,
                        go_quoted(alert.shown(match.message).substr(0, kTextBytes)), at,
                        go_quoted(alert.shown(match.data).substr(0, kTextBytes)));
  }
  return line;
}

}  // namespace wafcheck::formats::inline records
