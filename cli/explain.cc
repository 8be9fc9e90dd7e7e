// wafcheck explain: a rule, or a check, in plain words.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <ostream>
#include <utility>

#include "cli/command.h"
#include "cli/lint_report.h"
#include "cli/ruleset_options.h"
#include "lint/check.h"
#include "lint/index/explain.h"
#include "lint/report/catalogue.h"
#include "parser/nearest.h"
#include "parser/ruleset.h"

namespace wafcheck::cli {
namespace {

struct ExplainOptions {
  ReadingOptions reading;
  std::vector<uint64_t> ids;
  std::string format = "text";
};

class Explain {
 public:
  Explain(const ExplainOptions& options, Streams& streams, const GlobalOptions& global)
      : options_(options), streams_(streams), global_(global) {}

  int run() {
    if (options_.ids.empty()) return explain_checks();
    const std::optional<parser::Ruleset> ruleset = read_rules(options_.reading, streams_, global_);
    if (!ruleset) return kTrouble;
    const lint::Options none;
    const lint::Context context(*ruleset, none);
    const std::vector<lint::RuleFacts> rules = lint::rule_facts(context);
    bool all = true;
    for (const uint64_t id : options_.ids) {
      all = explain_rule(context, rules, id) && all;
    }
    return all && !parser::has_errors(ruleset->diagnostics) ? kOk : kTrouble;
  }

 private:
  bool explain_rule(const lint::Context& context, const std::vector<lint::RuleFacts>& rules, uint64_t id) {
    bool found = false;
    for (const lint::RuleFacts& facts : rules) {
      if (facts.id != id) continue;
      found = true;
      if (options_.format == "json") streams_.out << lint::explain_json(context, facts) << '\n';
      else streams_.out << (std::exchange(any_told_, true) ? "\n" : "") << lint::explain_text(context, facts);
    }
    if (found) return true;
    streams_.err << fmt::format("wafcheck: error: no rule has the id {}{}\n", id, near(rules, id));
    return false;
  }

  static std::string near(const std::vector<lint::RuleFacts>& rules, uint64_t id) {
    std::vector<std::string> known;
    for (const lint::RuleFacts& facts : rules) {
      if (facts.id) known.push_back(std::to_string(*facts.id));
    }
    const std::string wanted = std::to_string(id);
    const std::string_view best =
        parser::nearest(wanted, known, [](const std::string& text) { return std::string_view(text); });
    return best.empty() ? "" : fmt::format("; did you mean {}?", best);
  }

  /// Without --id, the inputs are names or codes of checks.
  int explain_checks() {
    if (options_.reading.rules.empty()) return trouble("name a check, or rules and --id N");
    int code = kOk;
    for (const std::string& name : options_.reading.rules) {
      const lint::CheckInfo* const check = lint::find_check(name);
      std::error_code error;
      if (check == nullptr && std::filesystem::exists(name, error)) {
        return trouble(fmt::format("which rule of {}? Name it with --id N", name));
      }
      if (check == nullptr) {
        code = trouble(unknown_check(name));
      } else if (options_.format == "json") {
        lint::explain_json(*check, streams_.out);
      } else {
        lint::explain_text(*check, streams_.out);
      }
    }
    return code;
  }

  int trouble(std::string_view message) {
    streams_.err << "wafcheck: error: " << message << '\n';
    return kTrouble;
  }

  const ExplainOptions& options_;
  Streams& streams_;
  const GlobalOptions& global_;
  bool any_told_ = false;
};

}  // namespace

std::function<int()> add_explain(CLI::App& app, Streams& streams, GlobalOptions& global) {
  auto options = std::make_shared<ExplainOptions>();
  options->reading.add_to(app);
  app.add_option("--id", options->ids, "The rule to explain (repeatable, or a comma list)")
      ->delimiter(',')->type_name("N")->group("Explain");
  app.add_option("--format", options->format, "What to print")
      ->check(CLI::IsMember({"text", "json"}))->default_str("text")->group("Output");
  return [options, &streams, &global] { return Explain(*options, streams, global).run(); };
}

}  // namespace wafcheck::cli
