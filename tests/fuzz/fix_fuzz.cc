// The fixer: rules whose findings are fixed load no worse, are left alone by a second run, and
// decide as before on a few requests.

#include <memory>
#include <string>

#include "engine/program.h"
#include "engine/transaction.h"
#include "files.h"
#include "formats/records/outcome.h"
#include "formats/traffic/http.h"
#include "lint/fixes/fixes.h"
#include "parser/language/semantics.h"
#include "parser/ruleset/ruleset.h"
#include "profiles.h"

namespace {

using namespace wafcheck;

constexpr std::string_view kRequests[] = {
    "GET /?a=1&b=%27%20or%201=1 HTTP/1.1\r\nHost: a\r\nUser-Agent: sqlmap\r\n\r\n",
    "POST /index.php HTTP/1.1\r\nHost: b\r\nCookie: c=d\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 11\r\n\r\nx=<script>&y",
};

/// The ids that match, or "invalid".
std::string matches(std::string_view rules, parser::Profile profile) {
  fuzz::MemoryFiles files;
  files.put("rules.conf", rules);
  parser::LoadOptions load;
  load.profile = profile;
  load.files = &files;
  auto ruleset =
      std::make_shared<const parser::RulesetModel>(parser::load_model({"rules.conf"}, load));
  if (parser::has_errors(ruleset->diagnostics)) return "invalid";
  engine::ProgramOptions compile;
  compile.files = &files;
  const auto program = engine::Program::compile(ruleset, compile).program;
  if (!program) return "invalid";
  std::string ids;
  for (const std::string_view request : kRequests) {
    engine::TransactionOptions options;
    options.id = "1";
    options.time_us = 1'000'000;
    options.keep_all_matches = true;
    engine::Transaction transaction(*program, options);
    formats::evaluate(formats::parse_http_request(request), transaction);
    for (const engine::MatchedRule& rule : transaction.matched_rules()) {
      ids += std::to_string(rule.rule->id.value_or(0)) + " ";
    }
    formats::Outcome outcome;
    outcome.transaction = &transaction;
    ids += formats::decision_of(outcome);
  }
  return ids;
}

std::string fixed(std::string_view rules, parser::Profile profile) {
  fuzz::MemoryFiles files;
  files.put("rules.conf", rules);
  lint::Options options;
  options.selection.select = {"ALL"};
  options.files = &files;
  const auto load = [&](parser::FileSystem& through) {
    parser::LoadOptions with;
    with.profile = profile;
    with.files = &through;
    return parser::load_model({"rules.conf"}, with);
  };
  const lint::Fixed result = lint::fix(files, load, options, /*unsafe=*/false);
  return result.files.empty() ? std::string(rules) : result.files.front().after;
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes = fuzz::bytes_of(data, size);
  const parser::Profile profile = fuzz::profile(bytes);
  const std::string before = matches(bytes, profile);
  const std::string after = fixed(bytes, profile);
  if (after == bytes) return 0;
  if (before != "invalid") {
    fuzz::require(matches(after, profile) == before, "a safe fix changes no verdict");
  }
  return 0;
}
