// wafcheck alerts: what error logs and audit logs reported.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>

#include "cli/command.h"
#include "cli/inputs.h"
#include "cli/mask_options.h"
#include "cli/options.h"
#include "formats/records/alert_report.h"
#include "formats/traffic/auditlog/auditlog.h"
#include "formats/traffic/byte_reader.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"

namespace wafcheck::cli {
namespace {

struct AlertsOptions {
  std::vector<std::string> inputs;
  std::string format = "text";
  std::string output;
  size_t top = 0;
  MaskOptions masks;
  bool skip_unreadable = false;
  bool allow_empty = false;
};

constexpr size_t kLineBytes = size_t{16} << 20;

bool is_log_name(std::string_view name) {
  const std::string lower = lowercase(name);
  return lower.find(".log") != std::string::npos || lower.find("audit") != std::string::npos ||
         lower.ends_with(".json") || lower.ends_with(".jsonl") || formats::is_auditlog_name(name);
}

class Alerts {
 public:
  Alerts(const AlertsOptions& options, Console& console) : options_(options), console_(console) {}

  int run() {
    auto output = console_.open(options_.output);
    if (!output) return kTrouble;
    for (const std::string& input : options_.inputs) read_input(input);
    const auto* const format = std::ranges::find(formats::kAlertReportFormats, options_.format,
                                                 &formats::AlertReportFormat::name);
    formats::AlertReportOptions report;
    report.top = options_.top != 0 ? options_.top : options_.format == "text" ? 20 : 0;
    report.masks = options_.masks.masks();
    report.ascii = console_.is_ascii();
    if (!output->is_file()) report.columns = console_.streams().out_columns;
    output->write(format->write(counts_, report));
    console_.finish(*output);
    return console_.failed() ? kTrouble : kOk;
  }

 private:
  void read_input(const std::string& input) {
    console_.files().name(input);
    const auto files = expand_input(input, is_log_name);
    if (!files) {
      console_.error(files.error().message);
      return;
    }
    if (files->empty() && !options_.allow_empty) {
      console_.error(fmt::format("{}: no logs in this directory", input));
    }
    for (const InputFile& file : *files) read_file(file.path);
  }

  void read_file(const std::string& path) {
    auto opened = console_.open_input(path);
    if (!opened) {
      console_.error(opened.error().message);
      return;
    }
    InputStream& input = **opened;
    const uint64_t before = counts_.alerts + counts_.records + counts_.engine_messages;
    if (formats::looks_like_auditlog(input.head()) == formats::Likeness::certain) {
      read_records(input, path);
    } else {
      read_lines(input, path);
    }
    const uint64_t after = counts_.alerts + counts_.records + counts_.engine_messages;
    if (after == before && !options_.allow_empty && !console_.failed()) {
      console_.error(
          fmt::format("{}: no alerts of ModSecurity, Coraza or Azure, and no audit records", path));
    }
  }

  void read_lines(InputStream& input, const std::string& path) {
    formats::ByteReader in(input.stream());
    std::string line;
    while (true) {
      const formats::Place place = in.place();
      const formats::LineEnd end = formats::read_line(in, kLineBytes, line);
      if (end == formats::LineEnd::none) break;
      if (end == formats::LineEnd::too_long) {
        unreadable(fmt::format("{}:{}: the line is over {} bytes", path, place.line, kLineBytes));
        continue;
      }
      const auto alert = formats::read_alert_line(trim(line));
      if (alert) {
        counts_.add(*alert);
      } else if (alert.error() == formats::NoAlert::engine_message) {
        ++counts_.engine_messages;
      } else if (alert.error() == formats::NoAlert::unreadable) {
        unreadable(fmt::format("{}:{}: an alert that cannot be read: {}", path, place.line,
                               excerpt(line, 120)));
      } else if (!trim(line).empty()) {
        ++counts_.foreign;
      }
    }
    if (in.failed()) console_.error(fmt::format("{}: the input cannot be read further", path));
  }

  void read_records(InputStream& input, const std::string& path) {
    const auto reader = formats::open_auditlog(input.stream(), {});
    while (const auto entry = reader->next()) {
      if (!*entry) {
        unreadable(fmt::format("{}: entry {} at byte {}: {}", path, entry->error().entry,
                               entry->error().offset, entry->error().message));
        continue;
      }
      ++counts_.records;
      add(**entry);
    }
    for (const std::string& remark : reader->remarks()) {
      console_.note(fmt::format("{}: {}", path, remark));
    }
  }

  void add(const formats::Exchange& exchange) {
    const formats::Recorded& recorded = *exchange.recorded;
    const bool interrupted = recorded.decision != "pass" && recorded.decision != "allow";
    const bool told = std::ranges::any_of(recorded.matches, &formats::RecordedMatch::interrupts);
    for (size_t at = 0; at < recorded.matches.size(); ++at) {
      const formats::RecordedMatch& match = recorded.matches[at];
      const bool last = at + 1 == recorded.matches.size();
      formats::SeenAlert alert;
      alert.rule_id = match.rule_id;
      alert.message = match.message;
      alert.target = match.target;
      alert.path = exchange.request.uri.substr(0, exchange.request.uri.find_first_of("?#"));
      if (exchange.client) alert.client = exchange.client->ip;
      alert.time_us = exchange.time_us;
      // Where the log does not say which rule it was, it was the last.
      alert.interrupted = match.interrupts || (interrupted && !told && last);
      counts_.add(alert);
    }
  }

  void unreadable(const std::string& message) {
    ++counts_.unreadable;
    if (options_.skip_unreadable) {
      console_.note("skipped: " + message);
    } else {
      console_.error(message);
    }
  }

  const AlertsOptions& options_;
  Console& console_;
  formats::AlertCounts counts_;
};

}  // namespace

std::function<int()> add_alerts(CLI::App& app, Console& console) {
  auto options = std::make_shared<AlertsOptions>();
  app.add_option("LOG", options->inputs,
                 "Error logs, audit logs or Azure's firewall log; files, directories, globs or -")
      ->required()
      ->type_name("");
  add_choice(app, "--format", options->format,
             "What to print (default: text):", formats::kAlertReportFormats);
  add_output(app, options->output);
  app.add_option("--top", options->top, "Rows of a table (text: 20, others: all)")
      ->check(CLI::Range(size_t{1}, size_t{1'000'000}))
      ->type_name("N")
      ->group("Output");
  options->masks.add_to(app);
  app.add_flag("--skip-unreadable", options->skip_unreadable,
               "An alert that cannot be read is counted, and no error")
      ->group("Logs");
  app.add_flag("--allow-empty", options->allow_empty, "A log without alerts is no error")
      ->group("Logs");
  return [options, &console] { return Alerts(*options, console).run(); };
}

}  // namespace wafcheck::cli
