#pragma once
// Rules and a request to one line of text, load faults and audit decisions included.

#include <algorithm>
#include <string>

#include "formats/records/audit_log.h"
#include "formats/records/error_log.h"
#include "formats/records/offline_notes.h"
#include "formats/records/record_format.h"
#include "tests/unit/engine/evaluate.h"

namespace wafcheck::tests {

using engine::answered;
using engine::get;
using engine::post;
using engine::post_form;
using engine::TestFiles;
using engine::TestRequest;
using engine::with_header;

/// A schema for <n> with a whole number in it. It lies on disk, where libxml2 itself reads.
inline const std::string kNumberSchema = WAFCHECK_SOURCE_DIR "/tests/language/number.xsd";

/// What sanitise actions hide: " hides a".
inline std::string masks_told(const engine::Masks& masks) {
  std::string text;
  for (const auto* names : {&masks.arguments, &masks.request_headers, &masks.response_headers}) {
    for (const std::string& name : *names) text += " hides " + name;
  }
  for (const auto& bytes : masks.bytes) text += fmt::format(" hides \"{}\"", bytes.text);
  return text;
}

/// Where the rules set SecAuditEngine: whether the transaction is audited, the parts where rules
/// changed them, and `wanted` where it stands in the record.
inline std::string audit_told(const engine::Transaction& transaction, const TestRequest& request,
                              const std::string& wanted) {
  const engine::Settings& settings = transaction.program().settings();
  if (settings.audit == engine::AuditMode::unset) return {};
  formats::Exchange exchange;
  exchange.response.emplace();
  exchange.response->status = request.status;
  const formats::Outcome outcome{&exchange, &transaction, "test", false, 0};
  if (!formats::is_audited(outcome)) return " not audited";
  std::string text = " audited";
  if (transaction.audit_parts() != settings.audit_parts) text += " " + transaction.audit_parts();
  const engine::Program& program = transaction.program();
  const std::string record =
      formats::find_record_format(formats::RecordKind::audit, formats::audit_format(program))
          ->make({&program})
          ->record(outcome);
  if (!wanted.empty() && record.find(wanted) != std::string::npos) text += " with it";
  return text;
}

inline bool stands_in_log(const engine::Transaction& transaction, const std::string& wanted) {
  if (wanted.empty()) return false;
  formats::Exchange exchange;
  const formats::Outcome outcome{&exchange, &transaction, "test", false, 0};
  return std::ranges::any_of(formats::error_log(outcome), [&](const std::string& line) {
    return line.find(wanted) != std::string::npos;
  });
}

/// Which of the rules that matched stand in the error log: " logged 1 3".
inline std::string log_told(const engine::Transaction& transaction) {
  std::string ids;
  for (const engine::MatchedRule& matched : transaction.matched_rules()) {
    if (matched.log) ids += fmt::format(" {}", matched.rule->id.value_or(0));
  }
  return " logged" + (ids.empty() ? " none" : ids);
}

struct ToldOptions {
  parser::LoadOptions load = {};
  TestFiles::Files files = {};
  int64_t again = 0;  ///< the request comes twice, so many seconds apart: told of the second
  std::string in_record = {};  ///< what to look for in the audit record
  bool need_rules = false;     ///< a ruleset without rules loads as it does for the program
  bool error_log = false;      ///< tell what stands in the error log too
  std::string in_log = {};     ///< what to look for in the error log
};

/// What engine::told() says of the transaction, with what is audited and hidden; "does not load"
/// where it comes to none.
inline std::string told(const std::string& rules, const TestRequest& request,
                        const ToldOptions& options = {}) {
  const engine::TestProgram made = engine::try_compile(rules, options.load, {}, options.files);
  if (!made.program) return "does not load";
  if (options.need_rules && formats::lacks_rules(made.program->ruleset())) return "does not load";
  engine::MemoryStore store;
  if (options.again != 0) engine::evaluate(*made.program, request, &store);
  engine::Transaction transaction(*made.program,
                                  engine::options_at(request.time + options.again, &store));
  engine::send(transaction, request);
  std::string text = engine::told(transaction) +
                     audit_told(transaction, request, options.in_record) +
                     masks_told(transaction.masks());
  if (options.error_log) text += log_told(transaction);
  if (stands_in_log(transaction, options.in_log)) text += " in the log";
  if (text.starts_with(' ')) text.erase(0, 1);
  return text;
}

/// The notes that a run with -v prints about the rules, a line each.
inline std::string notes_told(const std::string& rules, const TestFiles::Files& files = {}) {
  const engine::TestProgram made = engine::try_compile(rules, {}, {}, files);
  EXPECT_EQ(made.faults, "");
  if (!made.program) return {};
  std::string text;
  for (const std::string& note : formats::offline_notes(made.program->ruleset(), false, true))
    text += note + "\n";
  return text;
}

}  // namespace wafcheck::tests
