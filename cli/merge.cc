// wafcheck merge: the summaries of runs over parts of the traffic, added up.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "cli/fail_on.h"
#include "cli/options.h"
#include "cli/run_identity.h"
#include "cli/summaries/summaries.h"

namespace wafcheck::cli {
namespace {

struct MergeOptions {
  std::vector<std::string> inputs;
  std::string format = "text";
  std::string output;
  std::string summary;  ///< the file that gets the sum; empty: none
  std::string fail_on;  ///< empty: as the command has it
  bool partial = false;
};

class Merge {
 public:
  Merge(const MergeOptions& options, Console& console) : options_(options), console_(console) {}

  int run() {
    auto output = console_.open(options_.output);
    std::optional<Output> summary;
    if (!output || !open_summary(options_.summary, *output, summary, console_)) return kTrouble;
    const auto sum = read_summaries(options_.inputs, options_.partial, console_);
    if (!sum) return kTrouble;
    const SummaryKind& kind = kind_of(sum->body);
    const std::string_view fail_on =
        options_.fail_on.empty() ? kind.fail_on.front() : std::string_view(options_.fail_on);
    if (std::ranges::find(kind.fail_on, fail_on) == kind.fail_on.end()) {
      return console_.error(fmt::format("--fail-on {}: of {} there is only {}", fail_on, kind.name,
                                        fmt::join(kind.fail_on, ", ")));
    }
    const SummaryView view{console_.streams().out_columns, console_.is_ascii()};
    output->write(options_.format == "json" ? kind.json(sum->body)
                                            : console_.in_locale(kind.text(sum->body, view)));
    console_.finish(*output);
    if (summary) {
      summary->write(text_of(*sum));
      console_.finish(*summary);
    }
    tell_unanswered(kind.unanswered(fail_on, sum->body), "verdict", fail_on, console_);
    if (console_.failed()) return kTrouble;
    if (kind.fails(fail_on, sum->body)) return kNo;
    return kind.has_dropped(sum->body) ? kDropped : kOk;
  }

 private:
  const MergeOptions& options_;
  Console& console_;
};

/// What --fail-on takes, for whichever kind.
std::vector<std::string> all_fail_on() {
  std::vector<std::string> all;
  for (const SummaryKind& kind : summary_kinds()) {
    for (const std::string_view word : kind.fail_on) {
      if (std::ranges::find(all, word) == all.end()) all.emplace_back(word);
    }
  }
  return all;
}

}  // namespace

std::function<int()> add_merge(CLI::App& app, Console& console) {
  const auto options = std::make_shared<MergeOptions>();
  app.add_option("SUMMARY", options->inputs,
                 "Summaries that a command wrote with --summary: files, directories, globs or -")
      ->required()
      ->type_name("");
  app.add_flag("--partial", options->partial, "Parts of the traffic may be missing")
      ->group("Input");
  app.add_option("--format", options->format, "text, for people, or json: as the command has them")
      ->check(CLI::IsMember({"text", "json"}))
      ->default_str("text")
      ->group("Output");
  add_output(app, options->output);
  app.add_option("--summary", options->summary, "Write the sum as a summary, to be merged again")
      ->type_name("FILE")
      ->group("Output");
  app.add_option("--fail-on", options->fail_on,
                 "Exit with 1 when the sum has ... (default: as the command does)")
      ->check(CLI::IsMember(all_fail_on()))
      ->group("Output");
  return [options, &console] { return Merge(*options, console).run(); };
}

}  // namespace wafcheck::cli
