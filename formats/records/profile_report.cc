#include "formats/records/profile_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "formats/json/writer.h"
#include "formats/records/members.h"
#include "formats/records/profile_members.h"
#include "parser/base/escape.h"

namespace wafcheck::formats::inline records {
namespace {

struct PartDoc {
  std::string_view name, doc;
};
constexpr PartDoc kParts[] = {
    {"operators", "operators, run on values"},
    {"rules", "rules otherwise: finding values, actions, logging"},
    {"transformations", "transformations"},
    {"prefilter", "prefilter: which operators may match a value"},
    {"bodies", "body processors"},
    {"rest", "the rest: URIs, headers, collections"},
};

constexpr std::string_view kPhaseNames[] = {
    "", "request headers", "request body", "response headers", "response body", "logging"};

/// Four digits or fewer as they are; else three that count and a unit.
std::string short_count(double count) {
  if (count < 9999.5) return fmt::format("{:.0f}", count);
  for (const char unit : {'k', 'M', 'G', 'T'}) {
    count /= 1000;
    if (count < 9.995) return fmt::format("{:.2f}{}", count, unit);
    if (count < 99.95) return fmt::format("{:.1f}{}", count, unit);
    if (count < 999.5) return fmt::format("{:.0f}{}", count, unit);
  }
  return fmt::format("{:.0f}P", count / 1000);
}

std::string short_count(uint64_t count) {
  return short_count(static_cast<double>(count));
}

std::string milliseconds(double us) {
  return us < 9'950       ? fmt::format("{:.1f} ms", us / 1e3)
         : us < 9'999'500 ? fmt::format("{:.0f} ms", us / 1e3)
                          : fmt::format("{:.1f} s", us / 1e6);
}

bool whole(const ProfileCounts& counts) {
  return counts.sampled == counts.searched && !counts.stopped;
}

/// "120"; "~120" where a sample tells; ">120" where not all was counted; "-" where nothing was.
std::string steps_text(const ProfileCounts& counts) {
  if (counts.sampled == 0) return "-";
  const bool more = counts.stopped || counts.step_candidates < counts.searched;
  return (more ? ">" : whole(counts) ? "" : "~") + short_count(counts.steps);
}

/// The beginning of a text that has to fit, in columns.
std::string beginning(std::string_view text, size_t columns) {
  if (text.size() <= columns) return std::string(text);
  size_t end = columns == 0 ? 0 : columns - 1;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return fmt::format("{}…", text.substr(0, end));
}

/// The end of one.
std::string ending(std::string_view text, size_t columns) {
  if (text.size() <= columns) return std::string(text);
  size_t begin = text.size() - (columns == 0 ? 0 : columns - 1);
  while (begin < text.size() && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) ++begin;
  return fmt::format("…{}", text.substr(begin));
}

class TextWriter {
 public:
  TextWriter(const ProfileReport& report, const ProfileView& view) : report_(report), view_(view) {}

  std::string write() {
    if (report_.run.transactions == 0) return no_transactions();
    head();
    if (!view_.only) parts();
    if (shows(ProfileTable::phase)) phases();
    if (shows(ProfileTable::rule)) rules();
    if (shows(ProfileTable::expression)) expressions();
    if (shows(ProfileTable::transformation) && !report_.transformations.empty()) transformations();
    legend();
    return std::move(text_);
  }

 private:
  static constexpr size_t kCountColumns = 50;  ///< that the numbers of a row take

  bool shows(ProfileTable table) const { return !view_.only || *view_.only == table; }

  template <typename... Values>
  void line(fmt::format_string<Values...> form, Values&&... values) {
    fmt::format_to(std::back_inserter(text_), form, std::forward<Values>(values)...);
    text_ += '\n';
  }

  double each(double us) const {
    return report_.run.transactions == 0 ? 0 : us / static_cast<double>(report_.run.transactions);
  }
  double percent(double us) const {
    return report_.run.elapsed_us > 0 ? us / report_.run.elapsed_us * 100 : 0;
  }
  std::string time(double us) const {
    const double own = each(us);
    return fmt::format("{:>8.{}f} {:5.1f}%", own, own < 9999.5 ? 2 : 0, percent(us));
  }

  std::string no_transactions() const {
    const uint64_t rejected = report_.run.rejected;
    return rejected == 0 ? "0 transactions\n"
                         : fmt::format("0 transactions; {} rejected by the front\n", rejected);
  }

  void head() {
    const ProfileRun& run = report_.run;
    line("{} transaction{}: {}, {:.1f} us each", run.transactions, run.transactions == 1 ? "" : "s",
         milliseconds(run.elapsed_us), each(run.elapsed_us));
    line("profiling cost {:.0f} % more, which is in all times",
         std::max(run.overhead_percent(), 0.0));
    if (run.preempted_us > 0) {
      line("{} in which something else had the processor are left out",
           milliseconds(run.preempted_us));
    }
    if (run.rejected != 0)
      line("{} more were rejected by the front: no rule saw them", run.rejected);
    if (!run.dropped.empty()) line("{}", dropped_text(run.dropped.size()));
    if (run.threads > 1) line("{} threads, over which times are summed", run.threads);
    line("before: rules loaded in {}, all expressions compiled in {}", milliseconds(run.load_us),
         milliseconds(run.compile_us));
  }

  void parts() {
    line("\n   us/tx  share  where the time goes");
    for (const ProfilePart& part : report_.parts) {
      const auto* const doc = std::ranges::find(kParts, part.name, &PartDoc::name);
      line("{}  {}", time(part.time_us), doc == std::end(kParts) ? part.name : doc->doc);
    }
  }

  std::string numbers(const ProfileCounts& counts) const {
    return fmt::format("{} {:>6} {:>6} {:>6} {:>6} {:>6}", time(counts.time_us),
                       short_count(counts.evaluations), short_count(counts.candidates),
                       short_count(counts.cached), short_count(counts.matches), steps_text(counts));
  }
  void header(std::string_view what, size_t shown, size_t all) {
    const std::string of = shown < all ? fmt::format(" ({} of {})", shown, all) : "";
    line("\n   us/tx  share   eval   cand cached  match  steps  {}{}", what, of);
  }
  size_t room() const {
    return std::max<size_t>(view_.columns, kCountColumns + 2 + 20) - kCountColumns - 2;
  }

  void phases() {
    header("phase", report_.phases.size(), report_.phases.size());
    for (const ProfiledPhase& row : report_.phases) {
      line("{}  {} {}", numbers(row.counts), row.phase,
           kPhaseNames[static_cast<size_t>(row.phase)]);
    }
  }

  void rules() {
    const size_t shown = std::min(view_.top, report_.rules.size());
    header("rule", shown, report_.rules.size());
    for (size_t at = 0; at < shown; ++at) {
      const ProfiledRule& row = report_.rules[at];
      const std::string id = row.id ? fmt::to_string(*row.id) : "-";
      const std::string link = row.link == 0 ? "" : fmt::format("/{}", row.link);
      const std::string name = fmt::format("{}{} ", id, link);
      const std::string place = fmt::format("{}:{}", excerpt(row.file, 4096), row.line);
      line("{}  {}{}", numbers(row.counts), name,
           ending(place, room() - std::min(room(), name.size())));
    }
  }

  void expressions() {
    const size_t shown = std::min(view_.top, report_.expressions.size());
    header("expression", shown, report_.expressions.size());
    for (size_t at = 0; at < shown; ++at) {
      const ProfiledExpression& row = report_.expressions[at];
      std::string rules = row.rules.empty() ? "-" : fmt::to_string(*row.rules.begin());
      if (row.rules.size() > 1) rules += fmt::format("+{}", row.rules.size() - 1);
      const std::string expression =
          fmt::format("@{}{}{}", row.name, row.argument.empty() ? "" : " ", row.argument);
      const size_t left = room() - std::min(room(), rules.size() + 1);
      line("{}  {} {}", numbers(row.counts), rules, beginning(excerpt(expression, 4096), left));
    }
  }

  void transformations() {
    const size_t shown = std::min(view_.top, report_.transformations.size());
    const size_t all = report_.transformations.size();
    line("\n   us/tx  share   runs change  bytes  rules  transformation{}",
         shown < all ? fmt::format(" ({} of {})", shown, all) : "");
    for (size_t at = 0; at < shown; ++at) {
      const ProfiledTransformation& row = report_.transformations[at];
      line("{} {:>6} {:>6} {:>6} {:>6}  {}", time(row.time_us), short_count(row.runs),
           short_count(row.changed), short_count(row.bytes), short_count(row.rules), row.name);
    }
  }

  void legend() {
    text_ +=
        "\n"
        "us/tx: microseconds a transaction. eval: values that met the operator; cand: of\n"
        "these, values it was run on, as the prefilter could not rule them out; cached:\n"
        "values ruled out by what an earlier transaction found; steps: tries of an item\n"
        "of the expression (~ by a sample, > at least). id/n: link n of a chain.\n";
  }

  const ProfileReport& report_;
  const ProfileView& view_;
  std::string text_;
};

class JsonReport {
 public:
  JsonReport(const ProfileReport& report, const ProfileView& view) : report_(report), view_(view) {}

  std::string write() {
    json_.begin_object();
    json_.key("schema");
    json_.number(1);
    write_engine(json_, report_.engine);
    summary();
    table(ProfileTable::phase, "phases", report_.phases);
    table(ProfileTable::rule, "rules", report_.rules);
    table(ProfileTable::expression, "expressions", report_.expressions);
    table(ProfileTable::transformation, "transformations", report_.transformations);
    json_.end_object();
    return std::move(text_) + "\n";
  }

 private:
  void count(std::string_view name, uint64_t value) {
    json_.key(name);
    json_.number(value);
  }
  void real(std::string_view name, double value, int digits) {
    json_.key(name);
    json_.number(value, digits);
  }
  void time(double us) {
    real("time_us", us, 1);
    real("share", report_.run.elapsed_us > 0 ? us / report_.run.elapsed_us : 0, 4);
  }

  void summary() {
    const ProfileRun& run = report_.run;
    json_.key("summary");
    json_.begin_object();
    write_counts(json_, kProfileRunCounts, run);
    count("dropped_rules", run.dropped.size());
    write_dropped(json_, run.dropped);
    count("threads", run.threads);
    real("load_us", run.load_us, 1);
    real("compile_us", run.compile_us, 1);
    real("elapsed_us", run.elapsed_us, 1);
    real("preempted_us", run.preempted_us, 1);
    real("overhead_percent", run.overhead_percent(), 1);
    json_.key("parts");
    json_.begin_array();
    for (const ProfilePart& part : report_.parts) {
      json_.begin_object();
      json_.member("name", part.name);
      time(part.time_us);
      json_.end_object();
    }
    json_.end_array();
    json_.end_object();
  }

  template <typename Rows>
  void table(ProfileTable which, std::string_view name, const Rows& rows) {
    if (view_.only && *view_.only != which) return;
    const size_t shown =
        which == ProfileTable::phase ? rows.size() : std::min(view_.top, rows.size());
    json_.key(name);
    json_.begin_array();
    for (size_t at = 0; at < shown; ++at) {
      json_.begin_object();
      row(rows[at]);
      json_.end_object();
    }
    json_.end_array();
  }

  void counts(const ProfileCounts& counts) {
    time(counts.time_us);
    real("operator_us", counts.operator_us, 1);
    count("runs", counts.runs);
    count("evaluations", counts.evaluations);
    count("candidates", counts.candidates);
    count("cached", counts.cached);
    count("matches", counts.matches);
    json_.key("steps");
    if (counts.sampled == 0) return json_.null();
    json_.begin_object();
    count("total", static_cast<uint64_t>(std::llround(counts.steps)));
    count("most", counts.most_steps);
    count("candidates", counts.step_candidates);
    count("sampled", counts.sampled);
    json_.key("complete");
    json_.boolean(whole(counts));
    json_.end_object();
  }

  void row(const ProfiledPhase& phase) {
    count("phase", static_cast<uint64_t>(phase.phase));
    counts(phase.counts);
  }
  void row(const ProfiledRule& rule) {
    json_.key("rule_id");
    rule.id ? json_.number(*rule.id) : json_.null();
    count("chain_link", rule.link);
    count("phase", rule.phase);
    json_.bytes("file", rule.file);
    count("line", rule.line);
    counts(rule.counts);
  }
  void row(const ProfiledExpression& expression) {
    json_.member("operator", expression.name);
    json_.bytes("argument", expression.argument);
    json_.key("rules");
    json_.begin_array();
    for (const uint64_t id : expression.rules) json_.number(id);
    json_.end_array();
    counts(expression.counts);
  }
  void row(const ProfiledTransformation& transformation) {
    json_.member("transformation", transformation.name);
    time(transformation.time_us);
    count("runs", transformation.runs);
    count("changed", transformation.changed);
    count("bytes", transformation.bytes);
    count("rules", transformation.rules);
  }

  const ProfileReport& report_;
  const ProfileView& view_;
  std::string text_;
  JsonWriter json_{text_};
};

}  // namespace

std::string profile_text(ProfileReport report, const ProfileView& view) {
  report.sort(view.order);
  return TextWriter(report, view).write();
}

std::string profile_json(ProfileReport report, const ProfileView& view) {
  report.sort(view.order);
  return JsonReport(report, view).write();
}

}  // namespace wafcheck::formats::inline records
