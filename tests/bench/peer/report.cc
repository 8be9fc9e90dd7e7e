#include "report.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <numeric>
#include <set>
#include <span>

namespace wafcheck::peer {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using Ids = std::set<uint64_t>;
using Rounds = std::span<const std::vector<double>>;

constexpr size_t kDifferencesPrinted = 12;

double mean(const std::vector<double>& values) {
  if (values.empty()) return 0;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// The value that `share` of them do not exceed.
double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const auto at = static_cast<size_t>(share * static_cast<double>(values.size() - 1));
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(at));
  return values[at];
}

struct Figures {
  double mean = 0, p50 = 0, p99 = 0;
  double lowest = 0, highest = 0;  ///< mean of a round
};

Figures figures(Rounds rounds) {
  std::vector<double> all, means;
  for (const std::vector<double>& round : rounds) {
    all.insert(all.end(), round.begin(), round.end());
    means.push_back(mean(round));
  }
  if (means.empty()) return {};
  return {mean(all), quantile(all, 0.5), quantile(all, 0.99), std::ranges::min(means),
          std::ranges::max(means)};
}

Rounds first_round(const Side& side) {
  return Rounds(side.rounds).first(1);
}
Rounds later_rounds(const Side& side) {
  return Rounds(side.rounds).subspan(1);
}

struct Row {
  std::string name;
  const Side& side;
  Rounds rounds;
};

std::vector<Row> rows(const Comparison& all) {
  std::vector<Row> rows;
  rows.push_back({all.library.name, all.library, later_rounds(all.library)});
  rows.push_back({all.library.name + ", first round", all.library, first_round(all.library)});
  rows.push_back({"wafcheck, cache warm", all.warm, later_rounds(all.warm)});
  rows.push_back({"wafcheck, cache cold", all.cold, later_rounds(all.cold)});
  rows.push_back({"wafcheck, cache off", all.off, later_rounds(all.off)});
  rows.push_back({"wafcheck, first round", all.warm, first_round(all.warm)});
  return rows;
}

double mib(size_t kib) {
  return static_cast<double>(kib) / 1024;
}

ordered_json numbers(const Figures& made) {
  return {{"mean_us", made.mean},
          {"p50_us", made.p50},
          {"p99_us", made.p99},
          {"lowest_round_mean_us", made.lowest},
          {"highest_round_mean_us", made.highest}};
}

std::string text(const Differences& found, std::string_view semantics) {
  std::string out = fmt::format("  rules logged, {}: {} of {} transactions equal\n", semantics,
                                found.equal, found.transactions);
  size_t printed = 0;
  for (const auto& [rule, of] : found.rules) {
    if (++printed > kDifferencesPrinted) {
      out += fmt::format("    and {} more rules\n", found.rules.size() - kDifferencesPrinted);
      break;
    }
    out += fmt::format("    {} by {} alone: {}, first at {}\n", rule.first,
                       rule.second ? "wafcheck" : "libmodsecurity", of.count, of.first);
  }
  return out;
}

ordered_json to_json(const Differences& found) {
  ordered_json rules = ordered_json::array();
  for (const auto& [rule, of] : found.rules) {
    rules.push_back({{"id", rule.first},
                     {"by", rule.second ? "wafcheck" : "libmodsecurity"},
                     {"transactions", of.count},
                     {"first", of.first}});
  }
  return {{"transactions", found.transactions}, {"equal", found.equal}, {"rules", rules}};
}

double best(const std::vector<double>& values) {
  return values.empty() ? 0 : std::ranges::min(values);
}

}  // namespace

Differences differences(const json& library, const json& ours) {
  Differences found;
  const auto add = [&](const Ids& have, const Ids& other, bool by_us, const std::string& where) {
    std::vector<uint64_t> alone;
    std::ranges::set_difference(have, other, std::back_inserter(alone));
    for (const uint64_t rule : alone) {
      Differences::Of& of = found.rules[{rule, by_us}];
      if (++of.count == 1) of.first = where;
    }
    return alone.empty();
  };
  for (size_t at = 0; at < library.size(); ++at) {
    const std::string where = library[at][0];
    const Ids theirs = library[at][1].get<Ids>();
    const Ids mine = ours[at][1].get<Ids>();
    const bool none_extra = add(mine, theirs, true, where);
    const bool none_missing = add(theirs, mine, false, where);
    ++found.transactions;
    if (none_extra && none_missing) ++found.equal;
  }
  return found;
}

std::string legend() {
  // clang-format off
  return
      "Times are processor time of one transaction on one thread, from a new transaction to the end of\n"
      "its phase 5, its request and response in memory, no audit log. On a quiet machine that is the time\n"
      "that passes. wafcheck has its default semantics and its prefilter. Of what it finds out about\n"
      "values it keeps a part for the transactions that follow:\n"
      "  warm         from all rounds before: traffic that repeats itself\n"
      "  cold         from the same round alone: traffic seen for the first time\n"
      "  off          nothing (replay --no-memo)\n"
      "  first round  of the process, cold; what is compiled when it is first asked is in it too\n"
      "\"Never seen\" is another measurement: whole processes, from start to exit, that read a file of\n"
      "transactions which they meet for the first time and write a line for each, processor time of all.\n"
      "The first round counts in no other row. \"faster\" is libmodsecurity's mean over a row's mean.\n"
      "Loading and starting are in time that passed. Peak memory is the process's, traffic included.\n"
      "Why the default semantics log other rules: tests/differential/engine_differential.cc.\n";
  // clang-format on
}

std::string text(const Comparison& all) {
  const json& traffic = all.library.introduction;
  std::string out = fmt::format(
      "\n{}, {}: {} transactions, {:.0f} KB of request bodies, {:.0f} KB of response bodies, "
      "{} + 1 rounds\n",
      all.rules, all.traffic, traffic["transactions"].get<size_t>(),
      traffic["request_body_bytes"].get<double>() / 1000,
      traffic["response_body_bytes"].get<double>() / 1000, all.library.rounds.size() - 1);
  out += fmt::format("  {:34}{:>9}{:>9}{:>9}{:>18}{:>9}{:>10}\n", "", "mean us", "p50", "p99",
                     "means of rounds", "faster", "peak MiB");
  const double theirs = figures(later_rounds(all.library)).mean;
  for (const Row& row : rows(all)) {
    const Figures made = figures(row.rounds);
    out += fmt::format("  {:34}{:9.0f}{:9.0f}{:9.0f}{:>18}{:8.1f}x{:10.1f}\n", row.name, made.mean,
                       made.p50, made.p99, fmt::format("{:.0f}-{:.0f}", made.lowest, made.highest),
                       theirs / made.mean, mib(row.side.peak_kib));
  }
  out += text(all.modelled, "--engine modsecurity3");
  out += text(all.standard, "default semantics, which part on purpose");
  return out;
}

std::string text(const Unseen& unseen) {
  const double theirs = best(unseen.library.processor_ms);
  const auto line = [&](std::string_view what, const Unseen::Kind& kind) {
    const double made = best(kind.processor_ms);
    return fmt::format("  {:34}{:10.0f}{:12.0f}{:9.1f}x{:10.1f}\n", what, made,
                       1e3 * made / static_cast<double>(unseen.transactions), theirs / made,
                       mib(kind.peak_kib));
  };
  return fmt::format("\n{}, {}, never seen: {} transactions, {:.1f} MB, whole processes\n",
                     unseen.rules, unseen.traffic, unseen.transactions,
                     static_cast<double>(unseen.bytes) / 1e6) +
         fmt::format("  {:34}{:>10}{:>12}{:>10}{:>10}\n", "", "best ms", "us each", "faster",
                     "peak MiB") +
         line("libmodsecurity", unseen.library) + line("wafcheck replay -j 1", unseen.ours);
}

std::string text(const Startup& startup) {
  const auto line = [](std::string_view what, const Startup::Kind& kind) {
    return fmt::format("  {:34}{:9.0f}{:9.0f}{:10.1f}\n", what, best(kind.ms), mean(kind.ms),
                       mib(kind.peak_kib));
  };
  return fmt::format("\n{}, {} starts in turns\n  {:34}{:>9}{:>9}{:>10}\n", startup.rules,
                     startup.replay.ms.size(), "", "best ms", "mean ms", "peak MiB") +
         line("libmodsecurity, loading alone", startup.library_load) +
         line("wafcheck, loading alone", startup.load) +
         line("wafcheck replay, start to exit", startup.replay);
}

ordered_json to_json(const Comparison& all) {
  ordered_json sides = ordered_json::array();
  const double theirs = figures(later_rounds(all.library)).mean;
  for (const Row& row : rows(all)) {
    const Figures made = figures(row.rounds);
    ordered_json side = {{"name", row.name}};
    side.update(numbers(made));
    side["times_faster"] = theirs / made.mean;
    side["load_ms"] = row.side.introduction["load_ms"];
    side["peak_kib"] = row.side.peak_kib;
    side["before_load_kib"] = row.side.introduction["before_load_kib"];
    sides.push_back(std::move(side));
  }
  return {{"rules", all.rules},
          {"traffic", all.traffic},
          {"transactions", all.library.introduction["transactions"]},
          {"request_body_bytes", all.library.introduction["request_body_bytes"]},
          {"response_body_bytes", all.library.introduction["response_body_bytes"]},
          {"rounds", all.library.rounds.size() - 1},
          {"sides", sides},
          {"differences_modsecurity3", to_json(all.modelled)},
          {"differences_default", to_json(all.standard)}};
}

ordered_json to_json(const Unseen& unseen) {
  const auto kind = [](const Unseen::Kind& made) {
    return ordered_json{{"processor_ms", made.processor_ms}, {"peak_kib", made.peak_kib}};
  };
  return {{"rules", unseen.rules},
          {"traffic", unseen.traffic},
          {"transactions", unseen.transactions},
          {"bytes", unseen.bytes},
          {"libmodsecurity", kind(unseen.library)},
          {"wafcheck_replay", kind(unseen.ours)},
          {"times_faster", best(unseen.library.processor_ms) / best(unseen.ours.processor_ms)}};
}

ordered_json to_json(const Startup& startup) {
  const auto kind = [](const Startup::Kind& made) {
    return ordered_json{{"ms", made.ms}, {"peak_kib", made.peak_kib}};
  };
  return {{"rules", startup.rules},
          {"libmodsecurity_load", kind(startup.library_load)},
          {"wafcheck_load", kind(startup.load)},
          {"wafcheck_replay", kind(startup.replay)}};
}

}  // namespace wafcheck::peer
