#include <fmt/format.h>

#include <cmath>
#include <initializer_list>
#include <utility>

#include "formats/metrics/metrics.h"

namespace wafcheck::formats::inline metrics {
namespace {

using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

/// As OpenMetrics writes numbers that need not be whole: "5.0", "+Inf".
std::string number_text(double number) {
  if (std::isinf(number)) return "+Inf";
  std::string text = fmt::format("{}", number);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string escaped(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c == '\\' || c == '"') text += '\\';
    text += c == '\n' ? std::string_view("\\n") : std::string_view(&c, 1);
  }
  return text;
}

class Writer {
 public:
  explicit Writer(const MetricsText& options) : options_(options) {}

  void family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = fmt::format("wafcheck_{}", name);
    text_ += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name_, help, type);
  }

  void sample(std::string_view suffix, Labels labels, std::string_view value) {
    text_ += name_;
    text_ += suffix;
    std::string list;
    const auto add = [&](std::string_view name, std::string_view content) {
      list += fmt::format("{}{}=\"{}\"", list.empty() ? "" : ",", name, escaped(content));
    };
    if (!options_.process.empty()) add("process", options_.process);
    for (const auto& [name, content] : labels) add(name, content);
    if (!list.empty()) text_ += "{" + list + "}";
    text_ += fmt::format(" {}\n", value);
  }

  void counter(std::string_view name, std::string_view help, uint64_t count) {
    family(name, "counter", help);
    sample("", {}, std::to_string(count));
  }

  template <typename Counts>
  void counters(std::string_view name, std::string_view help, std::string_view label,
                const Counts& counts) {
    family(name, "counter", help);
    for (const auto& [key, count] : counts) {
      sample("", {{label, fmt::format("{}", key)}}, std::to_string(count));
    }
  }

  template <typename Values>
  void histogram(std::string_view name, std::string_view help, const Values& values) {
    family(name, "histogram", help);
    uint64_t total = 0;
    for (size_t bucket = 0; bucket < values.counts().size(); ++bucket) {
      total += values.counts()[bucket];
      sample("_bucket", {{"le", number_text(Values::bound(bucket))}}, std::to_string(total));
    }
    sample("_sum", {}, number_text(values.sum()));
    sample("_count", {}, std::to_string(total));
  }

  std::string finish() { return std::move(text_) + "# EOF\n"; }

 private:
  const MetricsText& options_;
  std::string name_;  ///< of the family that is being written
  std::string text_;
};

}  // namespace

std::string metrics_text(const Metrics& metrics, const MetricsText& options) {
  Writer writer(options);
  writer.counter("transactions_total", "Transactions that were evaluated.", metrics.transactions);
  writer.counters("decisions_total", "Transactions by what was done about them.", "decision",
                  metrics.decisions);
  writer.counters("would_decisions_total",
                  "Transactions by what would have been done without DetectionOnly.", "decision",
                  metrics.would_decide);
  writer.counters("rule_matches_total", "Rules that matched and are logged, by id.", "rule_id",
                  metrics.rule_matches);
  writer.histogram("inbound_score", "Anomaly scores of requests.", metrics.inbound_scores);
  writer.histogram("outbound_score", "Anomaly scores of responses.", metrics.outbound_scores);
  if (options.timing) {
    writer.histogram("evaluation_seconds", "Time that rules took, a transaction.", metrics.seconds);
  }
  writer.counter("unreadable_entries_total", "Entries of traffic that could not be read.",
                 metrics.unreadable);
  writer.counter("undecided_total", "Transactions whose verdict a limit left open.",
                 metrics.undecided);
  writer.counters("problems_total", "Things that were cut off, failed or not evaluated, by kind.",
                  "kind", metrics.problems);
  writer.family("uninspected_bodies_total", "counter",
                "Bodies, or ends of bodies, that no rule looked into.");
  std::map<std::pair<bool, std::string_view>, uint64_t> uninspected;
  for (const auto& [kind, count] : metrics.uninspected.counts()) {
    uninspected[{kind.response, to_string(kind.why)}] += count;
  }
  for (const auto& [kind, count] : uninspected) {
    writer.sample("", {{"side", kind.first ? "response" : "request"}, {"reason", kind.second}},
                  std::to_string(count));
  }
  return writer.finish();
}

}  // namespace wafcheck::formats::inline metrics
