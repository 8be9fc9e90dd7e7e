// Random rulesets over the whole language on random requests: libmodsecurity and wafcheck under its
// semantics must say the same in every field.
//
// A difference is reduced to the few lines that show it, and printed unless it falls under a row of
// accepted(). Each row must still explain its own reproducer.
//
//   --pairs N   how many (2000)
//   --seed S    the first seed (1); the pair of a seed is always the same
//   --reduce N  how many differences are reduced, and printed where no row accepts them (200)

#include <fmt/core.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "../modsecurity_peer.h"
#include "../wafcheck_peer.h"
#include "accepted.h"
#include "amounts.h"
#include "compare.h"
#include "generator.h"
#include "library_process.h"
#include "reduce.h"
#include "tests/scratch.h"

namespace wafcheck::differential {
namespace {

constexpr size_t kBatch = 50;
/// Of the pairs, in all fields, differences aside that a row accepts.
constexpr double kRequiredRate = 0.99;

struct Amount {
  size_t pairs = 2000, reduce = 200;
  uint64_t seed = 1;
};
Amount amount;

lint::EngineTarget packaged() {
  return {parser::M3, kPackaged.version};
}

Verdict by_library(const std::string& rules, const formats::Exchange& exchange) {
  ModSecurityPeer peer;
  if (const auto loaded = peer.load_file(rules); !loaded) {
    return {Verdict::End::refused, loaded.error().message, {}};
  }
  return {Verdict::End::answered, "", peer.answer(exchange)};
}

Verdict by_wafcheck(const std::string& rules, const formats::Exchange& exchange) {
  auto loaded = Wafcheck::load(rules, kPackaged);
  if (!loaded) return {Verdict::End::refused, loaded.error().message, {}};
  return {Verdict::End::answered, "", loaded->answer(exchange, kTime * 1'000'000)};
}

/// Rulesets in files, with what they name beside them.
class Bench {
 public:
  Bench() { write_data_files(folder_.path()); }

  struct Both {
    Verdict ours, theirs;
  };

  /// Both sides of every pair, each on a processor of its own.
  std::vector<Both> run(const std::vector<Pair>& pairs) {
    std::vector<formats::Exchange> exchanges;
    for (size_t at = 0; at < pairs.size(); ++at) {
      folder_.write(name(at), rules_text(pairs[at]));
      exchanges.push_back(exchange_of(pairs[at].message));
    }
    LibraryProcess library(pairs.size(), [&](size_t at) {
      std::filesystem::current_path(folder_.path());
      return by_library(folder_ / name(at), exchanges[at]);
    });
    std::vector<Both> all(pairs.size());
    for (size_t at = 0; at < pairs.size(); ++at) {
      all[at].ours = by_wafcheck(folder_ / name(at), exchanges[at]);
    }
    for (Both& both : all) both.theirs = library.next();
    return all;
  }

  /// Whether both say the same when the pair comes first: the library keeps something of rules that
  /// it has refused.
  bool alone_equal(const Pair& pair) {
    const Both both = std::move(run({pair})[0]);
    return !difference(both.ours, both.theirs);
  }

  /// A pair on which the library crashes or hangs.
  Finding reduce_end(uint64_t seed, const Pair& pair, const Verdict& end) {
    const auto ends = [&](const Pair& smaller) { return run({smaller})[0].theirs.end == end.end; };
    Finding finding{seed, reduced(pair, ends), {"end of libmodsecurity", "", end.reason}, {}, end};
    finding.ours = run({finding.pair})[0].ours;
    return finding;
  }

  Finding reduce(uint64_t seed, const Pair& pair, const Difference& found) {
    const auto shows = [&](const Pair& smaller) {
      const Both both = std::move(run({smaller})[0]);
      const auto left = difference(both.ours, both.theirs);
      if (!left || left->what != found.what) return false;
      return found.what != "status" || (left->ours == found.ours && left->theirs == found.theirs);
    };
    Finding finding{seed, reduced(pair, shows), found, {}, {}};
    Both both = std::move(run({finding.pair})[0]);
    finding.difference = difference(both.ours, both.theirs).value_or(found);
    finding.ours = std::move(both.ours);
    finding.theirs = std::move(both.theirs);
    return finding;
  }

 private:
  static std::string name(size_t at) { return fmt::format("{}.conf", at); }

  tests::ScratchDirectory folder_;
};

void print(const Finding& finding) {
  fmt::print("-- seed {}: {} differs\n{}\n{}wafcheck: {}libmodsecurity: {}\n", finding.seed,
             finding.difference.what, rules_text(finding.pair), message_text(finding.pair.message),
             to_text(finding.ours), to_text(finding.theirs));
}

const Accepted* row_of(const Finding& finding) {
  for (const Accepted& row : accepted()) {
    if (row.covers(finding)) return &row;
  }
  return nullptr;
}

TEST(RandomDifferential, PairsAreEqual) {
  Bench bench;
  std::map<std::string, size_t> kinds, ends;
  std::map<std::string_view, size_t> rows;
  size_t equal = 0, set_aside = 0, taken = 0, matched = 0, refused = 0, differ = 0, unlisted = 0,
         compared = 0;
  for (size_t done = 0; done < amount.pairs; done += kBatch) {
    std::vector<Pair> pairs;
    for (size_t at = done; at < std::min(done + kBatch, amount.pairs); ++at) {
      pairs.push_back(random_pair(amount.seed + at, packaged()));
    }
    const std::vector<Bench::Both> all = bench.run(pairs);
    for (size_t at = 0; at < pairs.size(); ++at) {
      const uint64_t seed = amount.seed + done + at;
      const auto& [ours, theirs] = all[at];
      if (!theirs.fair()) {
        if (++ends[theirs.reason] > amount.reduce) continue;
        print(bench.reduce_end(seed, pairs[at], theirs));
        continue;
      }
      ++compared;
      refused += theirs.end == Verdict::End::refused ? 1 : 0;
      taken += theirs.end == Verdict::End::answered ? 1 : 0;
      matched += theirs.answer.lines.empty() ? 0 : 1;
      const auto found = difference(ours, theirs);
      if (!found) {
        ++equal;
        continue;
      }
      if (differ < amount.reduce && bench.alone_equal(pairs[at])) {
        ++equal;
        continue;
      }
      if (++differ > amount.reduce) continue;
      ++kinds[found->what];
      const Finding finding = bench.reduce(seed, pairs[at], *found);
      if (const Accepted* row = row_of(finding)) {
        ++rows[row->name];
        ++set_aside;
      } else {
        ++unlisted;
        print(finding);
      }
    }
  }
  for (const auto& [kind, count] : kinds) fmt::print("  {:5} differ in {}\n", count, kind);
  for (const auto& [row, count] : rows) fmt::print("  {:5} accepted: {}\n", count, row);
  for (const auto& [how, count] : ends) fmt::print("  {:5} ended libmodsecurity: {}\n", count, how);
  fmt::print(
      "{} pairs from seed {}: {} compared ({} refused by libmodsecurity, {} taken, {} with rules "
      "that logged), {} equal ({:.2f} %, with {} accepted {:.2f} %), {} unlisted of {} looked "
      "into\n",
      amount.pairs, amount.seed, compared, refused, taken, matched, equal,
      100.0 * static_cast<double>(equal) / static_cast<double>(compared), set_aside,
      100.0 * static_cast<double>(equal + set_aside) / static_cast<double>(compared), unlisted,
      std::min(differ, amount.reduce));
  EXPECT_GT(matched, compared / 5) << "most rules never match: nothing is compared";
  EXPECT_GE(static_cast<double>(equal + set_aside), kRequiredRate * static_cast<double>(compared));
}

TEST(RandomDifferential, AcceptedRowsExplainTheirReproducers) {
  Bench bench;
  for (const Accepted& row : accepted()) {
    const Pair pair{row.rules, row.message};
    Bench::Both both = std::move(bench.run({pair})[0]);
    const auto found = difference(both.ours, both.theirs);
    ASSERT_TRUE(found) << row.name << ": both say the same";
    EXPECT_TRUE(row.covers({0, pair, *found, std::move(both.ours), std::move(both.theirs)}))
        << row.name;
  }
}

}  // namespace
}  // namespace wafcheck::differential

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  using wafcheck::differential::amount;
  if (!wafcheck::differential::read_amounts(
          argc, argv,
          {{"--pairs", &amount.pairs}, {"--seed", &amount.seed}, {"--reduce", &amount.reduce}}))
    return 2;
  return RUN_ALL_TESTS();
}
