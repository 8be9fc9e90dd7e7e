#include "cli/summaries/summaries.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "cli/diff/report.h"
#include "cli/fail_on.h"
#include "cli/inputs.h"
#include "formats/ftw/result_format.h"
#include "formats/records/statistics.h"
#include "parser/base/shown.h"

namespace wafcheck::cli::inline summaries {
namespace {

// --- what the kinds differ in ---

std::string text(const formats::Summary& summary, const SummaryView& view) {
  std::string text = formats::summary_text(summary, std::nullopt, view.ascii);
  if (summary.statistics) {
    text += formats::statistics_text(*summary.statistics, view.columns, view.ascii);
  }
  return text;
}
std::string text(DiffSummary summary, const SummaryView& /*view*/) {
  if (summary.traffic) summary.traffic->hide_uris(formats::Masks());
  return diff_text(summary);
}
std::string text(const GoodTraffic& traffic, const SummaryView& /*view*/) {
  return good_traffic_text(traffic);
}
std::string text(const formats::ProfileReport& report, const SummaryView& view) {
  formats::ProfileView profile;
  profile.top = formats::kProfileFormats[0].rows;
  if (view.columns != 0) profile.columns = view.columns;
  return formats::profile_text(report, profile);
}
std::string text(const formats::AlertCounts& counts, const SummaryView& view) {
  return formats::kAlertReportFormats[0].write(counts,
                                               {.columns = view.columns, .ascii = view.ascii});
}
std::string text(const formats::TestSummary& summary, const SummaryView& /*view*/) {
  return readable_lines(formats::text_report(summary.all(), summary.dropped));
}

std::string json(const formats::Summary& summary) {
  return "{\"schema\":1,\"summary\":" + formats::summary_json(summary, std::nullopt) + "}\n";
}
std::string json(const DiffSummary& summary) {
  return diff_json(summary);
}
std::string json(const GoodTraffic& traffic) {
  return good_traffic_json(traffic);
}
std::string json(const formats::ProfileReport& report) {
  return formats::profile_json(report, {});
}
std::string json(const formats::AlertCounts& counts) {
  return formats::kAlertReportFormats[1].write(counts, {.top = 0});
}
std::string json(const formats::TestSummary& summary) {
  return formats::json_report(summary.all(), summary.dropped);
}

template <typename Body>
bool never_fails(std::string_view /*fail_on*/, const Body& /*body*/) {
  return false;
}
bool has_failed_tests(std::string_view fail_on, const formats::TestSummary& summary) {
  const auto failed = [](const formats::FtwResult& result) {
    return result.outcome == formats::FtwResult::Outcome::failed;
  };
  return fail_on == "failed" && std::ranges::any_of(summary.all(), failed);
}

bool has_dropped(const formats::Summary& summary) {
  return !summary.dropped.empty();
}
bool has_dropped(const DiffSummary& summary) {
  return summary.old_dropped + summary.new_dropped != 0;
}
bool has_dropped(const GoodTraffic& /*traffic*/) {
  return false;  // tune tells of the rules that it proposes for
}
bool has_dropped(const formats::ProfileReport& report) {
  return !report.run.dropped.empty();
}
bool has_dropped(const formats::AlertCounts& /*counts*/) {
  return false;
}
bool has_dropped(const formats::TestSummary& summary) {
  return !summary.dropped.empty();
}

template <typename Body>
uint64_t never_open(std::string_view /*fail_on*/, const Body& /*body*/) {
  return 0;
}

// --- the table ---

template <typename Body, bool (*Fails)(std::string_view, const Body&),
          uint64_t (*Unanswered)(std::string_view, const Body&)>
SummaryKind kind(std::string_view name, std::vector<std::string_view> fail_on) {
  return {name,
          std::move(fail_on),
          [](formats::JsonTaker& take, formats::JsonValue from) -> SummaryBody {
            Body body;
            read_whole(take, from, body);
            return body;
          },
          [](formats::JsonWriter& json, const SummaryBody& body) {
            write_whole(json, std::get<Body>(body));
          },
          [](SummaryBody& to, const SummaryBody& more) {
            std::get<Body>(to).merge(std::get<Body>(more));
          },
          [](const SummaryBody& body, const SummaryView& view) {
            return text(std::get<Body>(body), view);
          },
          [](const SummaryBody& body) { return json(std::get<Body>(body)); },
          [](std::string_view when, const SummaryBody& body) {
            return Fails(when, std::get<Body>(body));
          },
          [](const SummaryBody& body) { return has_dropped(std::get<Body>(body)); },
          [](std::string_view when, const SummaryBody& body) {
            return Unanswered(when, std::get<Body>(body));
          }};
}

bool is_summary_name(std::string_view name) {
  return name.ends_with(".summary");
}

/// Adds up summaries, one after the other.
class SummaryReader {
 public:
  explicit SummaryReader(Console& console) : console_(console) {}

  void read_input(const std::string& input) {
    console_.files().name(input);
    const auto files = expand_input(input, is_summary_name);
    if (!files) {
      console_.error(files.error().message);
      return;
    }
    if (files->empty()) console_.error(fmt::format("{}: no summaries in this directory", input));
    for (const InputFile& file : *files) {
      if (const auto read = read_file(file.path); !read) {
        console_.error(fmt::format("{}: {}", file.path, read.error().message));
      }
    }
  }

  std::optional<RunSummary> take() { return std::move(sum_); }

 private:
  Result<void> read_file(const std::string& path) {
    auto opened = console_.open_input(path);
    if (!opened) return std::unexpected(opened.error());
    const auto text = (*opened)->read_whole();
    if (!text) return std::unexpected(text.error());
    auto file = formats::read_summary_file(*text);
    if (!file) return std::unexpected(file.error());
    const auto kinds = summary_kinds();
    const auto row = std::ranges::find(kinds, file->kind, &SummaryKind::name);
    if (row == kinds.end()) return fail("it is of a kind that this version does not know");
    formats::JsonTaker take;
    SummaryBody body = row->read(take, file->summary);
    if (!take.fault().empty()) return fail(take.fault());
    if (!sum_) {
      sum_ = RunSummary{std::move(file->runs), std::move(body)};
      return {};
    }
    if (const SummaryKind& kind = kind_of(sum_->body); kind.name != row->name) {
      return fail(fmt::format("it is a summary of {}, and those before it are of {}", row->name,
                              kind.name));
    }
    if (auto merged = sum_->runs.merge(file->runs); !merged) return merged;
    row->add(sum_->body, body);
    return {};
  }

  Console& console_;
  std::optional<RunSummary> sum_;  ///< none: nothing was read so far
};

}  // namespace

std::span<const SummaryKind> summary_kinds() {
  static const std::vector<SummaryKind> kinds = {
      kind<formats::Summary, fails, unanswered>(
          "replay", {"none", "interrupted", "matched", "changed", "undecided"}),
      kind<DiffSummary, fails, unanswered>(
          "diff", {"changed", "newly-blocked", "newly-passed", "score", "never"}),
      kind<GoodTraffic, never_fails, never_open>("tune", {"none"}),
      kind<formats::ProfileReport, never_fails, never_open>("profile", {"none"}),
      kind<formats::AlertCounts, never_fails, never_open>("alerts", {"none"}),
      kind<formats::TestSummary, has_failed_tests, never_open>("test", {"failed", "none"})};
  return kinds;
}

const SummaryKind& kind_of(const SummaryBody& body) {
  return summary_kinds()[body.index()];
}

std::string text_of(const RunSummary& summary) {
  const SummaryKind& kind = kind_of(summary.body);
  return formats::summary_file_text(
      kind.name, summary.runs, [&](formats::JsonWriter& json) { kind.write(json, summary.body); });
}

std::optional<RunSummary> read_summaries(const std::vector<std::string>& inputs, bool partial,
                                         Console& console) {
  SummaryReader reader(console);
  for (const std::string& input : inputs) reader.read_input(input);
  if (console.failed()) return std::nullopt;
  std::optional<RunSummary> sum = reader.take();
  const auto misfits = sum ? sum->runs.misfits() : std::vector<std::string>();
  for (const std::string& misfit : misfits) {
    console.error(misfit,
                  "  help: run the part again with --shard-from-start, and name that summary in "
                  "place of the first\n");
  }
  if (!misfits.empty()) return std::nullopt;
  const std::string missing = sum ? sum->runs.missing() : std::string();
  if (missing.empty()) return sum;
  if (partial) {
    console.note(fmt::format("there is no summary of {}", missing));
    return sum;
  }
  console.error(fmt::format("there is no summary of {}", missing),
                "  help: name them too, or say --partial for a part of the sum\n");
  return std::nullopt;
}

}  // namespace wafcheck::cli::inline summaries
