// Error-log lines as libmodsecurity words them; its audit log quotes parts of them.

#include <fmt/format.h>

#include "engine/program.h"
#include "engine/program/settings.h"
#include "formats/records/error_log_layouts.h"
#include "parser/base/arena.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"
#include "parser/language/language.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::formats::inline records {
namespace {

using engine::Match;
using engine::MatchedRule;
using parser::Action;
using parser::Operator;
using parser::Variable;

constexpr size_t kParameterBytes = 200, kValueBytes = 100, kFieldBytes = 200;

/// What cannot be printed as `\xHH`; `quotes`: backslashes and quotes too.
std::string printable(std::string_view bytes, bool quotes = false) {
  return hex_escaped(bytes, [quotes](char byte) {
    return !is_printable(byte) || (quotes && (byte == '"' || byte == '\\'));
  });
}

std::string cut(std::string_view text, size_t limit) {
  if (text.size() <= limit) return std::string(text);
  return fmt::format("{} ({} characters omitted)", text.substr(0, limit), text.size() - limit);
}

/// Names of operators as its classes spell them.
std::string class_name(Operator op) {
  if (op == Operator::streq) return "StrEq";
  if (op == Operator::strmatch) return "StrMatch";
  std::string name(parser::info(op).name);
  name[0] = to_upper(name[0]);
  return name;
}

/// Whether an operator shows its parameter with macros expanded; others leave macros out.
bool shows_expanded(Operator op) {
  switch (op) {
    case Operator::endsWith:
    case Operator::ge:
    case Operator::gt:
    case Operator::le:
    case Operator::lt:
    case Operator::rx:
    case Operator::rxGlobal:
    case Operator::strmatch:
    case Operator::within:
      return true;
    default:
      return false;
  }
}

/// A text without its macros, and without a % right after one.
std::string without_macros(std::string_view text) {
  std::string left;
  while (!text.empty()) {
    const size_t begin = text.find("%{");
    left += text.substr(0, begin);
    const size_t end = text.find('}', std::min(begin, text.size()));
    if (end == std::string_view::npos) return begin == end ? left : left.append(text.substr(begin));
    text.remove_prefix(end + 1);
    if (text.starts_with('%') && !text.starts_with("%{")) text.remove_prefix(1);
  }
  return left;
}

std::string parameter(const parser::OperatorUse& op, const Match& match) {
  const std::string_view text = op.argument.view();
  if (text.find("%{") == std::string_view::npos) return std::string(text);
  return shows_expanded(op.id) ? std::string(match.parameter) : without_macros(text);
}

std::string matched_operator(const MatchedRule& matched, const Match* match, const Shown& shown) {
  const parser::Rule& rule = *matched.last;
  if (rule.kind == parser::RuleKind::action || match == nullptr) return "";
  if (rule.op.id == Operator::detectSQLi) return "detected SQLi using libinjection.";
  if (rule.op.id == Operator::detectXSS) return "detected XSS using libinjection.";
  return fmt::format(
      "Matched \"Operator `{}' with parameter `{}' against variable `{}' (Value: `{}' )",
      class_name(rule.op.id), printable(cut(parameter(rule.op, *match), kParameterBytes)),
      printable(shown(match->name())), cut(printable(shown(match->value)), kValueBytes));
}

const Match* last_match(const MatchedRule& matched) {
  return matched.matches.empty() ? nullptr : &matched.matches.back();
}

}  // namespace

std::string match_text(const MatchedRule& matched, const Shown& shown) {
  return matched_operator(matched, last_match(matched), shown);
}

std::string alert_modsecurity3(const Alert& alert, bool in_audit) {
  constexpr size_t kUsual = 1'024;
  std::string line;
  line.reserve(kUsual);
  if (!in_audit) line.append("[client ").append(alert.first(Variable::REMOTE_ADDR)).append("] ");
  line += "ModSecurity: ";
  if (const engine::Interruption* interruption = alert.interruption()) {
    // By the time the audit log is written the interruption is consumed, and its status is 200.
    line += fmt::format("Access denied with code {} (phase {}). ",
                        in_audit ? 200 : interruption->status, alert.matched.phase);
  } else {
    line += "Warning. ";
  }
  line += matched_operator(alert.matched, alert.match, alert.shown);

  const auto field = [&](std::string_view name, std::string_view value) {
    line.append(" [").append(name).append(" \"").append(value).append("\"]");
  };
  const auto number = [&](Action action) {
    const std::string_view raw = alert.raw(action);
    return raw.empty() ? std::string_view("0") : raw;
  };
  const parser::Place place = alert.place();
  field("file", place.path);
  field("line", std::to_string(place.line - alert.rule().lines_uncounted));
  field("id", std::to_string(alert.rule().id.value_or(0)));
  field("rev", printable(alert.raw(Action::rev), true));
  field("msg", printable(alert.shown(alert.matched.message)));
  field("data", printable(cut(alert.shown(alert.matched.data), kFieldBytes), true));
  field("severity", std::to_string(std::max(alert.matched.severity, 0)));
  field("ver", printable(alert.raw(Action::ver)));
  field("maturity", number(Action::maturity));
  field("accuracy", number(Action::accuracy));
  for (const std::string_view tag : alert.matched.tags) {
    field("tag", printable(alert.shown(tag), true));
  }
  const Host* const host = alert.outcome.host;
  const bool named = host != nullptr && !host->hostname.empty();
  field("hostname", named ? host->hostname : alert.first(Variable::SERVER_ADDR));
  field("uri", printable(cut(alert.shown(alert.first(Variable::REQUEST_FILENAME)), kFieldBytes)));
  field("unique_id", printable(alert.transaction().id()));
  field("ref", cut(alert.matched.reference, kFieldBytes));
  return line;
}

}  // namespace wafcheck::formats::inline records
