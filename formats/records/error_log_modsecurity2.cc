// Error-log lines as ModSecurity 2 words them, the default's too.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "formats/records/error_log_layouts.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"
#include "parser/language/language.h"

namespace wafcheck::formats::inline records {
namespace {

using engine::Match;
using parser::Action;
using parser::Operator;

constexpr size_t kPatternBytes = 252;
constexpr size_t kDataBytes = 512;

/// The letter behind a backslash that stands for a control byte; 0: none.
char letter_of(char byte) {
  switch (byte) {
    case '\b':
      return 'b';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    case '\v':
      return 'v';
    default:
      return 0;
  }
}

/// One line, quotes and control bytes escaped: logs are read by line and by field.
std::string escaped(std::string_view bytes, size_t limit = std::string_view::npos) {
  std::string out;
  for (const char byte : bytes.substr(0, limit)) {
    if (const char letter = letter_of(byte)) {
      out.push_back('\\');
      out.push_back(letter);
      continue;
    }
    if (!is_printable(byte)) {
      out += hex_escape(byte);
      continue;
    }
    if (byte == '"' || byte == '\\') out.push_back('\\');
    out.push_back(byte);
  }
  if (bytes.size() > limit) out.append("...");
  return out;
}

/// The field of logdata has quotes and backslashes in hexadecimal, too.
std::string escaped_data(std::string_view bytes) {
  std::string out = hex_escaped(bytes.substr(0, kDataBytes), [](char byte) {
    return !is_printable(byte) || byte == '"' || byte == '\\';
  });
  if (bytes.size() > kDataBytes) out.append("...");
  return out;
}

void field(std::string& line, std::string_view name, std::string_view value) {
  if (!value.empty()) fmt::format_to(std::back_inserter(line), " [{} \"{}\"]", name, value);
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& byte : out) byte = to_upper(byte);
  return out;
}

/// How many bytes of `value` are outside "1-9,32-126".
size_t bytes_outside(std::string_view value, std::string_view ranges) {
  std::array<bool, 256> inside{};
  for (size_t at = 0; at < ranges.size();) {
    const size_t comma = std::min(ranges.find(',', at), ranges.size());
    const std::string_view range = trim(ranges.substr(at, comma - at));
    const char* const end = range.data() + range.size();
    unsigned first = 256;
    const auto [dash, error] = std::from_chars(range.data(), end, first);
    unsigned last = first;
    if (error == std::errc() && dash != end) std::from_chars(dash + 1, end, last);
    for (unsigned byte = first; byte <= last && byte < 256; ++byte) inside[byte] = true;
    at = comma + 1;
  }
  return static_cast<size_t>(std::ranges::count_if(
      value, [&](char byte) { return !inside[static_cast<unsigned char>(byte)]; }));
}

/// What the operator found.
std::string finding(const Alert& alert) {
  const parser::Rule& rule = alert.last();
  if (rule.kind == parser::RuleKind::action) return "Unconditional match in SecAction.";
  if (alert.match == nullptr) return "";
  const Match& match = *alert.match;
  const std::string name = escaped(alert.shown(match.name()));
  const std::string argument = escaped(rule.op.argument.view(), kPatternBytes);
  const std::string_view op = parser::info(rule.op.id).name;
  if (rule.op.negated) {
    return fmt::format("Match of \"{}{}{}\" against \"{}\" required.", op,
                       argument.empty() ? "" : " ", argument, name);
  }
  const parser::OperatorInfo& row = parser::info(rule.op.id);
  if (row.search == parser::Search::Expression) {
    return fmt::format("Pattern match \"{}\" at {}.", argument, name);
  }
  if (row.search == parser::Search::Phrases) {
    return fmt::format("Matched phrase \"{}\" at {}.",
                       escaped(alert.shown(match.finding), kPatternBytes), name);
  }
  switch (row.form) {
    case parser::OperatorForm::Words:
      return fmt::format("String match within \"{}\" at {}.", argument, name);
    case parser::OperatorForm::Text:
      return fmt::format("String match \"{}\" at {}.", argument, name);
    case parser::OperatorForm::Number:
      return fmt::format("Operator {} matched {} at {}.", upper(op), argument, name);
    case parser::OperatorForm::ByteRanges:
      return fmt::format("Found {} byte(s) in {} outside range: {}.",
                         bytes_outside(match.transformed, rule.op.argument.view()), name, argument);
    case parser::OperatorForm::Networks:
    case parser::OperatorForm::NetworkFile:
      return fmt::format("IPmatch: \"{}\" matched at {}.", argument, name);
    default:
      break;
  }
  switch (rule.op.id) {
    case Operator::detectSQLi:
      return fmt::format("detected SQLi using libinjection with fingerprint '{}'",
                         escaped(match.finding));
    case Operator::detectXSS:
      return "detected XSS using libinjection.";
    case Operator::unconditionalMatch:
      return "Unconditional match.";
    default:
      return fmt::format("Operator {} matched at {}.", upper(op), name);
  }
}

std::string verdict(const Alert& alert) {
  const int phase = alert.matched.phase;
  if (alert.allows()) return fmt::format("Access allowed (phase {}).", phase);
  const engine::Interruption* interruption = alert.interruption();
  if (interruption == nullptr) return "Warning.";
  const std::string url = escaped(alert.shown(interruption->url));
  switch (interruption->action) {
    case engine::Disruption::drop:
      return fmt::format("Access denied with connection close (phase {}).", phase);
    case engine::Disruption::redirect:
      return fmt::format("Access denied with redirection to {} using status {} (phase {}).", url,
                         interruption->status, phase);
    case engine::Disruption::proxy:
      return fmt::format("Access denied using proxy to (phase {}) {}.", phase, url);
    default:
      return fmt::format("Access denied with code {} (phase {}).", interruption->status, phase);
  }
}

}  // namespace

std::string alert_modsecurity2(const Alert& alert, bool in_audit) {
  const auto quoted = [&](std::string_view bytes) { return escaped(alert.shown(bytes)); };
  std::string line = fmt::format("{} {}", verdict(alert), finding(alert));
  const parser::Place place = alert.place();
  field(line, "file", escaped(place.path));
  field(line, "line", std::to_string(place.line));
  field(line, "id", std::to_string(alert.rule().id.value_or(0)));
  field(line, "rev", escaped(alert.raw(Action::rev)));
  field(line, "msg", quoted(alert.matched.message));
  field(line, "data", escaped_data(alert.shown(alert.matched.data)));
  field(line, "severity", severity_name(alert.matched.severity));
  field(line, "ver", escaped(alert.raw(Action::ver)));
  field(line, "maturity", escaped(alert.raw(Action::maturity)));
  field(line, "accuracy", escaped(alert.raw(Action::accuracy)));
  for (const std::string_view tag : alert.matched.tags) field(line, "tag", quoted(tag));
  if (in_audit) return line;
  field(line, "hostname", quoted(alert.first(parser::Variable::SERVER_NAME)));
  field(line, "uri", quoted(alert.first(parser::Variable::REQUEST_FILENAME)));
  field(line, "unique_id", escaped(alert.transaction().id()));
  return fmt::format("[client {}:{}] ModSecurity: {}", alert.first(parser::Variable::REMOTE_ADDR),
                     alert.first(parser::Variable::REMOTE_PORT), line);
}

}  // namespace wafcheck::formats::inline records
