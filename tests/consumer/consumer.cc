#include <wafcheck/engine/program.h>
#include <wafcheck/engine/transaction.h>
#include <wafcheck/parser/ruleset.h>

#include <cstdio>
#include <memory>

using namespace wafcheck;

// consumer RULES URI: what the rules say about one request.
int main(int, char** argv) {
  auto ruleset = std::make_shared<const parser::Ruleset>(parser::load({argv[1]}));
  const auto compiled = engine::Program::compile(ruleset);
  if (!compiled.program) return 2;

  engine::Transaction transaction(*compiled.program);
  transaction.process_connection("192.0.2.1", 54321, "192.0.2.9", 80);
  transaction.process_uri(argv[2], "GET", "HTTP/1.1");
  transaction.add_request_header("Host", "www.example.com");
  transaction.process_request_headers();
  transaction.process_request_body();
  transaction.process_logging();

  const auto& interruption = transaction.interruption();
  if (interruption) {
    std::printf("deny %d by rule %llu\n", interruption->status,
                static_cast<unsigned long long>(interruption->rule_id.value_or(0)));
  } else {
    std::puts("pass");
  }
}
