// wafcheck merge: the summaries of runs over parts of the traffic, added up.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/fail_on.h"
#include "cli/inputs.h"
#include "cli/options.h"
#include "formats/records/statistics.h"
#include "formats/records/summary_file.h"
#include "parser/base/escape.h"

namespace wafcheck::cli {
namespace {

struct MergeOptions {
  std::vector<std::string> inputs;
  std::string format = "text";
  std::string output;
  std::string summary;  ///< the file that gets the sum; empty: none
  std::string fail_on = "none";
  bool partial = false;
};

bool is_summary_name(std::string_view name) {
  return name.ends_with(".summary");
}

class Merge {
 public:
  Merge(const MergeOptions& options, Console& console) : options_(options), console_(console) {}

  int run() {
    auto output = console_.open(options_.output);
    std::optional<Output> summary =
        options_.summary.empty() || !output ? std::nullopt : console_.open(options_.summary);
    if (!output || (!options_.summary.empty() && !summary)) return kTrouble;
    for (const std::string& input : options_.inputs) read_input(input);
    if (console_.failed()) return kTrouble;
    const std::string missing = sum_->missing();
    if (!missing.empty() && !options_.partial) {
      return console_.error(fmt::format("there is no summary of {}", missing),
                            "  help: name them too, or say --partial for a part of the sum\n");
    }
    write(*output);
    console_.finish(*output);
    if (summary) {
      summary->write(formats::summary_file_text(*sum_));
      console_.finish(*summary);
    }
    if (console_.failed()) return kTrouble;
    if (fails(options_.fail_on, sum_->summary)) return kNo;
    return sum_->summary.dropped.empty() ? kOk : kDropped;
  }

 private:
  void read_input(const std::string& input) {
    console_.files().name(input);
    const auto files = expand_input(input, is_summary_name);
    if (!files) {
      console_.error(files.error().message);
      return;
    }
    if (files->empty()) console_.error(fmt::format("{}: no summaries in this directory", input));
    for (const InputFile& file : *files) read_file(file.path);
  }

  void read_file(const std::string& path) {
    const auto refuse = [&](const std::string& why) {
      console_.error(fmt::format("{}: {}", path, why));
    };
    auto opened = console_.open_input(path);
    if (!opened) return refuse(opened.error().message);
    const auto text = (*opened)->read_whole();
    if (!text) return refuse(text.error().message);
    auto file = formats::read_summary_file(*text);
    if (!file) return refuse(file.error().message);
    if (!sum_) {
      sum_ = std::move(*file);
    } else if (auto merged = sum_->merge(*file); !merged) {
      refuse(merged.error().message);
    }
  }

  void write(Output& output) const {
    const formats::Summary& summary = sum_->summary;
    if (options_.format == "json") {
      output.write("{\"schema\":1,\"summary\":" + formats::summary_json(summary, std::nullopt) +
                   "}\n");
      return;
    }
    output.write(formats::summary_text(summary, std::nullopt, console_.is_ascii()));
    if (summary.statistics) {
      output.write(formats::statistics_text(*summary.statistics, console_.streams().out_columns,
                                            console_.is_ascii()));
    }
  }

  const MergeOptions& options_;
  Console& console_;
  std::optional<formats::SummaryFile> sum_;  ///< none: nothing was read so far
};

}  // namespace

std::function<int()> add_merge(CLI::App& app, Console& console) {
  const auto options = std::make_shared<MergeOptions>();
  app.add_option("SUMMARY", options->inputs,
                 "Summaries that replay --summary wrote: files, directories, globs or -")
      ->required()
      ->type_name("");
  app.add_flag("--partial", options->partial, "Parts of the traffic may be missing")
      ->group("Input");
  app.add_option("--format", options->format, "text, for people, or json: the counts alone")
      ->check(CLI::IsMember({"text", "json"}))
      ->default_str("text")
      ->group("Output");
  add_output(app, options->output);
  app.add_option("--summary", options->summary, "Write the sum as a summary, to be merged again")
      ->type_name("FILE")
      ->group("Output");
  add_fail_on(app, options->fail_on);
  return [options, &console] { return Merge(*options, console).run(); };
}

}  // namespace wafcheck::cli
