// wafcheck index: what is in a ruleset.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/command.h"
#include "cli/options.h"
#include "cli/ruleset_options.h"
#include "lint/index/index_formats.h"
#include "lint/index/query.h"
#include "parser/base/shown.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::cli {
namespace {

struct IndexOptions {
  ReadingOptions reading;
  std::string query;
  std::string format = "text";
  std::string output;
  bool resolved = false;
  bool fields = false;
};

class Index {
 public:
  Index(const IndexOptions& options, Console& console) : options_(options), console_(console) {}

  int run() {
    if (options_.fields) return list_fields();
    std::optional<lint::Query> query;
    if (!options_.query.empty()) {
      auto parsed = lint::Query::parse(options_.query);
      if (!parsed) return bad_query(parsed.error());
      query = std::move(*parsed);
    }
    const std::optional<parser::RulesetModel> ruleset = read_rules(options_.reading, console_);
    if (!ruleset) return kTrouble;
    const lint::Analysis analysis(*ruleset);
    lint::IndexView view{analysis, lint::rule_facts(analysis), options_.resolved, !query};
    if (query)
      std::erase_if(view.rules,
                    [&](const lint::RuleFacts& facts) { return !query->matches(facts); });
    if (!write(view)) return kTrouble;
    if (parser::has_errors(ruleset->diagnostics)) return kTrouble;
    if (view.rules.empty() && query) return kNo;
    return ruleset->dropped.empty() ? kOk : kDropped;
  }

 private:
  int bad_query(const Error& error) {
    return console_.error(fmt::format("--query: {}", error.message),
                          fmt::format("  {}\n  {}^\n", options_.query, std::string(error.at, ' ')));
  }

  int list_fields() {
    auto output = console_.open(options_.output);
    if (!output) return kTrouble;
    for (const lint::QueryField& field : lint::query_fields()) {
      output->write(fmt::format("{:<16} {}\n", field.name, field.doc));
    }
    return console_.finish(*output) ? kOk : kTrouble;
  }

  bool write(const lint::IndexView& view) {
    auto output = console_.open(options_.output);
    if (!output) return false;
    const auto format =
        std::ranges::find(lint::index_formats(), options_.format, &lint::IndexFormat::name);
    std::string text = format->write(view);
    if (!text.ends_with('\n')) text += '\n';
    // Rules as SecLang are to be used again, unless it is a person who gets them.
    const bool for_people =
        options_.format == "text" &&
        (!options_.resolved || (!output->is_file() && console_.streams().out_is_terminal));
    output->write(for_people ? readable_lines(text) : text);
    return console_.finish(*output);
  }

  const IndexOptions& options_;
  Console& console_;
};

}  // namespace

std::function<int()> add_index(CLI::App& app, Console& console) {
  auto options = std::make_shared<IndexOptions>();
  options->reading.add_to(app);
  app.add_option("--query", options->query,
                 "Only rules that match, as in 'tag=attack-sqli and pl<=2'")
      ->type_name("EXPR")
      ->group("Index");
  app.add_flag("--fields", options->fields, "List the fields of a query")->group("Index");
  app.add_flag("--resolved", options->resolved, "Show rules as the engine sees them, as SecLang")
      ->group("Index");
  add_choice(app, "--format", options->format,
             "What to print (default: text):", lint::index_formats());
  add_output(app, options->output);
  return [options, &console] { return Index(*options, console).run(); };
}

}  // namespace wafcheck::cli
