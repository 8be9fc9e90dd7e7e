#include <fmt/format.h>

#include <array>

#include "lint/index/index_formats.h"
#include "parser/base/shown.h"
#include "parser/language/severities.h"

namespace wafcheck::lint::inline index {
namespace {

/// A spreadsheet runs what begins like a formula, so that gets an apostrophe. Source: OWASP, "CSV
/// Injection".
std::string field(std::string_view bytes) {
  std::string text = readable(bytes);
  if (!text.empty() && std::string_view("=+-@").find(text[0]) != std::string_view::npos) {
    text.insert(0, 1, '\'');
  }
  if (text.find_first_of("\",") == std::string::npos) return text;
  std::string out = "\"";
  for (const char byte : text) {
    if (byte == '"') out += '"';
    out += byte;
  }
  return out + '"';
}

std::string list(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "" : "|") + value;
  return field(text);
}

std::string number(const std::optional<uint64_t>& value) {
  return value ? std::to_string(*value) : "";
}

struct Column {
  std::string_view name;
  std::string (*text)(const RuleFacts& facts);
};
using F = RuleFacts;
constexpr auto kColumns = std::to_array<Column>({
    {"id", [](const F& f) { return number(f.id); }},
    {"phase", [](const F& f) { return std::to_string(f.phase); }},
    {"severity",
     [](const F& f) {
       return f.severity ? std::string(parser::name_of_severity(*f.severity)) : "";
     }},
    {"paranoia_level", [](const F& f) { return number(f.paranoia_level); }},
    {"disruptive", [](const F& f) { return f.disruptive; }},
    {"message", [](const F& f) { return field(f.message); }},
    {"targets", [](const F& f) { return list(f.targets); }},
    {"operators", [](const F& f) { return list(f.operators); }},
    {"transformations", [](const F& f) { return list(f.transformations); }},
    {"tags", [](const F& f) { return list(f.tags); }},
    {"reads", [](const F& f) { return list(f.reads); }},
    {"writes", [](const F& f) { return list(f.writes); }},
    {"links", [](const F& f) { return std::to_string(f.links); }},
    {"removed", [](const F& f) { return std::string(f.removed ? "true" : "false"); }},
    {"file", [](const F& f) { return field(f.file); }},
    {"line", [](const F& f) { return std::to_string(f.line); }},
});

}  // namespace

std::string index_csv(const IndexView& view) {
  std::string text;
  for (const Column& column : kColumns)
    text += fmt::format("{}{}", text.empty() ? "" : ",", column.name);
  text += '\n';
  for (const RuleFacts& facts : view.rules) {
    for (const Column& column : kColumns) {
      if (&column != &kColumns.front()) text += ',';
      text += column.text(facts);
    }
    text += '\n';
  }
  return text;
}

}  // namespace wafcheck::lint::inline index
