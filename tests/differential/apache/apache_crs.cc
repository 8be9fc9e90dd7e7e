// Debian's CRS 3.3 at paranoia level 4 on attack payloads and on the requests of CRS's tests: the
// server and wafcheck must answer with the same status and log the same rules.

#include <fmt/core.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "../random/payloads.h"
#include "../random/random.h"
#include "apache_amounts.h"
#include "apache_server.h"
#include "parser/base/escape.h"
#include "tests/test_data.h"
#include "wafcheck_side.h"

namespace wafcheck::differential {
namespace {

namespace fs = std::filesystem;

/// Of the requests, in status and rules.
constexpr double kRequiredRate = 0.99;
constexpr size_t kPrinted = 40;

constexpr std::string_view kSetup = "/etc/modsecurity/crs/crs-setup.conf";
constexpr std::string_view kRules = "/usr/share/modsecurity-crs/rules";

std::string packaged_crs() {
  return fmt::format(
      "SecRuleEngine DetectionOnly\nSecRequestBodyAccess On\nSecResponseBodyAccess On\n"
      "SecRule REQUEST_HEADERS:Content-Type \"^application/json\" "
      "\"id:200001,phase:1,pass,nolog,ctl:requestBodyProcessor=JSON\"\n"
      "SecRule REQUEST_HEADERS:Content-Type \"(?:text|application/(?:soap\\+|)|)xml\" "
      "\"id:200000,phase:1,t:lowercase,pass,nolog,ctl:requestBodyProcessor=XML\"\n"
      "SecRule REQBODY_ERROR \"!@eq 0\" \"id:200002,phase:2,log,deny,status:400\"\n"
      "SecRule MULTIPART_STRICT_ERROR \"!@eq 0\" \"id:200003,phase:2,log,deny,status:400\"\n"
      "SecRule MULTIPART_UNMATCHED_BOUNDARY \"!@eq 0\" \"id:200004,phase:2,log,deny\"\n"
      "Include {}\n"
      "SecAction \"id:900000,phase:1,nolog,pass,setvar:tx.paranoia_level=4\"\n"
      "Include {}/*.conf\n",
      kSetup, kRules);
}

/// Half of them payloads, half requests of CRS's tests, as many as there are.
std::vector<std::string> requests() {
  std::vector<std::string> all;
  Random random(apache_amounts.seed);
  std::vector<Case> cases = regression_cases();
  for (size_t left = std::min<size_t>(cases.size(), apache_amounts.requests / 2); left > 0;
       --left) {
    const size_t at = random.below(cases.size());
    all.push_back(wire_of(cases[at].exchange));
    std::swap(cases[at], cases.back());
    cases.pop_back();
  }
  const size_t rest = apache_amounts.requests - all.size();
  for (const formats::Exchange& exchange : payload_requests(rest, apache_amounts.seed)) {
    all.push_back(wire_of(exchange));
  }
  return all;
}

std::string shown(std::string_view bytes) {
  return hex_escaped(bytes.substr(0, 3000), [](char byte) { return !is_printable(byte); });
}

Ids without(const Ids& all, const Ids& some) {
  Ids rest;
  std::ranges::set_difference(all, some, std::inserter(rest, rest.end()));
  return rest;
}

/// How a request differs.
struct Difference {
  std::string_view request;
  const ApacheServer::Seen& seen;
  const WafcheckSide::Said& said;
  Ids theirs, ours;  ///< rules that only one side logged
};

/// Differences that stay, each with its reason.
struct Accepted {
  bool (*covers)(const Difference&);
  std::string_view reason;
};
constexpr Accepted kAccepted[] = {
    {[](const Difference& found) {
       return found.seen.status == found.said.status && found.theirs.empty() &&
              without(found.ours, found.seen.gave_up).empty();
     },
     "the server gives an expression up after fewer steps"},
    {[](const Difference& found) {
       const bool cut = found.seen.status == 206 || found.seen.status == 416;
       return cut && found.theirs.empty() && found.ours.empty() &&
              found.request.contains("Range: ");
     },
     "the server cuts its answer to the range that was asked for, after the rules saw it"},
};

TEST(ApacheDifferential, PackagedCrs) {
  if (!ApacheServer::installed()) {
    GTEST_SKIP() << "apache2 and libapache2-mod-security2 are not installed";
  }
  if (!fs::exists(kSetup) || !fs::is_directory(kRules)) {
    GTEST_SKIP() << "modsecurity-crs is not installed";
  }
  const std::vector<std::string> sent = requests();
  if (sent.empty()) {
    GTEST_SKIP() << "no test data in " << tests::shared() << ": set WAFCHECK_SHARED";
  }
  const Site site{packaged_crs()};
  Result<ApacheServer> server = ApacheServer::start({site});
  ASSERT_TRUE(server) << server.error().message;
  for (const std::string& request : sent) server->send(0, request);
  const std::vector<ApacheServer::Seen> all = server->stop();
  const tests::ScratchDirectory folder;
  auto wafcheck = WafcheckSide::load(folder.write("rules.conf", site.rules));
  ASSERT_TRUE(wafcheck) << wafcheck.error().message;

  size_t equal = 0, logged = 0, printed = 0, explained = 0;
  std::map<std::string, size_t> kinds;
  std::map<std::string_view, size_t> rows;
  for (size_t at = 0; at < sent.size(); ++at) {
    const ApacheServer::Seen& seen = all[at];
    const WafcheckSide::Said said =
        wafcheck->run(sent[at], site.answer, seen.client_port, seen.server_port);
    logged += seen.logged.size();
    if (said.status == seen.status && said.logged == seen.logged) {
      ++equal;
      continue;
    }
    const Difference found{sent[at], seen, said, without(seen.logged, said.logged),
                           without(said.logged, seen.logged)};
    const auto row = std::ranges::find_if(
        kAccepted, [&](const Accepted& candidate) { return candidate.covers(found); });
    if (row != std::end(kAccepted)) {
      ++rows[row->reason];
      ++explained;
      continue;
    }
    const auto& [theirs, ours] = std::tie(found.theirs, found.ours);
    ++kinds[fmt::format("server {} {}, wafcheck {} {}", seen.status, theirs, said.status, ours)];
    if (++printed > kPrinted) continue;
    fmt::print("  the server {} {}, wafcheck {} {}: {}\n", seen.status, theirs, said.status, ours,
               shown(sent[at]));
  }
  for (const auto& [kind, count] : kinds) fmt::print("{:5} {}\n", count, kind);
  for (const auto& [reason, count] : rows) fmt::print("{:5} accepted: {}\n", count, reason);
  const double rate = static_cast<double>(equal) / static_cast<double>(sent.size());
  fmt::print(
      "CRS 3.3 at paranoia level 4: {} requests, {} equal ({:.2f} %), {} accepted, {} rules "
      "logged\n",
      sent.size(), equal, 100 * rate, explained, logged);
  EXPECT_GT(logged, sent.size());
  EXPECT_GE(rate, kRequiredRate);
}

}  // namespace
}  // namespace wafcheck::differential
