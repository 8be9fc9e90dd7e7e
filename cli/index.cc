// wafcheck index: what is in a ruleset.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ostream>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/ruleset_options.h"
#include "lint/index/query.h"
#include "lint/index/report.h"
#include "parser/ruleset.h"

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
  Index(const IndexOptions& options, Streams& streams, const GlobalOptions& global)
      : options_(options), streams_(streams), global_(global) {}

  int run() {
    if (options_.fields) return list_fields();
    std::optional<lint::Query> query;
    if (!options_.query.empty()) {
      auto parsed = lint::Query::parse(options_.query);
      if (!parsed) return bad_query(parsed.error());
      query = std::move(*parsed);
    }
    const std::optional<parser::Ruleset> ruleset = read_rules(options_.reading, streams_, global_);
    if (!ruleset) return kTrouble;
    const lint::Options none;
    const lint::Context context(*ruleset, none);
    lint::IndexView view{context, lint::rule_facts(context), options_.resolved, !query};
    if (query) std::erase_if(view.rules, [&](const lint::RuleFacts& facts) { return !query->matches(facts); });
    if (!write(view)) return kTrouble;
    if (parser::has_errors(ruleset->diagnostics)) return kTrouble;
    return view.rules.empty() && query ? kNo : kOk;
  }

 private:
  int bad_query(const Error& error) {
    streams_.err << fmt::format("wafcheck: error: --query: {}\n  {}\n  {}^\n", error.message, options_.query,
                                std::string(error.at, ' '));
    return kTrouble;
  }

  int list_fields() {
    for (const lint::QueryField& field : lint::query_fields()) {
      streams_.out << fmt::format("{:<16} {}\n", field.name, field.doc);
    }
    return kOk;
  }

  bool write(const lint::IndexView& view) {
    auto output = Output::open(options_.output, streams_.out);
    if (!output) {
      streams_.err << "wafcheck: error: " << output.error().message << '\n';
      return false;
    }
    const auto format = std::ranges::find(lint::index_formats(), options_.format, &lint::IndexFormat::name);
    std::string text = format->write(view);
    if (!text.ends_with('\n')) text += '\n';
    output->write(text);
    if (const auto done = output->commit(); !done && !output->reader_gone()) {
      streams_.err << "wafcheck: error: " << done.error().message << '\n';
      return false;
    }
    return true;
  }

  const IndexOptions& options_;
  Streams& streams_;
  const GlobalOptions& global_;
};

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const lint::IndexFormat& format : lint::index_formats()) names.emplace_back(format.name);
  return names;
}

}  // namespace

std::function<int()> add_index(CLI::App& app, Streams& streams, GlobalOptions& global) {
  auto options = std::make_shared<IndexOptions>();
  options->reading.add_to(app);
  app.add_option("--query", options->query, "Only rules that fit, as in 'tag=attack-sqli and pl<=2'")
      ->type_name("EXPR")->group("Index");
  app.add_flag("--fields", options->fields, "List the fields of a query")->group("Index");
  app.add_flag("--resolved", options->resolved, "Show rules as the engine sees them, as SecLang")->group("Index");
  app.add_option("--format", options->format, "What to print")
      ->check(CLI::IsMember(format_names()))->default_str("text")->group("Output");
  app.add_option("-o,--output", options->output, "Write the result to a file")->type_name("FILE")->group("Output");
  return [options, &streams, &global] { return Index(*options, streams, global).run(); };
}

}  // namespace wafcheck::cli
