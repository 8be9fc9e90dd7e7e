// Whole rulesets on whole requests: libmodsecurity and wafcheck must log the same rules.
//
// A difference is one rule that one side logged for one exchange and the other did not. Each must
// fall under a row of kAccepted, which says where it occurs, what it comes from and who is right;
// a row that explains nothing any more, or something elsewhere, fails too. Under the semantics of
// ModSecurity 3 nearly all exchanges must be equal; the default profile differs on purpose.
//
//   WAFCHECK_DIFFERENTIAL_VERBOSE   set: print every difference without a row

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cases.h"
#include "modsecurity_peer.h"
#include "tests/test_data.h"
#include "wafcheck_peer.h"

namespace wafcheck::differential {
namespace {

namespace fs = std::filesystem;
using formats::Exchange;
using parser::Profile;
using tests::read;
using tests::shared;

constexpr double kRequiredRate = 0.995;
constexpr size_t kPrinted = 40;

/// Rulesets, as bits.
enum Where : unsigned { crs4_pl4 = 1, crs4_pl1 = 2, crs3 = 4 };

struct Difference {
  const Case* test;
  uint64_t rule;
  bool ours;  ///< wafcheck logged it, libmodsecurity did not
};

const std::string& uri(const Difference& found) {
  return found.test->exchange.request.uri;
}

const std::string& body(const Difference& found) {
  return found.test->exchange.request.body;
}

bool header_holds(const Difference& found, std::string_view text) {
  return std::ranges::any_of(
      found.test->exchange.request.headers,
      [&](const formats::Header& header) { return header.second.find(text) != std::string::npos; });
}

/// One cause of differences that is accepted.
struct Accepted {
  std::string_view name;
  Profile profile;
  unsigned where;  ///< the rulesets in which it occurs
  bool (*covers)(const Difference&);
  std::string_view right;  ///< whose answer is the documented one
  std::string_view cause;
};

bool part_header_name(const Difference& found) {
  return found.ours && found.rule == 200002 && found.test->name.starts_with("922130-");
}

bool log_switch(const Difference& found) {
  return found.ours && found.rule / 1000 == 980;
}

bool decoded_uri(const Difference& found) {
  return uri(found).find('%') != std::string::npos;
}

bool absolute_uri(const Difference& found) {
  return !found.ours && uri(found).starts_with("http");
}

bool request_body(const Difference& found) {
  const bool form = header_holds(found, "application/x-www-form-urlencoded");
  return !found.ours && !form && !body(found).empty();
}

bool empty_body(const Difference& found) {
  return !found.ours && (found.rule == 200002 || found.rule == 200003) && body(found).empty();
}

/// Of the rules that log, CRS has one chain that begins with multiMatch.
bool multi_match(const Difference& found) {
  return !found.ours && found.rule == 942131;
}

bool broken_multipart(const Difference& found) {
  return found.ours && found.test->name.starts_with("922130-");
}

constexpr Accepted kAccepted[] = {
    {"part-header-name", Profile::modsecurity3, crs4_pl4 | crs4_pl1, part_header_name, "wafcheck",
     "3.0.9 takes any byte in the name of a part's header; 3.0.13, which is modelled, refuses all "
     "but visible ASCII, and so REQBODY_ERROR is 1"},
    {"log-switch", Profile::standard, crs4_pl4 | crs4_pl1 | crs3, log_switch, "wafcheck",
     "noauditlog is about the audit log; libmodsecurity takes it for nolog"},
    {"multi-match", Profile::standard, crs4_pl4, multi_match, "wafcheck",
     "a chain logs when all of it matched; libmodsecurity logs each hit of a rule with multiMatch"},
    {"decoded-uri", Profile::standard, crs3, decoded_uri, "wafcheck",
     "REQUEST_URI is as it was sent; libmodsecurity decodes it"},
    {"absolute-uri", Profile::standard, crs4_pl4 | crs4_pl1, absolute_uri, "wafcheck",
     "REQUEST_FILENAME is a path; libmodsecurity leaves http://host in it"},
    {"request-body", Profile::standard, crs4_pl4 | crs4_pl1 | crs3, request_body, "wafcheck",
     "REQUEST_BODY is there for forms only, or where it is forced; libmodsecurity always has it"},
    {"empty-body", Profile::standard, crs4_pl4 | crs4_pl1, empty_body, "wafcheck",
     "a body of no bytes has no faults; libmodsecurity parses it as XML or MULTIPART"},
    {"broken-multipart", Profile::standard, crs4_pl4 | crs4_pl1 | crs3, broken_multipart,
     "wafcheck",
     "what was read of a multipart body before its fault is inspected; libmodsecurity drops it"},
};

/// Rules that add up what others found: they follow from differences in those.
bool is_sum(uint64_t rule) {
  const uint64_t family = rule / 1000;
  return family == 949 || family == 959 || family == 980;
}

const std::vector<Case>& cases() {
  static const std::vector<Case> all = [] {
    std::vector<Case> made = regression_cases();
    std::ranges::move(benign_cases(), std::back_inserter(made));
    return made;
  }();
  return all;
}

struct Class {
  size_t count = 0;
  std::string example;
};

struct Report {
  Profile profile = Profile::standard;
  size_t exchanges = 0, equal = 0;
  std::map<std::string_view, Class> classes;  ///< by the name of their row
  std::vector<Difference> unlisted;

  double rate() const { return static_cast<double>(equal) / static_cast<double>(exchanges); }
};

void compare(const Case& test, const Ids& ours, const Ids& theirs, Report& report) {
  ++report.exchanges;
  std::vector<Difference> all;
  for (const uint64_t id : ours) {
    if (!theirs.contains(id)) all.push_back({&test, id, true});
  }
  for (const uint64_t id : theirs) {
    if (!ours.contains(id)) all.push_back({&test, id, false});
  }
  if (all.empty()) {
    ++report.equal;
    return;
  }
  const bool sums_follow =
      std::ranges::any_of(all, [](const Difference& found) { return !is_sum(found.rule); });
  for (const Difference& found : all) {
    const auto row = std::ranges::find_if(kAccepted, [&](const Accepted& accepted) {
      return accepted.profile == report.profile && accepted.covers(found);
    });
    if (row != std::end(kAccepted)) {
      Class& entry = report.classes[row->name];
      if (++entry.count == 1) entry.example = fmt::format("{} at {}", found.rule, test.name);
    } else if (!(sums_follow && is_sum(found.rule))) {
      report.unlisted.push_back(found);
    }
  }
}

void print(const Report& report, std::string_view ruleset) {
  size_t accepted = 0;
  for (const Accepted& row : kAccepted) {
    const auto found = report.classes.find(row.name);
    if (row.profile != report.profile || found == report.classes.end()) continue;
    accepted += found->second.count;
    fmt::print("  {:5} {:26} e.g. {:22} {} is right: {}\n", found->second.count, row.name,
               found->second.example, row.right, row.cause);
  }
  const bool verbose = std::getenv("WAFCHECK_DIFFERENTIAL_VERBOSE") != nullptr;
  size_t printed = 0;
  for (const Difference& found : report.unlisted) {
    if (!verbose && ++printed > kPrinted) break;
    fmt::print("  unlisted: {} logged by {} alone at {}\n", found.rule,
               found.ours ? "wafcheck" : "libmodsecurity", found.test->name);
  }
  fmt::print(
      "{}, {} profile: {} exchanges, {} equal ({:.2f} %), {} accepted differences in {} "
      "classes, {} unlisted\n",
      ruleset, to_string(report.profile), report.exchanges, report.equal, 100 * report.rate(),
      accepted, report.classes.size(), report.unlisted.size());
}

/// Every difference has a row, and every row of this ruleset a difference.
void expect_as_listed(const Report& report, Where ruleset) {
  EXPECT_EQ(report.unlisted.size(), 0u) << "differences under no row of kAccepted";
  for (const Accepted& row : kAccepted) {
    if (row.profile != report.profile) continue;
    EXPECT_EQ(report.classes.contains(row.name), (row.where & ruleset) != 0) << row.name;
  }
}

std::vector<Ids> run_all(const std::function<Ids(const Exchange&)>& run) {
  std::vector<Ids> all;
  for (const Case& test : cases()) all.push_back(run(test.exchange));
  return all;
}

/// Both look for included files in the current folder first.
class InFolder {
 public:
  explicit InFolder(const fs::path& folder) : before_(fs::current_path()) {
    fs::current_path(folder);
  }
  ~InFolder() { fs::current_path(before_); }

 private:
  fs::path before_;
};

void expect_agreement(const fs::path& rules, Where ruleset, std::string_view name) {
  if (cases().empty()) GTEST_SKIP() << "no test data in " << shared() << ": set WAFCHECK_SHARED";
  ModSecurityPeer peer;
  auto modelled = Wafcheck::load(rules.string(), kPackaged);
  auto standard = Wafcheck::load(rules.string(), {});
  {
    const InFolder folder(rules.parent_path());
    const auto loaded = peer.load_file(rules.string());
    ASSERT_TRUE(loaded) << loaded.error().message;
  }
  ASSERT_TRUE(modelled) << modelled.error().message;
  ASSERT_TRUE(standard) << standard.error().message;

  auto library = std::async(std::launch::async, [&] {
    return run_all([&](const Exchange& exchange) { return peer.run(exchange); });
  });
  const std::vector<Ids> ours =
      run_all([&](const Exchange& exchange) { return modelled->run(exchange); });
  const std::vector<Ids> plain =
      run_all([&](const Exchange& exchange) { return standard->run(exchange); });
  const std::vector<Ids> theirs = library.get();

  Report as_modelled, as_default;
  as_modelled.profile = Profile::modsecurity3;

  size_t logged = 0;
  for (size_t at = 0; at < cases().size(); ++at) {
    logged += theirs[at].size();
    compare(cases()[at], ours[at], theirs[at], as_modelled);
    compare(cases()[at], plain[at], theirs[at], as_default);
  }
  print(as_modelled, name);
  print(as_default, name);
  EXPECT_GT(logged, cases().size());
  EXPECT_GE(as_modelled.rate(), kRequiredRate);
  expect_as_listed(as_modelled, ruleset);
  expect_as_listed(as_default, ruleset);
}

TEST(EngineDifferential, Crs4ParanoiaLevel4) {
  expect_agreement(shared() / "crs" / "pl4.conf", crs4_pl4, "CRS 4 at paranoia level 4");
}
TEST(EngineDifferential, Crs4ParanoiaLevel1) {
  expect_agreement(shared() / "crs" / "pl1.conf", crs4_pl1, "CRS 4 at paranoia level 1");
}

TEST(EngineDifferential, PackagedCrs3) {
  const fs::path setup = "/etc/modsecurity/crs/crs-setup.conf";
  const fs::path rules = "/usr/share/modsecurity-crs/rules";
  if (!fs::exists(setup) || !fs::is_directory(rules))
    GTEST_SKIP() << "modsecurity-crs is not installed";
  const fs::path main = fs::path(testing::TempDir()) / "packaged_crs.conf";
  std::ofstream(main) << "SecRuleEngine DetectionOnly\n"
                         "SecRequestBodyAccess On\n"
                         "SecResponseBodyAccess On\n"
                         "SecResponseBodyMimeType text/plain text/html text/xml application/json\n"
                      << "Include " << setup.string() << "\nInclude " << rules.string()
                      << "/*.conf\n";
  expect_agreement(main, crs3, "packaged CRS 3");
  fs::remove(main);
}

}  // namespace
}  // namespace wafcheck::differential
