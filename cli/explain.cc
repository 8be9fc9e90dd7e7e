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
#include "lint/checks/check.h"
#include "lint/index/explain.h"
#include "lint/report/catalogue.h"
#include "parser/base/ascii.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::cli {
namespace {

struct ExplainOptions {
  ReadingOptions reading;
  std::vector<uint64_t> ids;
  std::string format = "text";
};

/// Rules that share an id are a mistake; so many of them are explained.
constexpr size_t kMostOfOneId = 20;

class Explain {
 public:
  Explain(const ExplainOptions& options, Console& console) : options_(options), console_(console) {}

  int run() {
    if (options_.ids.empty()) return explain_checks();
    const std::optional<parser::RulesetModel> ruleset = read_rules(options_.reading, console_);
    if (!ruleset) return kTrouble;
    const lint::Analysis analysis(*ruleset);
    const std::vector<lint::RuleFacts> rules = lint::rule_facts(analysis);
    bool all = true;
    for (const uint64_t id : options_.ids) {
      all = explain_rule(analysis, rules, id) && all;
    }
    if (!all || parser::has_errors(ruleset->diagnostics)) return kTrouble;
    return ruleset->dropped.empty() ? kOk : kDropped;
  }

 private:
  bool explain_rule(const lint::Analysis& analysis, const std::vector<lint::RuleFacts>& rules,
                    uint64_t id) {
    bool exists = false;
    size_t shown = 0;
    for (const lint::RuleFacts& facts : rules) {
      if (facts.id != id) continue;
      exists = true;
      if (++shown > kMostOfOneId) continue;
      if (options_.format == "json")
        console_.out().write(lint::explain_json(analysis, facts) + "\n");
      else
        console_.out().write((std::exchange(any_shown_, true) ? "\n" : "") +
                             lint::explain_text(analysis, facts));
    }
    if (shown > kMostOfOneId) {
      console_.warning(
          fmt::format("{} more rules have the id {}: not shown", shown - kMostOfOneId, id));
    }
    if (!exists) console_.error(fmt::format("no rule has the id {}", id));
    return exists;
  }

  /// Without --id, the inputs are names or codes of checks.
  int explain_checks() {
    if (options_.reading.rules.empty()) return console_.error("name a check, or rules and --id N");
    int code = kOk;
    for (const std::string& name : options_.reading.rules) {
      const lint::CheckInfo* const check = lint::find_check(name);
      std::error_code error;
      if (check == nullptr && std::filesystem::exists(name, error)) {
        return console_.error(fmt::format("which rule of {}? Name it with --id N", name));
      }
      const bool number = !name.empty() && std::ranges::all_of(name, [](char c) {
        return is_digit(static_cast<unsigned char>(c));
      });
      if (check == nullptr && number) {
        return console_.error(
            fmt::format("{0} is the id of a rule: wafcheck explain RULES --id {0}", name));
      }
      if (check == nullptr) {
        code = console_.error(unknown_check(name));
      } else {
        console_.out().write_by([&](std::ostream& out) {
          options_.format == "json" ? lint::explain_json(*check, out)
                                    : lint::explain_text(*check, out);
        });
      }
    }
    return code;
  }

  const ExplainOptions& options_;
  Console& console_;
  bool any_shown_ = false;
};

}  // namespace

std::function<int()> add_explain(CLI::App& app, Console& console) {
  auto options = std::make_shared<ExplainOptions>();
  options->reading.add_to(app);
  app.add_option("--id", options->ids, "The rule to explain (repeatable, or a comma list)")
      ->delimiter(',')
      ->type_name("N")
      ->group("Explain");
  app.add_option("--format", options->format, "What to print")
      ->check(CLI::IsMember({"text", "json"}))
      ->default_str("text")
      ->group("Output");
  return [options, &console] { return Explain(*options, console).run(); };
}

}  // namespace wafcheck::cli
