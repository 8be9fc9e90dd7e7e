#include "formats/capi/debug_log.h"

#include "parser/base/ascii.h"
#include "parser/base/escape.h"
#include "parser/language/language.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::formats::inline capi {
namespace {

std::string on_a_line(std::string_view bytes) {
  return hex_escaped(bytes, [](char byte) { return is_control(byte); });
}

}  // namespace

void DebugLog::write(Level level, std::string_view text) {
  lines_ += fmt::format("[{}] [{}] [{}] {}\n", id_, on_a_line(uri_), static_cast<int>(level),
                        on_a_line(text));
}

void DebugLog::flush() {
  if (!lines_.empty()) file_.append(lines_);
  lines_.clear();
}

void DebugLog::rule_begins(const parser::Rule& begun, int phase) {
  line(rule, "(Rule: {}) Phase {}.", begun.id.value_or(0), phase);
}

void DebugLog::value_tested(const engine::TestedValue& value) {
  line(detail, "Target value: \"{}\" (Variable: {})", value.transformed, value.name);
  for (const auto& [step, text] : value.steps) {
    line(detail, " T ({}) \"{}\"", parser::info(step).name, text);
  }
  if (value.matched) line(detail, "Matched: {}", value.name);
}

void DebugLog::action_run(const parser::ActionUse& action) {
  line(rule, "Running action: {}", parser::info(action.id).name);
}

void DebugLog::tx_changed(std::string_view name, std::string_view, std::string_view after) {
  line(detail, "Saving variable: TX:{} with value: {}", name, after);
}

void DebugLog::script_logged(int level, std::string_view text) {
  line(static_cast<Level>(level), "{}", text);
}

void DebugLog::rule_ends(bool matched) {
  line(rule, "Rule returned {}.", matched ? 1 : 0);
}

void DebugLog::rule_skipped(const parser::Rule& skipped, int phase, const std::string& reason) {
  line(rule, "(Rule: {}) Phase {}. Skipped: {}", skipped.id.value_or(0), phase, reason);
}

}  // namespace wafcheck::formats::inline capi
