#pragma once
// Rules and a request to one line of text, load faults and audit decisions included.

#include <string>

#include "formats/audit_log.h"
#include "tests/unit/engine/evaluate.h"

namespace wafcheck::tests {

using engine::answered;
using engine::get;
using engine::post;
using engine::post_form;
using engine::TestFiles;
using engine::TestRequest;
using engine::with_header;

/// What engine::told() says of the transaction; "does not load" where it comes to none. Where the
/// rules set SecAuditEngine, "audited" or "not audited" follows.
inline std::string told(const std::string& rules, const TestRequest& request,
                        const parser::LoadOptions& load = {}, const TestFiles::Files& files = {}) {
  const engine::TestProgram made = engine::try_compile(rules, load, {}, files);
  if (!made.program) return "does not load";
  engine::Transaction transaction(*made.program, engine::options_at(request.time));
  engine::send(transaction, request);
  std::string text = engine::told(transaction);
  if (made.program->settings().audit == engine::AuditMode::unset) return text;
  formats::Exchange exchange;
  exchange.response.emplace();
  exchange.response->status = request.status;
  const bool audited = formats::is_audited({&exchange, &transaction, "test", false, 0});
  return text + (text.empty() ? "" : " ") + (audited ? "audited" : "not audited");
}

}  // namespace wafcheck::tests
