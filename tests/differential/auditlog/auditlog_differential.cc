// Real servers write audit logs in every layout that they have, of requests of every kind. wafcheck
// must read each record, hold the request as it was sent, and come to the rules and the decision
// that the log tells, with the rules that the server had and the engine that the record names.
//
//   --payloads N  how many requests with attacks, besides the list (80)
//   --seed S      another choice of them (1)
//   --keep 1      the logs are kept, and their folder is named

#include <fmt/core.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "../random/amounts.h"
#include "comparison.h"
#include "requests.h"
#include "tests/scratch.h"
#include "tests/test_data.h"
#include "writers.h"

namespace wafcheck::differential {
namespace {

namespace fs = std::filesystem;

/// Of the whole records, in rules and in decisions.
constexpr double kRequiredRate = 0.99;
constexpr double kRequiredRateNoFront = 0.98;  ///< of Apache, which decodes paths
constexpr double kRequiredRateHeldBack = 0.9;  ///< of decisions in DetectionOnly

struct Amounts {
  uint64_t payloads = 80, seed = 1, keep = 0;
} amounts;

/// Those of modsecurity.conf-recommended.
constexpr std::string_view kUsualParts = "ABIJDEFHZ";

constexpr Layout kApache[] = {
    {Writer::apache, "Native", "Serial"},
    {Writer::apache, "Native", "Concurrent"},
    {Writer::apache, "JSON", "Serial"},
    {Writer::apache, "JSON", "Concurrent"},
    {.writer = Writer::apache, .format = "Native", .type = "Serial", .engine = "DetectionOnly"},
    {.writer = Writer::apache, .format = "JSON", .type = "Serial", .engine = "DetectionOnly"},
    {.writer = Writer::apache, .format = "Native", .type = "Serial", .parts = kUsualParts},
    {.writer = Writer::apache, .format = "JSON", .type = "Serial", .parts = kUsualParts},
};
constexpr Layout kNginx[] = {
    {Writer::nginx, "Native", "Serial"},
    {Writer::nginx, "Native", "Concurrent"},
    {Writer::nginx, "Native", "Parallel"},
    {Writer::nginx, "JSON", "Serial"},
    {Writer::nginx, "JSON", "Concurrent"},
    {.writer = Writer::nginx, .format = "Native", .type = "Serial", .engine = "DetectionOnly"},
    {.writer = Writer::nginx, .format = "JSON", .type = "Serial", .engine = "DetectionOnly"},
    {.writer = Writer::nginx, .format = "Native", .type = "Serial", .parts = kUsualParts},
    {.writer = Writer::nginx, .format = "JSON", .type = "Serial", .parts = kUsualParts},
};

std::set<std::string_view> happened;  ///< of the accepted deviations

const AcceptedDeviation* accepted(const Deviation& deviation) {
  for (const AcceptedDeviation& row : accepted_deviations()) {
    if (!row.covers(deviation)) continue;
    happened.insert(row.name);
    return &row;
  }
  return nullptr;
}

/// The front is that of the writer, but for `no_front`.
void check(const WrittenLog& log, const std::string& path, std::string_view kind,
           const std::vector<AuditRequest>& requests, bool no_front = false) {
  SCOPED_TRACE(fmt::format("{}, {}", name_of(log.layout), kind));
  const bool apache = log.layout.writer == Writer::apache;
  const Comparison result = compare(log, path, requests,
                                    no_front ? "none"
                                    : apache ? "httpd"
                                             : "nginx");
  fmt::print(
      "{:32} {:6} {:4} records of {}, {} whole: {} equal requests, {} equal rules, {} equal "
      "decisions\n",
      name_of(log.layout), kind, result.records, requests.size(), result.whole, result.equal,
      result.same_rules, result.same_decision);
  for (const auto& [gap, count] : result.gaps) fmt::print("  {:5} {}\n", count, gap);
  EXPECT_EQ(result.errors, "");
  std::map<std::string_view, size_t> reasons;
  std::string unexplained;
  for (const Deviation& deviation : result.deviations) {
    if (const AcceptedDeviation* row = accepted(deviation)) {
      ++reasons[row->name];
    } else {
      unexplained += fmt::format("{} of {}, status {}: {}\n", deviation.what,
                                 deviation.request->name, deviation.status, deviation.detail);
    }
  }
  EXPECT_EQ(unexplained, "");
  for (const auto& [name, count] : reasons) fmt::print("  {:5} accepted: {}\n", count, name);
  // Of the usual parts, ModSecurity 3 records no bodies, and ModSecurity 2 only the fields of
  // forms.
  EXPECT_GE(result.whole, requests.size() * (log.layout.parts == kUsualParts ? 4 : 9) / 10);
  const double rules = no_front ? kRequiredRateNoFront : kRequiredRate;
  const double decisions = log.layout.engine == "DetectionOnly" ? kRequiredRateHeldBack : rules;
  const auto whole = static_cast<double>(result.whole);
  EXPECT_EQ(result.equal, result.whole);
  EXPECT_GE(static_cast<double>(result.same_rules), rules * whole);
  EXPECT_GE(static_cast<double>(result.same_decision), decisions * whole);
}

void check_all(std::span<const Layout> layouts) {
  if (const std::string why = missing(layouts.front().writer); !why.empty()) {
    GTEST_SKIP() << why;
  }
  const std::vector<AuditRequest> requests = audit_requests(amounts.payloads, amounts.seed);
  if (!requests.back().name.starts_with("payload-")) {
    fmt::print("no test data in {}: the list alone\n", tests::shared().string());
  }
  const tests::ScratchDirectory folder;
  const auto logs = write_logs(layouts, requests, folder);
  ASSERT_TRUE(logs) << logs.error().message;
  for (const WrittenLog& log : *logs) {
    if (log.files.empty()) {
      check(log, log.index, "file", requests);
    } else {
      check(log, log.files, "folder", requests);
      check(log, log.index, "index", requests);
    }
  }
  if (layouts.front().writer == Writer::apache) {
    check(logs->front(), logs->front().index, "file", requests, true);
  }
  if (amounts.keep != 0) {
    const fs::path kept = folder.path() + "-kept";
    fs::copy(folder.path(), kept, fs::copy_options::recursive);
    fmt::print("the logs are in {}\n", kept.string());
  }
}

TEST(AuditLogDifferential, ApacheWithModSecurity2) {
  check_all(kApache);
}

TEST(AuditLogDifferential, NginxWithModSecurity3) {
  check_all(kNginx);
}

// After the others: a row that covers nothing is out of date.
TEST(AuditLogDifferential, WhatIsAcceptedHappens) {
  for (const Writer writer : {Writer::apache, Writer::nginx}) {
    if (const std::string why = missing(writer); !why.empty()) GTEST_SKIP() << why;
  }
  if (happened.empty()) GTEST_SKIP() << "it needs what the other tests found";
  for (const AcceptedDeviation& row : accepted_deviations()) {
    EXPECT_TRUE(happened.contains(row.name)) << row.name;
  }
}

}  // namespace
}  // namespace wafcheck::differential

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  using wafcheck::differential::amounts;
  if (!wafcheck::differential::read_amounts(argc, argv,
                                            {{"--payloads", &amounts.payloads},
                                             {"--seed", &amounts.seed},
                                             {"--keep", &amounts.keep}}))
    return 2;
  return RUN_ALL_TESTS();
}
