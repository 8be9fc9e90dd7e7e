#pragma once
// What monitoring wants to know of many transactions: counters and histograms that add up over
// shards and processes.

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "formats/metrics/histogram.h"
#include "formats/records/outcome.h"
#include "formats/records/summary.h"

namespace wafcheck::formats::inline metrics {

/// Anomaly scores: CRS adds 2 to 5 a match, and denies from 5 on by default.
inline constexpr std::array<double, 10> kScoreBounds{0, 2, 4, 5, 10, 15, 20, 30, 50, 100};
/// Seconds.
inline constexpr std::array<double, 12> kTimeBounds{0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005,
                                                    0.01,   0.02,   0.05,   0.1,   0.5,   1};

struct Metrics {
  uint64_t transactions = 0;
  std::map<std::string_view, uint64_t> decisions;           ///< by what was done
  std::map<std::string_view, uint64_t> would_decide;        ///< by what DetectionOnly kept from it
  std::map<uint64_t, uint64_t> rule_matches;                ///< by the rule's id; 0: it has none
  Histogram<kScoreBounds> inbound_scores, outbound_scores;  ///< a negative score counts as 0
  Histogram<kTimeBounds> seconds;
  uint64_t unreadable = 0;  ///< entries of traffic
  uint64_t undecided = 0;   ///< transactions whose verdict a limit left open
  std::map<std::string, uint64_t, std::less<>> problems;  ///< by kind
  UninspectedCounts uninspected;

  void add(const Outcome& outcome);
  void merge(const Metrics& other);
};

struct MetricsText {
  bool timing = true;  ///< also the times, which differ from run to run
  /// The process that counted; empty: none of several. Files of processes are read together, which
  /// takes series that differ.
  std::string process = {};
};

/// In the text format of Prometheus, which ends as OpenMetrics does. Every name begins with
/// "wafcheck_".
/// https://prometheus.io/docs/instrumenting/exposition_formats/
std::string metrics_text(const Metrics& metrics, const MetricsText& options = {});

}  // namespace wafcheck::formats::inline metrics
