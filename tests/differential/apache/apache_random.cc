// Random rulesets over the whole language on random requests: the server and wafcheck must take the
// same rulesets, answer with the same status and log the same rules.

#include <fmt/core.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../random/generator.h"
#include "../random/pair.h"
#include "../random/reduce.h"
#include "apache_amounts.h"
#include "apache_server.h"
#include "formats/traffic/http_reasons.h"
#include "wafcheck_side.h"

namespace wafcheck::differential {
namespace {

/// Of the pairs, in status and rules.
constexpr double kRequiredRate = 0.99;
constexpr size_t kBatch = 200;
constexpr size_t kQuestions = 150;  // asked to reduce a pair

lint::EngineTarget packaged() {
  return {parser::M2, {2, 9, 7}};
}

/// What one side makes of a pair.
struct Side {
  std::string refusal;  ///< why the ruleset is not taken
  int status = 0;
  Ids logged;
  bool same(const Side& other) const {
    return refusal.empty() == other.refusal.empty() && status == other.status &&
           logged == other.logged;
  }
};
struct Sides {
  Side ours, theirs;
  bool same() const { return ours.same(theirs); }
};

/// A pair without the directives that the server refuses.
struct Healed {
  Pair pair;
  size_t left_out = 0;
  std::string refusal;  ///< the first; or, where no line was named, the only one
  bool taken = true;
};

Healed heal(Pair pair) {
  Healed healed;
  healed.pair = std::move(pair);
  while (true) {
    const ApacheServer::Refusal refused =
        ApacheServer::check(rules_text(healed.pair), write_data_files);
    if (refused.reason.empty()) return healed;
    if (healed.refusal.empty()) healed.refusal = refused.reason;
    healed.taken = refused.line > 0 && refused.line <= healed.pair.rules.size();
    if (!healed.taken) return healed;
    healed.pair.rules.erase(healed.pair.rules.begin() + static_cast<ptrdiff_t>(refused.line - 1));
    ++healed.left_out;
  }
}

/// The server sends a status that it does not know as 500.
int as_sent(int status) {
  return status == 0 || !formats::http_reason(status).phrase.empty() ? status : 500;
}

Site site_of(const Pair& pair) {
  Site site{rules_text(pair)};
  const formats::Exchange exchange = exchange_of(pair.message);
  if (exchange.response) site.answer = *exchange.response;
  return site;
}

/// What both sides make of pairs that the server takes.
std::vector<Sides> run(const std::vector<Pair>& pairs) {
  std::vector<Sides> all(pairs.size());
  std::vector<Site> sites;
  for (const Pair& pair : pairs) sites.push_back(site_of(pair));
  Result<ApacheServer> server = ApacheServer::start(sites, write_data_files);
  if (!server) {
    ADD_FAILURE() << server.error().message;
    return {};
  }
  for (size_t at = 0; at < pairs.size(); ++at) {
    server->send(at, wire_of(exchange_of(pairs[at].message)));
  }
  const std::vector<ApacheServer::Seen> seen = server->stop();
  const tests::ScratchDirectory folder;
  write_data_files(folder.path());
  for (size_t at = 0; at < pairs.size(); ++at) {
    all[at].theirs = {"", seen[at].status, seen[at].logged};
    auto wafcheck = WafcheckSide::load(folder.write("rules.conf", sites[at].rules));
    if (!wafcheck) {
      all[at].ours.refusal = wafcheck.error().message;
      continue;
    }
    const WafcheckSide::Said said =
        wafcheck->run(wire_of(exchange_of(pairs[at].message)), sites[at].answer,
                      seen[at].client_port, seen[at].server_port);
    all[at].ours = {"", as_sent(said.status), said.logged};
  }
  return all;
}

/// Why a pair may differ: what the server makes of a word depends on more than its rules and the
/// request, or is the server's fault.
struct Accepted {
  std::string_view word;  ///< in the rules
  std::string_view reason;
};
constexpr Accepted kAccepted[] = {
    {"FULL_REQUEST", "the server's holds bytes of other requests instead of some headers"},
    {"AUTH_TYPE", "the server has no module that asks for a password"},
    {"REMOTE_USER", "the server has no module that asks for a password"},
    {"DURATION", "no two runs take the same time"},
    {"TIME_SEC", "the two sides run one after the other"},
    {"TIME_EPOCH", "the two sides run one after the other"},
    {"UNIQUE_ID", "each side makes one of its own"},
    {"SecPcreMatchLimit", "the server takes it for all sites only, so not in that of a ruleset"},
    {"SecServerSignature", "the server takes it for all sites only, so not in that of a ruleset"},
    {"proxy", "the server has no module to ask another one"},
};

const Accepted* accepted(const Pair& pair) {
  const std::string rules = rules_text(pair);
  const auto row = std::ranges::find_if(
      kAccepted, [&](const Accepted& candidate) { return rules.contains(candidate.word); });
  return row == std::end(kAccepted) ? nullptr : row;
}

/// The server's process ended while it answered: a fault of its own, which says nothing.
bool crashed(const Sides& sides) {
  return sides.theirs.status == 0 && sides.theirs.logged.empty() && sides.ours.status != 0;
}

/// Whether the sides take a ruleset: nothing where they agree.
std::optional<Sides> load_difference(const Pair& pair, const std::string& refusal) {
  const tests::ScratchDirectory folder;
  write_data_files(folder.path());
  const auto wafcheck = WafcheckSide::load(folder.write("rules.conf", rules_text(pair)));
  if (!wafcheck == !refusal.empty()) return std::nullopt;
  Sides sides;
  sides.theirs.refusal = refusal;
  if (!wafcheck) sides.ours.refusal = wafcheck.error().message;
  return sides;
}

std::string to_text(const Side& side) {
  return side.refusal.empty() ? fmt::format("{} {}\n", side.status, side.logged)
                              : "refuses: " + side.refusal + "\n";
}

void print(uint64_t seed, const Pair& pair, const Sides& sides) {
  fmt::print("-- seed {}\n{}\n{}wafcheck: {}the server: {}\n", seed, rules_text(pair),
             message_text(pair.message), to_text(sides.ours), to_text(sides.theirs));
}

void reduce(uint64_t seed, const Pair& pair, const Sides& found) {
  const bool load = !found.theirs.refusal.empty();
  const auto look = [&](const Pair& smaller) -> std::optional<Sides> {
    const std::string refusal = ApacheServer::check(rules_text(smaller), write_data_files).reason;
    if (load) return load_difference(smaller, refusal);
    if (!refusal.empty()) return std::nullopt;
    const std::vector<Sides> sides = run({smaller});
    if (sides.empty() || sides[0].same()) return std::nullopt;
    // One kind of difference is not reduced to another.
    const bool alike = sides[0].ours.refusal.empty() == found.ours.refusal.empty() &&
                       (sides[0].ours.status == sides[0].theirs.status) ==
                           (found.ours.status == found.theirs.status);
    return alike ? std::optional(sides[0]) : std::nullopt;
  };
  const Pair smallest =
      reduced(pair, [&](const Pair& smaller) { return look(smaller).has_value(); }, kQuestions);
  print(seed, smallest, look(smallest).value_or(found));
}

TEST(ApacheDifferential, RandomPairs) {
  if (!ApacheServer::installed()) {
    GTEST_SKIP() << "apache2 and libapache2-mod-security2 are not installed";
  }
  size_t equal = 0, refused = 0, left_out = 0, matched = 0, differ = 0, crashes = 0, explained = 0;
  std::map<std::string_view, size_t> rows;
  const auto report = [&](uint64_t seed, const Pair& pair, const Sides& sides) {
    if (++differ <= apache_amounts.reduce) {
      reduce(seed, pair, sides);
    } else {
      print(seed, pair, sides);
    }
  };
  for (size_t done = 0; done < apache_amounts.pairs; done += kBatch) {
    std::vector<Pair> originals, pairs;
    std::vector<Healed> all_healed;
    for (size_t at = done; at < std::min(done + kBatch, apache_amounts.pairs); ++at) {
      originals.push_back(random_pair(apache_amounts.seed + at, packaged()));
      all_healed.push_back(heal(originals.back()));
      pairs.push_back(all_healed.back().taken ? all_healed.back().pair : Pair());
    }
    const std::vector<Sides> all = run(pairs);
    ASSERT_EQ(all.size(), pairs.size());
    for (size_t at = 0; at < pairs.size(); ++at) {
      const uint64_t seed = apache_amounts.seed + done + at;
      refused += all_healed[at].refusal.empty() ? 0 : 1;
      left_out += all_healed[at].left_out;
      matched += all[at].theirs.logged.empty() ? 0 : 1;
      const auto load = load_difference(originals[at], all_healed[at].refusal);
      const Accepted* const row = accepted(originals[at]);
      const bool same = !load && all[at].same();
      if (!load && crashed(all[at])) {
        ++crashes;
      } else if (!same && row != nullptr) {
        ++explained;
        ++rows[row->reason];
      } else if (load) {
        report(seed, originals[at], *load);
      } else if (!all[at].same()) {
        report(seed, pairs[at], all[at]);
      } else {
        ++equal;
      }
    }
  }
  for (const auto& [reason, count] : rows) fmt::print("{:5} accepted: {}\n", count, reason);
  const size_t compared = apache_amounts.pairs - crashes - explained;
  const double rate = static_cast<double>(equal) / static_cast<double>(compared);
  fmt::print(
      "{} pairs from seed {}: {} refused by the server, which took them without {} directives, {} "
      "ended its process, {} accepted; of the other {}, {} with rules that logged, {} equal "
      "({:.2f} %)\n",
      apache_amounts.pairs, apache_amounts.seed, refused, left_out, crashes, explained, compared,
      matched, equal, 100 * rate);
  EXPECT_GT(matched, apache_amounts.pairs / 5) << "most rules never match: nothing is compared";
  EXPECT_GE(rate, kRequiredRate);
}

}  // namespace
}  // namespace wafcheck::differential
