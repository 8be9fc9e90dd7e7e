// Error-log lines as libmodsecurity words them; its audit log quotes parts of them.

#include <fmt/format.h>

#include "engine/arena.h"
#include "engine/bodies/urlencoded.h"
#include "formats/error_log_layouts.h"
#include "parser/ascii.h"
#include "parser/language.h"

namespace wafcheck::formats {
namespace {

using engine::Match;
using engine::MatchedRule;
using parser::Action;
using parser::Operator;
using parser::Variable;

constexpr size_t kParameterBytes = 200, kValueBytes = 100, kFieldBytes = 200;

/// What cannot be printed as `\xHH`; `quotes`: backslashes and quotes too.
std::string printable(std::string_view bytes, bool quotes = false) {
  std::string out;
  for (const char byte : bytes) {
    const auto code = static_cast<unsigned char>(byte);
    if (code < 0x20 || code >= 0x7f || (quotes && (byte == '"' || byte == '\\'))) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", code);
    } else {
      out.push_back(byte);
    }
  }
  return out;
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

/// The parameter as written; one with macros is not shown.
std::string_view parameter(const parser::OperatorUse& op) {
  const std::string_view text = op.argument.view();
  const bool expanded = parser::info(op.id).macro && text.find("%{") != std::string_view::npos;
  return expanded ? std::string_view() : text;
}

std::string matched_operator(const MatchedRule& matched, const Match* match, const Shown& shown) {
  const parser::Rule& rule = *matched.last;
  if (rule.kind == parser::RuleKind::action || match == nullptr) return "";
  if (rule.op.id == Operator::detectSQLi) return "detected SQLi using libinjection.";
  if (rule.op.id == Operator::detectXSS) return "detected XSS using libinjection.";
  return fmt::format(
      "Matched \"Operator `{}' with parameter `{}' against variable `{}' (Value: `{}' )",
      class_name(rule.op.id), printable(cut(parameter(rule.op), kParameterBytes)),
      printable(shown(match->name())), printable(cut(shown(match->value), kValueBytes)));
}

/// Where the value of an argument stands in urlencoded text.
size_t argument_offset(std::string_view text, char separator, const Match& match) {
  engine::Arena arena;
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find(separator, at), text.size());
    const std::string_view piece = text.substr(at, end - at);
    const size_t equals = std::min(piece.find('='), piece.size());
    const size_t value = std::min(equals + 1, piece.size());
    if (engine::percent_decode(piece.substr(0, equals), true, arena) == match.key &&
        engine::percent_decode(piece.substr(value), true, arena) == match.value) {
      return at + value;
    }
    at = end + 1;
  }
  return std::string_view::npos;
}

/// Where a match's value stands in the request; npos: not known.
size_t value_offset(const engine::Transaction& transaction, const Match& match) {
  const auto first = [&](Variable variable) { return transaction.first(variable).value_or(""); };
  const std::string_view method = first(Variable::REQUEST_METHOD);
  const std::string_view target = first(Variable::REQUEST_URI_RAW);
  const size_t target_at = method.size() + 1;
  switch (match.variable) {
    case Variable::REQUEST_METHOD:
    case Variable::REQUEST_LINE:
      return 0;
    case Variable::REQUEST_URI:
    case Variable::REQUEST_URI_RAW:
    case Variable::REQUEST_FILENAME:
      return target_at;
    case Variable::REQUEST_PROTOCOL:
      return target_at + target.size() + 1;
    case Variable::QUERY_STRING:
    case Variable::ARGS:
    case Variable::ARGS_GET: {
      const size_t query = target.find('?');
      if (query == std::string_view::npos) return query;
      if (match.variable == Variable::QUERY_STRING) return target_at + query + 1;
      const size_t offset = argument_offset(
          target.substr(query + 1), transaction.program().settings().argument_separator, match);
      return offset == std::string_view::npos ? offset : target_at + query + 1 + offset;
    }
    case Variable::REQUEST_HEADERS: {
      size_t at = target_at + target.size() + 1 + first(Variable::REQUEST_PROTOCOL).size() + 1;
      for (const auto& [name, value] : transaction.members(Variable::REQUEST_HEADERS)) {
        at += name.size() + 2;
        if (iequals(name, match.key) && value == match.value) return at;
        at += value.size() + 1;
      }
      return std::string_view::npos;
    }
    default:
      return std::string_view::npos;
  }
}

std::string reference(const engine::Transaction& transaction, const MatchedRule& matched,
                      const Match* match) {
  std::string text;
  if (match != nullptr && !match->counted) {
    const size_t operator_at =
        match->captured.empty() ? std::string_view::npos : match->transformed.find(match->captured);
    if (operator_at != std::string_view::npos) {
      text += fmt::format("o{},{}", operator_at, match->captured.size());
    }
    const size_t value_at = value_offset(transaction, *match);
    if (value_at != std::string_view::npos)
      text += fmt::format("v{},{}", value_at, match->value.size());
  }
  std::string_view comma;
  for (const parser::Transformation step : matched.last->pipeline) {
    text += fmt::format("{}t:{}", comma, parser::info(step).name);
    comma = ",";
  }
  return text;
}

const Match* last_match(const MatchedRule& matched) {
  return matched.matches.empty() ? nullptr : &matched.matches.back();
}

}  // namespace

std::string match_text(const MatchedRule& matched, const Shown& shown) {
  return matched_operator(matched, last_match(matched), shown);
}

std::string match_reference(const Outcome& outcome, const MatchedRule& matched) {
  return reference(*outcome.transaction, matched, last_match(matched));
}

std::string alert_modsecurity3(const Alert& alert, bool in_audit) {
  std::string line = "ModSecurity: ";
  if (const engine::Interruption* interruption = alert.interruption()) {
    // By the time the audit log is written the interruption is consumed, and its status is 200.
    line += fmt::format("Access denied with code {} (phase {}). ",
                        in_audit ? 200 : interruption->status, alert.matched.phase);
  } else {
    line += "Warning. ";
  }
  line += matched_operator(alert.matched, alert.match, alert.shown);

  const auto field = [&](std::string_view name, std::string_view value) {
    fmt::format_to(std::back_inserter(line), " [{} \"{}\"]", name, value);
  };
  const auto number = [&](Action action) {
    const std::string_view raw = alert.raw(action);
    return raw.empty() ? std::string_view("0") : raw;
  };
  const parser::Place place = alert.place();
  field("file", place.path);
  field("line", std::to_string(place.line));
  field("id", std::to_string(alert.rule().id.value_or(0)));
  field("rev", printable(alert.raw(Action::rev), true));
  field("msg", printable(alert.shown(alert.matched.message)));
  field("data", printable(cut(alert.shown(alert.matched.data), kFieldBytes), true));
  field("severity", std::to_string(std::max(alert.matched.severity, 0)));
  field("ver", printable(alert.raw(Action::ver)));
  field("maturity", number(Action::maturity));
  field("accuracy", number(Action::accuracy));
  for (const std::string_view tag : alert.matched.tags) field("tag", printable(alert.shown(tag)));
  field("hostname", alert.first(Variable::SERVER_ADDR));
  field("uri", printable(cut(alert.shown(alert.first(Variable::REQUEST_FILENAME)), kFieldBytes)));
  field("unique_id", printable(alert.transaction().id()));
  field("ref", reference(alert.transaction(), alert.matched, alert.match));
  if (in_audit) return line;
  return fmt::format("[client {}] {}", alert.first(Variable::REMOTE_ADDR), line);
}

}  // namespace wafcheck::formats
