// Attack payloads through CRS: libmodsecurity and wafcheck under its semantics must log the same
// rules for each.
//
//   --requests N  how many a ruleset (2000)
//   --seed S      another choice of payloads and places (1)

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../modsecurity_peer.h"
#include "../wafcheck_peer.h"
#include "amounts.h"
#include "library_process.h"
#include "parser/base/escape.h"
#include "payloads.h"
#include "tests/scratch.h"
#include "tests/test_data.h"

namespace wafcheck::differential {
namespace {

namespace fs = std::filesystem;

/// Equal, or different for an accepted reason alone.
constexpr double kRequiredRate = 0.997;
constexpr size_t kPrinted = 40;

struct Amount {
  size_t requests = 2000;
  uint64_t seed = 1;
};
Amount amount;

/// One rule that one side logged and the other did not.
struct Difference {
  const formats::Exchange* exchange;
  uint64_t rule;
  bool ours;

  const formats::Request& request() const { return exchange->request; }
};

struct Accepted {
  std::string_view name;
  bool (*covers)(const Difference&);
  std::string_view reason;
};

constexpr std::string_view kNulEscapes[] = {"%26%2300%3B", "&#00;", "%2500", "%00"};

/// A NUL that a transformation makes: percent-encoded once more than the server decodes, or a
/// character reference.
bool names_nul(const Difference& found) {
  const formats::Request& request = found.request();
  std::string text = request.uri + request.body;
  for (const auto& [name, value] : request.headers) text += value;
  return std::ranges::any_of(kNulEscapes,
                             [&](std::string_view escape) { return text.contains(escape); });
}

constexpr Accepted kAccepted[] = {
    {"nul", names_nul, "cssDecode of 3.0.9 ends the value at NUL, wafcheck inspects what follows"},
};

bool is_sum(uint64_t rule) {
  const uint64_t family = rule / 1000;
  return family == 949 || family == 959 || family == 980;
}

std::string shown(const formats::Exchange& exchange) {
  std::string text = exchange.request.method + " " + exchange.request.uri;
  for (size_t at = 3; at < exchange.request.headers.size(); ++at) {
    const auto& [name, value] = exchange.request.headers[at];
    text += fmt::format(" [{}: {}]", name, value);
  }
  text += " " + exchange.request.body;
  return hex_escaped(text, [](char byte) { return !is_printable(byte); });
}

Verdict to_verdict(const Ids& ids) {
  Verdict verdict;
  for (const uint64_t id : ids) verdict.answer.lines.push_back(std::to_string(id));
  return verdict;
}

Ids to_ids(const Verdict& verdict) {
  Ids ids;
  for (const std::string& line : verdict.answer.lines)
    ids.insert(std::strtoull(line.c_str(), nullptr, 10));
  return ids;
}

void expect_agreement(const fs::path& rules, std::string_view name) {
  const std::vector<formats::Exchange> exchanges = payload_requests(amount.requests, amount.seed);
  if (exchanges.empty())
    GTEST_SKIP() << "no test data in " << tests::shared() << ": set WAFCHECK_SHARED";
  auto ours = Wafcheck::load(rules.string(), kPackaged);
  ASSERT_TRUE(ours) << ours.error().message;
  std::unique_ptr<ModSecurityPeer> peer;  // of the child alone
  LibraryProcess library(exchanges.size(), [&](size_t at) {
    if (!peer) {
      fs::current_path(rules.parent_path());
      peer = std::make_unique<ModSecurityPeer>();
      if (const auto loaded = peer->load_file(rules.string()); !loaded) {
        return Verdict{Verdict::End::refused, loaded.error().message, {}};
      }
    }
    return to_verdict(peer->run(exchanges[at]));
  });
  std::vector<Ids> mine;
  for (const formats::Exchange& exchange : exchanges) mine.push_back(ours->run(exchange));

  size_t equal = 0, explained = 0, compared = 0, logged = 0, unlisted = 0;
  std::map<std::string_view, size_t> rows;
  for (size_t at = 0; at < exchanges.size(); ++at) {
    const Verdict verdict = library.next();
    ASSERT_NE(verdict.end, Verdict::End::refused) << verdict.reason;
    if (!verdict.fair()) {
      fmt::print("  libmodsecurity ends ({}): {}\n", verdict.reason, shown(exchanges[at]));
      continue;
    }
    const Ids theirs = to_ids(verdict);
    ++compared;
    logged += theirs.size();
    if (mine[at] == theirs) {
      ++equal;
      continue;
    }
    std::vector<Difference> all;
    std::ranges::for_each(mine[at], [&](uint64_t id) {
      if (!theirs.contains(id)) all.push_back({&exchanges[at], id, true});
    });
    std::ranges::for_each(theirs, [&](uint64_t id) {
      if (!mine[at].contains(id)) all.push_back({&exchanges[at], id, false});
    });
    const bool sums_follow =
        std::ranges::any_of(all, [](const Difference& found) { return !is_sum(found.rule); });
    const size_t before = unlisted;
    for (const Difference& found : all) {
      if (sums_follow && is_sum(found.rule)) continue;
      const auto row = std::ranges::find_if(
          kAccepted, [&](const Accepted& accepted) { return accepted.covers(found); });
      if (row != std::end(kAccepted)) {
        ++rows[row->name];
      } else if (++unlisted <= kPrinted) {
        fmt::print("  unlisted: {} logged by {} alone: {}\n", found.rule,
                   found.ours ? "wafcheck" : "libmodsecurity", shown(exchanges[at]));
      }
    }
    explained += unlisted == before ? 1 : 0;
  }
  for (const auto& [row, count] : rows) fmt::print("  {:5} accepted: {}\n", count, row);
  for (const Accepted& row : kAccepted) EXPECT_TRUE(rows.contains(row.name)) << row.name;
  const double rate = static_cast<double>(equal) / static_cast<double>(compared);
  fmt::print("{}: {} payloads, {} equal ({:.2f} %), {} rules logged, {} unlisted differences\n",
             name, compared, equal, 100 * rate, logged, unlisted);
  EXPECT_GT(logged, compared);
  EXPECT_GE(static_cast<double>(equal + explained), kRequiredRate * static_cast<double>(compared));
  EXPECT_EQ(unlisted, 0u);
}

TEST(PayloadDifferential, Crs4) {
  expect_agreement(tests::shared() / "crs" / "pl4.conf", "CRS 4 at paranoia level 4");
}

TEST(PayloadDifferential, PackagedCrs3) {
  const fs::path setup = "/etc/modsecurity/crs/crs-setup.conf";
  const fs::path rules = "/usr/share/modsecurity-crs/rules";
  if (!fs::exists(setup) || !fs::is_directory(rules)) {
    GTEST_SKIP() << "modsecurity-crs is not installed";
  }
  const tests::ScratchDirectory folder;
  const std::string main = folder.write(
      "main.conf",
      fmt::format(
          "SecRuleEngine DetectionOnly\nSecRequestBodyAccess On\nSecResponseBodyAccess On\n"
          "SecRule REQUEST_HEADERS:Content-Type \"^application/json\" "
          "\"id:200001,phase:1,pass,nolog,ctl:requestBodyProcessor=JSON\"\n"
          "SecRule REQBODY_ERROR \"!@eq 0\" \"id:200002,phase:2,log,deny,status:400\"\n"
          "SecRule MULTIPART_STRICT_ERROR \"!@eq 0\" \"id:200003,phase:2,log,deny,status:400\"\n"
          "Include {}\n"
          "SecAction \"id:900000,phase:1,nolog,pass,setvar:tx.paranoia_level=4\"\n"
          "Include {}/*.conf\n",
          setup.string(), rules.string()));
  expect_agreement(main, "packaged CRS 3");
}

}  // namespace
}  // namespace wafcheck::differential

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  using wafcheck::differential::amount;
  if (!wafcheck::differential::read_amounts(
          argc, argv, {{"--requests", &amount.requests}, {"--seed", &amount.seed}}))
    return 2;
  return RUN_ALL_TESTS();
}
