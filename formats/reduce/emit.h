#pragma once
// The forms in which a reduced request is handed on: each is read back before it is given out.

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "engine/program.h"
#include "formats/records/evaluator.h"
#include "formats/reduce/goal.h"
#include "formats/reduce/reducer.h"
#include "formats/traffic/traffic.h"
#include "parser/base/result.h"

namespace wafcheck::formats::inline reduce {

/// What a form needs besides the request.
struct EmitContext {
  const Holds& holds;
  const Goal& goal;
  std::shared_ptr<const engine::Program> program;
  EvaluatorOptions evaluation;
  bool false_positive = false;  ///< a test says that the rule must not match, as it does
};

/// A row of the table of forms.
struct EmitForm {
  std::string_view name, doc;
  /// An error: what of the request the form cannot hold.
  Result<std::string> (*write)(const Exchange& exchange, const EmitContext& context);
  /// An error: what it holds does not do what the request does.
  Result<void> (*check)(const EmitForm& form, const std::string& text, const Exchange& exchange,
                        const EmitContext& context);
};

std::span<const EmitForm> emit_forms();
const EmitForm* find_emit_form(std::string_view name);

/// The request in a form. An error says why that cannot hold it, and which can.
Result<std::string> emit(const EmitForm& form, const Exchange& exchange,
                         const EmitContext& context);

/// A command for a shell that knows $'...'. An error: what curl cannot send.
Result<std::string> curl_command(const Exchange& exchange);
/// A HAR of one entry. An error: bytes that are no UTF-8 where HAR holds text.
Result<std::string> har_document(const Exchange& exchange);
/// A regression test of the rule. An error: the request has an answer, which a test cannot hold.
Result<std::string> ftw_test(const Exchange& exchange, const EmitContext& context);
/// Runs it.
Result<void> check_ftw_test(const EmitForm& form, const std::string& text, const Exchange& exchange,
                            const EmitContext& context);

}  // namespace wafcheck::formats::inline reduce
