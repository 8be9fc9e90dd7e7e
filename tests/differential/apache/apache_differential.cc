// Small rulesets, one for each point of `--engine modsecurity2`: Apache httpd with ModSecurity 2
// and wafcheck behind `--front httpd` must answer with the same status and name the same rules, and
// these must be the ones that the row says. The other files of this program compare them on CRS and
// on random rulesets:
//
//   --requests N  how many requests to CRS (1000)
//   --pairs N     how many random pairs of a ruleset and a request (300)
//   --seed S      another choice of them (1)
//   --reduce N    how many differences of pairs are reduced before they are printed (0)

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apache_amounts.h"
#include "apache_server.h"
#include "wafcheck_side.h"

namespace wafcheck::differential {

ApacheAmounts apache_amounts;

namespace {

struct Verdict {
  int status = 200;
  Ids ids;
  bool operator==(const Verdict&) const = default;
};
void PrintTo(const Verdict& verdict, std::ostream* out) {
  *out << fmt::format("{} {}", verdict.status, verdict.ids);
}

struct Row {
  std::string_view name;
  std::string_view rules;
  std::string_view request;
  Verdict said;                      ///< by the server
  std::string_view divergence = {};  ///< why wafcheck says else; empty: it does not
  std::optional<Verdict> by_wafcheck = std::nullopt;  ///< then
};

/// A request with a body and the right length.
std::string post(std::string_view type, std::string_view body) {
  return fmt::format(
      "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Type: {}\r\nContent-Length: "
      "{}\r\n\r\n{}",
      type, body.size(), body);
}

std::string request_of(std::string_view request) {
  if (!request.starts_with("BODY ")) return std::string(request);
  // "BODY <type>\n<body>"
  const size_t line = request.find('\n');
  return post(request.substr(5, line - 5), request.substr(line + 1));
}

#include "apache_probes.inc"

TEST(ApacheDifferential, BothSayTheSame) {
  if (!ApacheServer::installed()) {
    GTEST_SKIP() << "apache2 and libapache2-mod-security2 are not installed";
  }
  std::vector<Site> sites;
  for (const Row& row : kRows) sites.push_back({std::string(row.rules)});
  Result<ApacheServer> server = ApacheServer::start(sites);
  ASSERT_TRUE(server) << server.error().message;
  for (size_t at = 0; at < sites.size(); ++at) server->send(at, request_of(kRows[at].request));
  const std::vector<ApacheServer::Seen> all = server->stop();
  const tests::ScratchDirectory folder;
  for (size_t at = 0; at < sites.size(); ++at) {
    const Row& row = kRows[at];
    const ApacheServer::Seen& seen = all[at];
    SCOPED_TRACE(row.name);
    EXPECT_EQ((Verdict{seen.status, seen.audited}), row.said) << "the server";
    auto wafcheck = WafcheckSide::load(folder.write("rules.conf", sites[at].rules));
    if (!wafcheck) {
      ADD_FAILURE() << "wafcheck: " << wafcheck.error().message;
      continue;
    }
    const WafcheckSide::Said said = wafcheck->run(request_of(row.request), sites[at].answer,
                                                  seen.client_port, seen.server_port);
    EXPECT_EQ((Verdict{said.status, said.audited}), row.by_wafcheck.value_or(row.said))
        << "wafcheck " << row.divergence;
  }
}

}  // namespace
}  // namespace wafcheck::differential

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  using wafcheck::differential::apache_amounts;
  if (!wafcheck::differential::read_amounts(argc, argv,
                                            {{"--requests", &apache_amounts.requests},
                                             {"--pairs", &apache_amounts.pairs},
                                             {"--seed", &apache_amounts.seed},
                                             {"--reduce", &apache_amounts.reduce}}))
    return 2;
  return RUN_ALL_TESTS();
}
