#include "log_lines.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "modsecurity_peer.h"
#include "wafcheck_peer.h"

namespace wafcheck::differential {
namespace {

/// What stands before `end`, and takes both off the front of `text`; all of it where `end` is not
/// there.
std::string_view take(std::string_view& text, std::string_view end) {
  const size_t at = text.find(end);
  const std::string_view taken = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view() : text.substr(at + end.size());
  return taken;
}

/// `Matched "Operator `Rx' with parameter `.' against variable `ARGS:a' (Value: `1' )`. A value may
/// hold the words of the frame, a parameter hardly.
void parse_match(std::string_view text, LogLine& line) {
  if (!text.starts_with("Matched \"Operator `")) {
    line.op = text;
    return;
  }
  take(text, "Operator `");
  line.op = take(text, "' with parameter `");
  line.parameter = take(text, "' against variable `");
  line.target = take(text, "' (Value: `");
  const size_t end = text.rfind("' )");
  line.value = text.substr(0, end);
}

std::string* field_of(LogLine& line, std::string_view name) {
  const std::pair<std::string_view, std::string*> fields[] = {
      {"file", &line.file},
      {"line", &line.line},
      {"id", &line.id},
      {"rev", &line.rev},
      {"msg", &line.msg},
      {"data", &line.data},
      {"severity", &line.severity},
      {"ver", &line.ver},
      {"maturity", &line.maturity},
      {"accuracy", &line.accuracy},
      {"hostname", &line.hostname},
      {"uri", &line.uri},
      {"unique_id", &line.unique_id},
      {"ref", &line.ref},
  };
  for (const auto& [known, field] : fields) {
    if (known == name) return field;
  }
  return nullptr;
}

/// `[file "a"] [line "1"] ...`. msg may hold quotes: a field ends where the next one begins.
void parse_fields(std::string_view text, LogLine& line) {
  while (text.starts_with('[')) {
    text.remove_prefix(1);
    const std::string_view name = take(text, " \"");
    std::string value;
    const size_t next = text.find("\"] [");
    if (next != std::string_view::npos) {
      value = text.substr(0, next);
      text.remove_prefix(next + 3);
    } else {
      value = take(text, "\"]");
    }
    if (name == "tag") {
      line.tags.push_back(value);
    } else if (std::string* const field = field_of(line, name)) {
      *field = value;
    }
  }
}

Result<LogLines> parsed(const Result<std::vector<std::string>>& texts) {
  if (!texts) return fail(texts.error().message);
  LogLines lines;
  for (const std::string& text : *texts) lines.push_back(parse_log_line(text));
  return lines;
}

}  // namespace

LogLine parse_log_line(std::string_view text) {
  LogLine line;
  take(text, "ModSecurity: ");
  if (text.starts_with("Warning.")) {
    line.action = "Warning.";
    take(text, ". ");
  } else {
    line.action = std::string(take(text, "). ")) + ").";
  }
  const size_t fields = text.find("[file \"");
  std::string_view match = text.substr(0, fields);
  while (match.ends_with(' ')) match.remove_suffix(1);
  if (!match.empty()) parse_match(match, line);
  if (fields != std::string_view::npos) parse_fields(text.substr(fields), line);
  return line;
}

std::string to_text(const LogLine& line, bool with_reference) {
  std::string text = line.id;
  if (!line.op.empty() && line.target.empty() && line.value.empty() && line.parameter.empty() &&
      line.op.ends_with('.')) {
    text += " " + line.op;
  } else if (!line.op.empty()) {
    text += fmt::format(" {}({}) {}='{}'", line.op, line.parameter, line.target, line.value);
  }
  const auto quoted = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) text += fmt::format(" {}='{}'", name, value);
  };
  const auto number = [&](std::string_view name, const std::string& value) {
    if (value != "0") text += fmt::format(" {}={}", name, value);
  };
  quoted("msg", line.msg);
  quoted("data", line.data);
  number("severity", line.severity);
  quoted("ver", line.ver);
  quoted("rev", line.rev);
  number("maturity", line.maturity);
  number("accuracy", line.accuracy);
  if (!line.tags.empty()) text += fmt::format(" tags=[{}]", fmt::join(line.tags, ", "));
  if (with_reference) text += " ref=" + line.ref;
  if (line.action != "Warning.") text += fmt::format(" [{}]", line.action);
  return text;
}

Result<LogLines> library_lines(const std::string& rules_path, const formats::Exchange& exchange) {
  ModSecurityPeer peer;
  if (const auto loaded = peer.load_file(rules_path); !loaded) return fail(loaded.error().message);
  return parsed(peer.lines(exchange));
}

Result<LogLines> wafcheck_lines(const std::string& rules_path, const formats::Exchange& exchange,
                                const parser::Engine& engine) {
  auto loaded = Wafcheck::load(rules_path, engine);
  if (!loaded) return fail(loaded.error().message);
  return parsed(loaded->lines(exchange));
}

}  // namespace wafcheck::differential
