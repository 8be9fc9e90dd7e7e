#include "engine/program.h"
#include "engine/transaction.h"
#include "parser/ruleset.h"
#include "wasm/core/export.h"

WAFCHECK_EXPORT("try_it") int try_it(const char* rules) {
  auto set = std::make_shared<const wafcheck::parser::Ruleset>(wafcheck::parser::load({rules}));
  auto program = wafcheck::engine::Program::compile(set).program;
  if (!program) return -1;
  program->prepare();
  wafcheck::engine::Transaction t(*program);
  t.process_uri("/", "GET", "HTTP/1.1");
  return t.process_request_headers() ? 1 : 0;
}
