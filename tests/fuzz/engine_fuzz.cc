// Rules and a request: rules, a line of "====", the request as raw HTTP. The decision is the same
// with and without prefilter and memory, whole and in pieces, and every log says it.

#include <memory>
#include <string>
#include <vector>

#include "engine/program.h"
#include "engine/state/match_memory.h"
#include "engine/transaction.h"
#include "files.h"
#include "formats/json/reader.h"
#include "formats/records/audit_log.h"
#include "formats/records/decisions.h"
#include "formats/records/outcome.h"
#include "formats/records/record_format.h"
#include "formats/traffic/http.h"
#include "parser/language/semantics.h"
#include "parser/ruleset/ruleset.h"
#include "profiles.h"

namespace {

using namespace wafcheck;

engine::TransactionOptions options_with(bool prefilter, engine::MatchMemory* memory) {
  engine::TransactionOptions options;
  options.id = "1";
  options.time_us = 1'000'000;
  options.keep_all_matches = true;
  options.prefilter = prefilter;
  options.memory = memory;
  return options;
}

bool is_json(std::string_view text) {
  return formats::parse_json(text, 100).has_value();
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes = fuzz::bytes_of(data, size);
  const parser::Profile profile = fuzz::profile(bytes);
  constexpr std::string_view kBreak = "\n====\n";
  const size_t end = bytes.find(kBreak);
  if (end == bytes.npos) return 0;
  fuzz::MemoryFiles files;
  files.put("rules.conf", bytes.substr(0, end));
  parser::LoadOptions load;
  load.profile = profile;
  load.files = &files;
  load.skip_invalid = true;
  auto ruleset =
      std::make_shared<const parser::RulesetModel>(parser::load_model({"rules.conf"}, load));
  if (parser::has_errors(ruleset->diagnostics)) return 0;
  engine::ProgramOptions compile;
  compile.files = &files;
  const auto program = engine::Program::compile(ruleset, compile).program;
  if (!program) return 0;

  const formats::Exchange exchange = formats::parse_http_request(bytes.substr(end + kBreak.size()));
  engine::MatchMemory memory(*program);
  engine::Transaction transaction(*program);
  formats::Outcome outcome;
  outcome.exchange = &exchange;
  outcome.transaction = &transaction;
  const auto decide = [&](bool prefilter, engine::MatchMemory* remembered) {
    transaction.reset(options_with(prefilter, remembered));
    formats::evaluate(exchange, transaction);
    return formats::decision_json(outcome, 0);
  };
  const std::string plain = decide(false, nullptr);
  fuzz::require(decide(true, nullptr) == plain, "the prefilter changes no decision");
  fuzz::require(decide(true, &memory) == plain, "remembering changes no decision");
  fuzz::require(decide(true, &memory) == plain, "what is remembered changes no decision");

  fuzz::require(is_json(plain), "a decision is JSON");
  fuzz::require(is_json(formats::audit_record_modsecurity(outcome)),
                "a libmodsecurity audit record is JSON");
  fuzz::require(is_json(formats::audit_record_coraza(outcome)), "a Coraza audit record is JSON");
  fuzz::require(is_json(formats::audit_record_modsecurity2(outcome)),
                "a ModSecurity 2 audit record is JSON");
  fuzz::require(formats::audit_record_native(outcome).ends_with("-Z--\n"),
                "a native audit record has its end");
  const auto writer = formats::find_record_format(formats::RecordKind::error_log, "error-log")
                          ->make({program.get()});
  const std::string lines = writer->record(outcome);
  fuzz::require(lines.empty() || lines.ends_with('\n'), "an error log is whole lines");
  return 0;
}
