// Small rulesets, one for each point on which engines differ: libmodsecurity and wafcheck under its
// semantics must log the same rules, and these must be the ones that the row says.

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

#include "formats/traffic/http.h"
#include "modsecurity_peer.h"
#include "parser/ruleset/ruleset.h"
#include "wafcheck_peer.h"

namespace wafcheck::differential {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHead =
    "SecRuleEngine On\n"
    "SecRequestBodyAccess On\n"
    "SecResponseBodyAccess On\n"
    "SecResponseBodyMimeType text/plain\n";

constexpr std::string_view kSchema =
    "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\">"
    "<xs:element name=\"n\" type=\"xs:integer\"/></xs:schema>";

struct Probe {
  std::string_view name;
  std::string_view rules;    ///< after kHead
  std::string_view request;  ///< first line, then header lines; a body after an empty line
  Ids logged;
  std::string_view divergence = {};  ///< why wafcheck logs others; empty: it does not
  std::optional<Ids> by_wafcheck = std::nullopt;
  std::string_view included = {};            ///< rules in a file of their own, "included.conf"
  bool bare = false;                         ///< the rules stand without kHead
  std::optional<int> status = std::nullopt;  ///< of the interruption, 0: none; empty: not asked
};

/// Rules that neither takes, and part of what each says.
struct Refused {
  std::string_view name, rules;
  std::string_view by_library, by_wafcheck;
};

#include "probes.inc"
#include "probes_decisions.inc"
#include "probes_targets.inc"

formats::Exchange exchange_of(std::string_view request) {
  formats::Exchange exchange = formats::parse_http_request(request);
  exchange.response = formats::Response{};
  exchange.response->headers = {{"Content-Type", "text/plain"}};
  exchange.response->body = "response text";
  return exchange;
}

void PrintTo(const Probe& probe, std::ostream* out) {
  *out << probe.name;
}

void PrintTo(const Refused& probe, std::ostream* out) {
  *out << probe.name;
}

/// The rules of a probe in a folder of their own, gone after it.
class Folder {
 public:
  Folder(std::string_view name, std::string_view head, std::string_view rules,
         std::string_view included)
      : path_(fs::path(testing::TempDir()) / fmt::format("probe_{}", name)) {
    fs::create_directories(path_);
    std::ofstream(path_ / "rules.conf") << head << rules;
    std::ofstream(path_ / "included.conf") << included;
    std::ofstream(path_ / "n.xsd") << kSchema;
    std::ofstream(path_ / "n.dtd") << "<!ELEMENT n (#PCDATA)>\n";
  }
  ~Folder() { fs::remove_all(path_); }
  std::string rules() const { return (path_ / "rules.conf").string(); }

 private:
  fs::path path_;
};

class ProbeDifferential : public testing::TestWithParam<Probe> {};

TEST_P(ProbeDifferential, BothLogTheSame) {
  const Probe& probe = GetParam();
  const Folder folder(probe.name, probe.bare ? "" : kHead, probe.rules, probe.included);
  ModSecurityPeer peer;
  const auto loaded = peer.load_file(folder.rules());
  auto modelled = Wafcheck::load(folder.rules(), kPackaged);
  ASSERT_TRUE(loaded) << loaded.error().message;
  ASSERT_TRUE(modelled) << modelled.error().message;
  const formats::Exchange exchange = exchange_of(probe.request);
  // First wafcheck: what the library's last XML body may load holds for the whole process.
  EXPECT_EQ(modelled->run(exchange), probe.by_wafcheck.value_or(probe.logged))
      << "wafcheck " << probe.divergence;
  EXPECT_EQ(peer.run(exchange), probe.logged) << "libmodsecurity";
  if (!probe.status) return;
  EXPECT_EQ(modelled->answer(exchange).status, *probe.status) << "wafcheck";
  EXPECT_EQ(peer.answer(exchange).status, *probe.status) << "libmodsecurity";
}

INSTANTIATE_TEST_SUITE_P(Points, ProbeDifferential, testing::ValuesIn(kProbes),
                         [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(Targets, ProbeDifferential, testing::ValuesIn(kTargetProbes),
                         [](const auto& row) { return std::string(row.param.name); });
INSTANTIATE_TEST_SUITE_P(Decisions, ProbeDifferential, testing::ValuesIn(kDecisions),
                         [](const auto& row) { return std::string(row.param.name); });

class RefusedDifferential : public testing::TestWithParam<Refused> {};

TEST_P(RefusedDifferential, NeitherTakesTheRules) {
  const Refused& probe = GetParam();
  const Folder folder(probe.name, kHead, probe.rules, "");
  const auto modelled = Wafcheck::load(folder.rules(), kPackaged);
  ASSERT_FALSE(modelled) << "wafcheck";
  EXPECT_NE(modelled.error().message.find(probe.by_wafcheck), std::string::npos)
      << modelled.error().message;
  // In a process of its own: a file that includes itself takes all descriptors there are.
  const auto library = [&] {
    const auto loaded = ModSecurityPeer().load_file(folder.rules());
    std::fputs(loaded ? "takes them" : loaded.error().message.c_str(), stderr);
    std::_Exit(loaded ? EXIT_SUCCESS : EXIT_FAILURE);
  };
  EXPECT_EXIT(library(), testing::ExitedWithCode(EXIT_FAILURE), std::string(probe.by_library));
}

INSTANTIATE_TEST_SUITE_P(Points, RefusedDifferential, testing::ValuesIn(kRefused),
                         [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(Targets, RefusedDifferential, testing::ValuesIn(kTargetRefused),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace wafcheck::differential
