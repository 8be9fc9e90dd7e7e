// wafcheck alerts: what error logs and audit logs reported.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "cli/command.h"
#include "cli/inputs.h"
#include "cli/mask_options.h"
#include "cli/options.h"
#include "cli/run_identity.h"
#include "cli/summaries/summaries.h"
#include "cli/traffic_runner.h"
#include "formats/records/alert_report.h"
#include "formats/traffic/auditlog/auditlog.h"
#include "formats/traffic/byte_reader.h"
#include "formats/traffic/entry.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"

namespace wafcheck::cli {
namespace {

struct AlertsOptions {
  std::vector<std::string> inputs;
  std::string format = "text";
  std::string output;
  std::string summary;  ///< the file that gets it; empty: none
  std::string shard;
  bool from_start = false;  ///< --shard-from-start
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
    if (!read_shard(options_.shard, part_, console_)) return kTrouble;
    if (options_.from_start && !part_) {
      return console_.error("--shard-from-start: is of use with --shard only");
    }
    auto output = console_.open(options_.output);
    std::optional<Output> summary;
    if (!output || !open_summary(options_.summary, *output, summary, console_)) return kTrouble;
    for (const std::string& input : options_.inputs) find_files(input);
    if (part_) ranges_ = divide_files(files_, *part_, console_);
    for (const std::string& path : files_) read_file(path);
    counts_.hide_paths(options_.masks.masks());
    if (summary) {
      summary->write(text_of({runs(), counts_}));
      console_.finish(*summary);
    }
    const auto* const format = std::ranges::find(formats::kAlertReportFormats, options_.format,
                                                 &formats::AlertReportFormat::name);
    formats::AlertReportOptions report;
    report.top = options_.top != 0 ? options_.top : options_.format == "text" ? 20 : 0;
    report.ascii = console_.is_ascii();
    if (!output->is_file()) report.columns = console_.streams().out_columns;
    output->write(format->write(counts_, report));
    console_.finish(*output);
    return console_.failed() ? kTrouble : kOk;
  }

 private:
  void find_files(const std::string& input) {
    console_.files().name(input);
    const auto files = expand_input(input, is_log_name);
    if (!files) {
      console_.error(files.error().message);
      return;
    }
    if (files->empty() && !options_.allow_empty) {
      console_.error(fmt::format("{}: no logs in this directory", input));
    }
    for (const InputFile& file : *files) files_.push_back(file.path);
  }

  /// What may be added up: all alerts whose paths are hidden alike.
  formats::SummaryRuns runs() const {
    std::vector<std::string> rules = options_.masks.names;
    rules.emplace_back(options_.masks.show_secrets ? "shown" : "hidden");
    std::vector<std::string> work;
    for (const std::string& path : files_) {
      work.push_back(path);
      work.push_back(std::to_string(file_bytes(path)));
    }
    return runs_of(identity_of_texts(rules), identity_of_texts(work), part_, spans_);
  }

  /// The bytes of a file that are of the part; all, where it cannot be divided.
  ByteRange range_of(const std::string& path) const {
    const auto it = ranges_.find(path);
    return it == ranges_.end() ? ByteRange() : it->second;
  }
  /// Of what cannot be divided, whether the next line or record is of another part.
  bool is_other(const std::string& path) {
    return part_ && !ranges_.contains(path) && !part_->has(entries_++);
  }

  void read_file(const std::string& path) {
    auto opened = console_.open_input(path);
    if (!opened) {
      console_.error(opened.error().message);
      return;
    }
    InputStream& input = **opened;
    if (range_of(path).empty()) return;
    const uint64_t before = counts_.alerts + counts_.records + counts_.engine_messages;
    if (formats::looks_like_auditlog(input.head()) == formats::Likeness::certain) {
      read_records(input, path);
    } else {
      read_lines(input, path);
    }
    const uint64_t after = counts_.alerts + counts_.records + counts_.engine_messages;
    if (after == before && !part_ && !options_.allow_empty && !console_.failed()) {
      console_.error(
          fmt::format("{}: no alerts of ModSecurity, Coraza or Azure, and no audit records", path));
    }
  }

  void read_lines(InputStream& input, const std::string& path) {
    const ByteRange range = range_of(path);
    std::ifstream file;
    uint64_t start = 0;
    if (range.begin != 0) {
      file.open(path, std::ios::binary);
      start = formats::find_line(file, range.begin, {});
      file.clear();
      file.seekg(static_cast<std::streamoff>(start));
    }
    formats::ByteReader in(file.is_open() ? file : input.stream());
    std::string line;
    while (true) {
      const formats::Place place = in.place();
      if (start + place.offset >= range.end) break;
      const formats::LineEnd end = formats::read_line(in, kLineBytes, line);
      if (end == formats::LineEnd::none) break;
      if (is_other(path)) continue;
      if (end == formats::LineEnd::too_long) {
        unreadable(
            fmt::format("{}: the line is over {} bytes", where(path, start, place), kLineBytes));
        continue;
      }
      const auto alert = formats::read_alert_line(trim(line));
      if (alert) {
        counts_.add(*alert);
      } else if (alert.error() == formats::NoAlert::engine_message) {
        ++counts_.engine_messages;
      } else if (alert.error() == formats::NoAlert::unreadable) {
        unreadable(fmt::format("{}: an alert that cannot be read: {}", where(path, start, place),
                               excerpt(line, 120)));
      } else if (!trim(line).empty()) {
        ++counts_.foreign;
      }
    }
    if (in.failed()) console_.error(fmt::format("{}: the input cannot be read further", path));
  }

  /// "error.log:7", or where lines were not counted from the beginning "error.log: at byte 1234".
  std::string where(const std::string& path, uint64_t start, const formats::Place& place) const {
    return part_ ? fmt::format("{}: at byte {}", path, start + place.offset)
                 : fmt::format("{}:{}", path, place.line);
  }

  void read_records(InputStream& input, const std::string& path) {
    const Proof proof = options_.summary.empty() ? Proof::none
                        : options_.from_start    ? Proof::itself
                                                 : Proof::summary;
    RangeReader reader(*formats::find_traffic_format("auditlog"), path, input, range_of(path),
                       proof);
    while (auto pending = reader.next()) {
      const uint64_t offset = pending->offset;
      if (!pending->ends && is_other(path)) continue;
      const formats::Entry entry = pending->decode();
      if (!entry) {
        const std::string number = part_ ? "" : fmt::format("entry {} ", entry.error().entry);
        unreadable(
            fmt::format("{}: {}at byte {}: {}", path, number, offset, entry.error().message));
        continue;
      }
      ++counts_.records;
      add(*entry);
    }
    for (const std::string& remark : reader.remarks()) {
      console_.note(fmt::format("{}: {}", path, remark));
    }
    if (!part_) return;
    if (auto span = reader.span(part_->part)) {
      if (const std::string note = guess_text(*span); !note.empty()) console_.note(note);
      spans_.push_back(std::move(*span));
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
  std::optional<Shard> part_;  ///< none: all of the logs
  std::vector<std::string> files_;
  std::map<std::string, ByteRange, std::less<>> ranges_;  ///< by path
  uint64_t entries_ = 0;                                  ///< of what cannot be divided
  std::vector<formats::PartSpan> spans_;                  ///< what a summary has to prove
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
  add_summary(app, options->summary);
  options->masks.add_to(app);
  app.add_option("--shard", options->shard, "Only the K-th of N parts of the logs, K from 1")
      ->type_name("K/N")
      ->group("Logs");
  app.add_flag("--shard-from-start", options->from_start,
               "Read native audit logs from their start, where merge asks for it")
      ->group("Logs");
  app.add_flag("--skip-unreadable", options->skip_unreadable,
               "An alert that cannot be read is counted, and no error")
      ->group("Logs");
  app.add_flag("--allow-empty", options->allow_empty, "A log without alerts is no error")
      ->group("Logs");
  return [options, &console] { return Alerts(*options, console).run(); };
}

}  // namespace wafcheck::cli
