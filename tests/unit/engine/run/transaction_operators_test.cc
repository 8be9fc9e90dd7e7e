// Operators that ask the transaction, and rules that only a server could evaluate.

#include "engine/operators/geo.h"
#include "tests/unit/engine/evaluate.h"
#include "tests/unit/engine/mmdb_writer.h"

namespace wafcheck::engine {
namespace {

using parser::Profile;
using Texts = std::vector<std::string>;

constexpr uint32_t kDocumentation1 = 0xC0000200;  // 192.0.2.0/24
constexpr uint32_t kDocumentation2 = 0xC6336400;  // 198.51.100.0/24

std::string database() {
  using V = MmdbValue;
  MmdbWriter writer;
  writer.add(
      kDocumentation1, 24,
      V::map({{"continent", V::map({{"code", V::text("EU")}})},
              {"country", V::map({{"iso_code", V::text("GB")},
                                  {"names", V::map({{"de", V::text("Vereinigtes Königreich")},
                                                    {"en", V::text("United Kingdom")}})}})},
              {"subdivisions", V::array({V::map({{"iso_code", V::text("ENG")}})})},
              {"city", V::map({{"names", V::map({{"en", V::text("London")}})}})},
              {"postal", V::map({{"code", V::text("EC1A")}})},
              {"location", V::map({{"latitude", V::number(51.5142)},
                                   {"longitude", V::number(-0.0931)},
                                   {"metro_code", V::uint16(807)}})}}));
  writer.add(kDocumentation2, 24, V::map({{"country", V::map({{"iso_code", V::text("US")}})}}));
  return writer.bytes();
}

/// The members of GEO for an address, in order: "NAME=value".
Texts geo_of(Transaction& transaction) {
  Texts all;
  for (const auto& [name, value] : transaction.members(parser::Variable::GEO)) {
    all.push_back(std::string(name) + "=" + std::string(value));
  }
  return all;
}

struct GeoLookup : testing::Test {
  void SetUp() override {
    directory.write("geo.mmdb", database());
    const std::string rules = directory.write(
        "rules.conf",
        "SecGeoLookupDb geo.mmdb\nSecRule REMOTE_ADDR \"@geoLookup\" \"id:1,phase:1,log,pass\"\n"
        "SecRule GEO:COUNTRY_CODE \"@streq GB\" \"id:2,phase:1,log,pass\"");
    const TestProgram made = compile_path(rules);
    ASSERT_EQ(made.faults, "");
    program = made.program;
  }
  ScratchDirectory directory;
  std::shared_ptr<const Program> program;
};

TEST_F(GeoLookup, FillsGeo) {
  Transaction transaction(*program);
  EXPECT_EQ(evaluate(transaction, {.client = "192.0.2.77"}).matched, "1 2");
  EXPECT_EQ(geo_of(transaction),
            (Texts{"COUNTRY_CODE=GB", "COUNTRY_CODE3=", "COUNTRY_NAME=United Kingdom",
                   "COUNTRY_CONTINENT=EU", "REGION=ENG", "CITY=London", "POSTAL_CODE=EC1A",
                   "LATITUDE=51.5142", "LONGITUDE=-0.0931", "DMA_CODE=807", "AREA_CODE="}));
}

TEST_F(GeoLookup, LeavesEmptyWhatTheDatabaseDoesNotSay) {
  Transaction transaction(*program);
  EXPECT_EQ(evaluate(transaction, {.client = "198.51.100.1"}).matched, "1");
  const Texts geo = geo_of(transaction);
  ASSERT_EQ(geo.size(), 11u);
  EXPECT_EQ(geo[0], "COUNTRY_CODE=US");
  EXPECT_EQ(geo[5], "CITY=");
}

TEST_F(GeoLookup, DoesNotMatchWhatIsNotThere) {
  for (const std::string client :
       {"203.0.113.1", "2001:db8::1", "192.0.2", "192.0.2.1%eth0", "localhost", ""}) {
    const TestResult result = evaluate(*program, {.client = client});
    EXPECT_EQ(result.matched, "") << client;
    EXPECT_EQ(result.problems, Texts{}) << client;
  }
}

TEST_F(GeoLookup, ADatabaseThatIsNoneIsAnErrorAtLoad) {
  directory.write("geo.mmdb", "not a database");
  EXPECT_EQ(compile_path(directory / "rules.conf").faults,
            "cannot open the geographic database " + (directory / "geo.mmdb") +
                ": The MaxMind DB file contains invalid metadata\n");
  directory.write("rules.conf", "SecGeoLookupDb geo.mmdb\nSecAction \"id:1,pass\"");
  EXPECT_EQ(compile_path(directory / "rules.conf").faults, "") << "no rule asks for it";
}

TEST_F(GeoLookup, EveryTruncationIsRefused) {
  const std::string whole = database();
  const auto open = [&](size_t size) {
    return operators::GeoDatabase::open(directory.write("cut.mmdb", whole.substr(0, size)));
  };
  ASSERT_TRUE(open(whole.size()));
  for (size_t size = 0; size < whole.size(); size += 7) EXPECT_FALSE(open(size)) << size;
}

TEST_F(GeoLookup, EveryDamagedByteIsReadSafely) {
  const std::string whole = database();
  size_t refused = 0, failed = 0, read = 0;
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(~damaged[at]);
    const auto opened = operators::GeoDatabase::open(directory.write("damaged.mmdb", damaged));
    if (!opened) {
      ++refused;
    } else if (!(*opened)->find("192.0.2.1")) {
      ++failed;
    } else {
      ++read;
    }
  }
  EXPECT_GT(refused, 0u) << "in the metadata";
  EXPECT_GT(failed, 0u) << "in the tree or in the record";
  EXPECT_GT(read, 0u) << "in a text, or in what belongs to other addresses";
}

TEST(GeoLookupWithoutDatabase, NeverMatchesAndSaysWhy) {
  for (const std::string sign : {"", "!"}) {
    const auto program =
        compile("SecRule REMOTE_ADDR|ARGS \"" + sign + "@geoLookup\" \"id:1,phase:1,log,pass\"");
    ASSERT_NE(program, nullptr);
    const TestResult result = evaluate(*program, {.uri = "/?a=192.0.2.1"});
    EXPECT_EQ(result.matched, "");
    EXPECT_EQ(result.problems, Texts{"rule 1: no SecGeoLookupDb names a database for @geoLookup"});
  }
}

// --- @validateSchema, @validateDTD ---------------------------------------------------------------

constexpr std::string_view kSchema =
    "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\">"
    "<xs:element name=\"n\" type=\"xs:integer\"/></xs:schema>";

struct BodyCase {
  std::string name;
  Profile profile;
  std::string rule;  ///< targets and operator
  std::string body;
  std::string matched;
  Texts problems;
};

class ValidatedBody : public testing::TestWithParam<BodyCase> {};

TEST_P(ValidatedBody, MatchesWhenItIsNotValid) {
  const BodyCase& row = GetParam();
  const ScratchDirectory directory;
  directory.write("n.xsd", kSchema);
  directory.write("n.dtd", "<!ELEMENT n EMPTY>");
  directory.write("broken.xsd", "<x/>");
  const std::string rules =
      directory.write("rules.conf",
                      "SecRuleEngine On\nSecRequestBodyAccess On\n"
                      "SecRule REQUEST_HEADERS:Content-Type \"xml\" "
                      "\"id:1,phase:1,nolog,pass,ctl:requestBodyProcessor=XML\"\n"
                      "SecRule " +
                          row.rule + " \"id:2,phase:2,log,pass\"");
  const auto [program, faults] = compile_path(rules, as(row.profile));
  ASSERT_EQ(faults, "");
  const bool xml = row.body.starts_with('<');
  TestResult result = evaluate(*program, post(xml ? "text/xml" : "text/plain", row.body));
  std::erase_if(result.problems,
                [](const std::string& problem) { return problem.starts_with("XML"); });
  for (std::string& problem : result.problems) {
    const size_t at = problem.find(directory.path());
    if (at != std::string::npos) problem.erase(at);
  }
  EXPECT_EQ(result.matched, row.matched);
  EXPECT_EQ(result.problems, row.problems);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ValidatedBody,
    testing::ValuesIn(std::vector<BodyCase>{
        {"schema_valid", Profile::standard, "XML \"@validateSchema n.xsd\"", "<n>12</n>", "", {}},
        {"schema_invalid", Profile::standard, "XML \"@validateSchema n.xsd\"", "<n>x</n>", "2", {}},
        {"schema_negated",
         Profile::standard,
         "XML \"!@validateSchema n.xsd\"",
         "<n>12</n>",
         "2",
         {}},
        {"schema_not_well_formed",
         Profile::standard,
         "REQBODY_PROCESSOR \"@validateSchema n.xsd\"",
         "<n>12",
         "2",
         {}},
        {"schema_of_another_kind",
         Profile::standard,
         "XML \"@validateSchema broken.xsd\"",
         "<n>12</n>",
         "",
         {"rule 2: @validateSchema: cannot load schema "}},
        {"dtd_valid", Profile::standard, "XML \"@validateDTD n.dtd\"", "<n/>", "", {}},
        {"dtd_invalid", Profile::standard, "XML \"@validateDTD n.dtd\"", "<n>x</n>", "2", {}},
        {"no_document",
         Profile::standard,
         "REQUEST_METHOD \"@validateSchema n.xsd\"",
         "text",
         "",
         {"rule 2: @validateSchema: there is no XML body to validate"}},
        {"no_document_negated",
         Profile::standard,
         "REQUEST_METHOD \"!@validateSchema n.xsd\"",
         "text",
         "",
         {"rule 2: @validateSchema: there is no XML body to validate"}},
        {"no_document_modsecurity3",
         Profile::modsecurity3,
         "REQUEST_METHOD \"@validateDTD n.dtd\"",
         "text",
         "2",
         {}},
        {"no_document_no_target",
         Profile::standard,
         "XML \"@validateSchema n.xsd\"",
         "text",
         "",
         {}},
    }),
    [](const auto& test) { return test.param.name; });

TEST(ValidateSchema, OfJsonIsTold) {
  const ScratchDirectory directory;
  directory.write("n.json", "{}");
  const auto [program, faults] = compile_path(directory.write(
      "rules.conf", "SecRule REQUEST_METHOD \"@validateSchema n.json\" \"id:2,phase:2,log,pass\""));
  ASSERT_EQ(faults, "");
  EXPECT_EQ(evaluate(*program, {}).problems,
            Texts{"rule 2: @validateSchema: JSON schemas are not evaluated"});
}

// --- @restpath -----------------------------------------------------------------------------------

TEST(RestPathArguments, AreArguments) {
  const auto program = compile(
      "SecRule REQUEST_FILENAME \"@restpath /users/{id}/{what}\" "
      "\"id:1,phase:1,log,pass,capture\"\n"
      "SecRule ARGS_PATH:id \"@streq 42\" \"id:2,phase:1,log,pass\"\n"
      "SecRule ARGS:what \"@streq posts\" \"id:3,phase:1,log,pass\"\n"
      "SecRule ARGS_NAMES \"@streq id\" \"id:4,phase:1,log,pass\"\n"
      "SecRule &TX:0 \"@eq 0\" \"id:5,phase:1,log,pass\"");
  ASSERT_NE(program, nullptr);
  EXPECT_EQ(evaluate(*program, {.uri = "/users/42/posts"}).matched, "1 2 3 4 5");
  EXPECT_EQ(evaluate(*program, {.uri = "/groups/42"}).matched, "5");
}

TEST(RestPathArguments, ChangeWhenTheyAreFoundAgain) {
  const auto program = compile(
      "SecRule ARGS_GET \"@restpath /a/{id}\" \"id:1,phase:1,log,pass\"\n"
      "SecRule &ARGS_PATH:id \"@eq 1\" \"id:2,phase:1,log,pass\"\n"
      "SecRule &ARGS \"@eq 3\" \"id:3,phase:1,log,pass\"\n"
      "SecRule ARGS:ID \"@streq 2\" \"id:4,phase:1,log,pass\"");
  ASSERT_NE(program, nullptr);
  EXPECT_EQ(evaluate(*program, {.uri = "/?x=/a/1&y=/a/2"}).matched, "1 2 3 4");
}

TEST(RestPathArguments, ANegatedMatchSetsThemToo) {
  const auto program = compile(
      "SecRule REQUEST_FILENAME \"!@restpath /a/{id}\" \"id:1,phase:1,log,pass\"\n"
      "SecRule &ARGS_PATH \"@eq 1\" \"id:2,phase:1,log,pass\"");
  ASSERT_NE(program, nullptr);
  EXPECT_EQ(evaluate(*program, {.uri = "/a/1"}).matched, "2");
}

// --- what is never evaluated offline -------------------------------------------------------------

struct OfflineCase {
  std::string name;
  std::string rules;
  std::string problem;
};

class Offline : public testing::TestWithParam<OfflineCase> {};

TEST_P(Offline, NeverMatchesAndSaysSo) {
  const auto program = compile(GetParam().rules);
  ASSERT_NE(program, nullptr);
  const TestResult result = evaluate(*program, {});
  EXPECT_EQ(result.matched, "");
  EXPECT_EQ(result.problems, Texts{GetParam().problem});
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Offline,
    testing::ValuesIn(std::vector<OfflineCase>{
        {"rbl", "SecRule REMOTE_ADDR \"@rbl dnsbl.example\" \"id:1,phase:1,log,pass\"",
         "rule 1: not evaluated offline: @rbl asks the DNS about dnsbl.example"},
        {"rbl_negated", "SecRule REMOTE_ADDR \"!@rbl dnsbl.example\" \"id:1,phase:1,log,pass\"",
         "rule 1: not evaluated offline: @rbl asks the DNS about dnsbl.example"},
        {"script", "SecRuleScript check.lua \"id:1,phase:1,log,deny\"",
         "rule 1: a script is not run: there is no server to do it in"},
        {"script_of_a_chain",
         "SecRuleScript check.lua \"id:1,phase:1,log,deny,chain\"\nSecRule REQUEST_METHOD GET",
         "rule 1: a script is not run: there is no server to do it in"},
        {"in_a_link",
         "SecRule REQUEST_METHOD GET \"id:1,phase:1,log,deny,chain\"\nSecRule REMOTE_ADDR "
         "\"@gsbLookup x\"",
         "rule 1: not evaluated offline: @gsbLookup needs a Safe Browsing database"},
        {"variable", "SecRule WEBSERVER_ERROR_LOG x \"id:1,phase:5,log,pass\"",
         "rule 1: WEBSERVER_ERROR_LOG has no value without a server"},
        {"exec", "SecAction \"id:1,phase:1,nolog,pass,exec:/bin/true\"",
         "rule 1: exec was not carried out: there is no server to do it in"},
    }),
    [](const auto& test) { return test.param.name; });

TEST(OfflineScript, IsSilentWhereItIsNotReached) {
  const auto program = compile(
      "SecAction \"id:1,phase:1,nolog,pass,skipAfter:END\"\n"
      "SecRuleScript check.lua \"id:2,phase:1,log,deny\"\nSecMarker END");
  ASSERT_NE(program, nullptr);
  EXPECT_EQ(evaluate(*program, {}).problems, Texts{});
}

}  // namespace
}  // namespace wafcheck::engine
