// The formats for programs, each on the same few findings.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "tests/unit/lint/report/scene.h"

namespace wafcheck::lint {
namespace {

using nlohmann::json;
using parser::Severity;
using namespace std::string_view_literals;

/// A finding of each severity, one with help, one over lines, one without a file; names that need
/// escapes.
Scene sample() {
  Scene scene;
  const parser::FileId a = scene.file("./rules/a,b:c%.conf", "SecRule ARG \"x\"\n");
  const parser::FileId b = scene.file("/etc/<b>&\xff.conf", "SecAction \\\n  \"id:1\"\n");
  scene.file("clean.conf", "");
  parser::Diagnostic& first = scene.find(scene.span(a, "ARG"), "unknown variable \"ARG\"");
  first.help = "did you mean ARGS?";
  first.rule_id = 7;
  scene.find(scene.span(b, "SecAction \\\n  \"id:1\""), "50% <odd>", "skipafter-backwards",
             Severity::warning);
  scene.find(scene.span(b, "id:1"), "a\rb\xff", "marker-duplicate", Severity::info);
  scene.find({}, "cannot read x", "file-unreadable");
  return scene;
}

TEST(Github, EscapesPropertiesAndMessages) {
  EXPECT_EQ(sample().write("github"),
            "::error file=rules/a%2Cb%3Ac%25.conf,line=1,endLine=1,col=9,endColumn=12,"
            "title=SYN006 unknown-variable::unknown variable \"ARG\"%0Ahelp: did you mean ARGS?\n"
            "::warning file=/etc/<b>&\\xff.conf,line=1,endLine=2,"
            "title=COR009 skipafter-backwards::50%25 <odd>\n"
            "::notice file=/etc/<b>&\\xff.conf,line=2,endLine=2,col=4,endColumn=8,"
            "title=COR012 marker-duplicate::a\\x0db\\xff\n"
            "::error title=SYN025 file-unreadable::cannot read x\n");
}

TEST(Gitlab, HasWhatCodeQualityReads) {
  const json rows = json::parse(sample().write("gitlab"));
  ASSERT_EQ(rows.size(), 4U);
  std::set<std::string> fingerprints;
  for (const json& row : rows) fingerprints.insert(row.at("fingerprint"));
  EXPECT_EQ(fingerprints.size(), 4U);
  EXPECT_EQ(rows[0].at("description"), "unknown variable \"ARG\"\nhelp: did you mean ARGS?");
  EXPECT_EQ(rows[0].at("check_name"), "unknown-variable");
  EXPECT_EQ(rows[0].at("severity"), "major");
  EXPECT_EQ(rows[0].at("location"),
            json::parse(R"({"path":"rules/a,b:c%.conf","lines":{"begin":1,"end":1}})"));
  EXPECT_EQ(rows[1].at("severity"), "minor");
  EXPECT_EQ(rows[1].at("location").at("lines").at("end"), 2);
  EXPECT_EQ(rows[2].at("severity"), "info");
  EXPECT_EQ(rows[3].at("location").at("path"), ".");
  EXPECT_EQ(json::parse(Scene().write("gitlab")), json::array());
}

TEST(Junit, FailsWhatFailOnMinds) {
  EXPECT_EQ(sample().write("junit"),
            R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="wafcheck" tests="5" failures="3" errors="0" skipped="0">
  <testsuite name="./rules/a,b:c%.conf" tests="1" failures="1" errors="0" skipped="0">
    <testcase name="SYN006 unknown-variable 1:9" classname="./rules/a,b:c%.conf">
      <failure type="error" message="unknown variable &quot;ARG&quot;&#10;help: did you mean ARGS?">./rules/a,b:c%.conf:1:9: error: unknown variable &quot;ARG&quot; [unknown-variable]</failure>
    </testcase>
  </testsuite>
  <testsuite name="/etc/&lt;b&gt;&amp;\xFF.conf" tests="2" failures="1" errors="0" skipped="0">
    <testcase name="COR009 skipafter-backwards 1:1" classname="/etc/&lt;b&gt;&amp;\xFF.conf">
      <failure type="warning" message="50% &lt;odd&gt;">/etc/&lt;b&gt;&amp;\xff.conf:1:1: warning: 50% &lt;odd&gt; [skipafter-backwards]</failure>
    </testcase>
    <testcase name="COR012 marker-duplicate 2:4" classname="/etc/&lt;b&gt;&amp;\xFF.conf">
      <system-out>/etc/&lt;b&gt;&amp;\xff.conf:2:4: info: a\x0db\xff [marker-duplicate]</system-out>
    </testcase>
  </testsuite>
  <testsuite name="clean.conf" tests="1" failures="0" errors="0" skipped="0">
    <testcase name="lint" classname="clean.conf"/>
  </testsuite>
  <testsuite name="wafcheck" tests="1" failures="1" errors="0" skipped="0">
    <testcase name="SYN025 file-unreadable" classname="wafcheck">
      <failure type="error" message="cannot read x">wafcheck: error: cannot read x [file-unreadable]</failure>
    </testcase>
  </testsuite>
</testsuites>
)");
  const Scene scene = sample();
  Report report = scene.report();
  report.fail_on = Severity::error;
  EXPECT_NE(Scene::write("junit", report).find(R"(tests="5" failures="2")"), std::string::npos);
}

TEST(Checkstyle, GroupsByFile) {
  EXPECT_EQ(sample().write("checkstyle"),
            R"(<?xml version="1.0" encoding="UTF-8"?>
<checkstyle version="4.3">
  <file name="./rules/a,b:c%.conf">
    <error line="1" column="9" severity="error" message="unknown variable &quot;ARG&quot;&#10;help: did you mean ARGS?" source="wafcheck.unknown-variable"/>
  </file>
  <file name="/etc/&lt;b&gt;&amp;\xFF.conf">
    <error line="1" column="1" severity="warning" message="50% &lt;odd&gt;" source="wafcheck.skipafter-backwards"/>
    <error line="2" column="4" severity="info" message="a&#13;b\xFF" source="wafcheck.marker-duplicate"/>
  </file>
  <file name="wafcheck">
    <error severity="error" message="cannot read x" source="wafcheck.file-unreadable"/>
  </file>
</checkstyle>
)");
}

TEST(Json, KeepsItsContract) {
  Scene scene = sample();
  const parser::Span arg = scene.findings[0].span;
  scene.findings[0].related.push_back({arg, "here"});
  scene.findings[0].fix = {"replace", true, {{arg, "ARGS"}}};
  scene.findings[0].engines = {"coraza"};
  const json document = json::parse(scene.write("json"));
  EXPECT_EQ(document.at("schema"), 1);
  EXPECT_EQ(document.at("summary"),
            json::parse(R"({"error":2,"warning":1,"info":1,"suppressed":0})"));
  ASSERT_EQ(document.at("findings").size(), 4U);
  json first = document.at("findings")[0];
  EXPECT_EQ(first.at("fingerprint").get<std::string>().size(), 16U);
  first.erase("fingerprint");
  EXPECT_EQ(first, json::parse(R"({"check":"unknown-variable","code":"SYN006",
    "category":"syntax","severity":"error","file":"./rules/a,b:c%.conf","line":1,"column":9,
    "end_line":1,"end_column":12,"rule_id":7,"message":"unknown variable \"ARG\"",
    "help":"did you mean ARGS?","engines":["coraza"],
    "related":[{"file":"./rules/a,b:c%.conf","line":1,"column":9,"end_line":1,"end_column":12,
      "message":"here"}],
    "fix":{"title":"replace","safe":true,"edits":[{"file":"./rules/a,b:c%.conf","line":1,
      "column":9,"end_line":1,"end_column":12,"replacement":"ARGS"}]}})"));
  EXPECT_EQ(document.at("findings")[1].at("file"), "/etc/<b>&\\xff.conf");
  EXPECT_TRUE(document.at("findings")[3].at("file").is_null());
}

TEST(Json, LeavesOutAFixThatItCannotHold) {
  Scene scene = sample();
  scene.findings[0].fix = {"replace", true, {{scene.findings[0].span, "\xff"}}};
  EXPECT_TRUE(json::parse(scene.write("json")).at("findings")[0].at("fix").is_null());
}

TEST(Jsonl, IsTheFindingsOfJson) {
  const Scene scene = sample();
  std::istringstream lines(scene.write("jsonl"));
  json rows = json::array();
  for (std::string line; std::getline(lines, line);) rows.push_back(json::parse(line));
  EXPECT_EQ(rows, json::parse(scene.write("json")).at("findings"));
}

TEST(Rdjson, HasWhatReviewdogReads) {
  Scene scene = sample();
  const parser::Span arg = scene.findings[0].span;
  scene.findings[0].related.push_back({arg, "here\xff"});
  scene.findings[0].related.push_back({{}, "nowhere"});
  const json document = json::parse(scene.write("rdjson"));
  EXPECT_EQ(document.at("source"), json::parse(R"({"name":"wafcheck"})"));
  const json& rows = document.at("diagnostics");
  ASSERT_EQ(rows.size(), 4U);
  const json range = json::parse(R"({"start":{"line":1,"column":9},"end":{"line":1,"column":12}})");
  const json place = {{"path", "rules/a,b:c%.conf"}, {"range", range}};
  EXPECT_EQ(rows[0],
            json({{"message",
                   "unknown variable \"ARG\"\nhelp: did you mean ARGS? "
                   "[unknown-variable]"},
                  {"location", place},
                  {"severity", "ERROR"},
                  {"code", {{"value", "SYN006"}}},
                  {"related_locations", {{{"message", "here\\xff"}, {"location", place}}}}}));
  EXPECT_EQ(rows[1].at("severity"), "WARNING");
  EXPECT_EQ(rows[1].at("location").at("path"), "/etc/<b>&\\xff.conf");
  EXPECT_EQ(rows[1].at("location").at("range").at("end"), json::parse(R"({"line":2,"column":9})"));
  EXPECT_EQ(rows[2].at("severity"), "INFO");
  EXPECT_EQ(rows[3].at("location"), json::parse(R"({"path":"."})"));
  EXPECT_EQ(json::parse(Scene().write("rdjson")).at("diagnostics"), json::array());
}

TEST(Rdjson, CountsColumnsInBytes) {
  Scene scene;
  const parser::FileId file = scene.file("a.conf", "\xc3\xa4\xf0\x90\x90\x82\xff\0ARG\n"sv);
  scene.find(scene.span(file, "ARG"), "m");
  const json document = json::parse(scene.write("rdjson"));
  EXPECT_EQ(document.at("diagnostics").at(0).at("location").at("range").at("start"),
            json::parse(R"({"line":1,"column":9})"));
}

TEST(Rdjson, SuggestsWholeFixes) {
  const auto suggestions = [](const std::vector<std::pair<std::string_view, std::string>>& edits,
                              bool elsewhere = false) {
    Scene scene;
    const parser::FileId file =
        scene.file("a.conf", "one two\nthree\xff " + std::string(5000, 'x') + " four\n");
    const parser::FileId other = scene.file("b.conf", "one\n");
    parser::Fix fix{"t", true, {}};
    for (const auto& [text, replacement] : edits) {
      fix.edits.push_back({scene.span(elsewhere ? other : file, text), replacement});
    }
    scene.find(scene.span(file, "two"), "m").fix = fix;
    return json::parse(scene.write("rdjson")).at("diagnostics").at(0).value("suggestions", json());
  };
  EXPECT_EQ(suggestions({{"two", "2"}}),
            json::parse(R"([{"range":{"start":{"line":1,"column":5},"end":{"line":1,"column":8}},
                             "text":"2"}])"));
  // A suggestion is taken alone: it has all edits, in their order.
  EXPECT_EQ(suggestions({{"three", "3"}, {"one", "1"}}),
            json::parse(R"([{"range":{"start":{"line":1,"column":1},"end":{"line":2,"column":6}},
                             "text":"1 two\n3"}])"));
  EXPECT_EQ(suggestions({{"one", "1"}, {"four", "4"}}), json());     // far apart, and no text
  EXPECT_EQ(suggestions({{"two", "\xff"}}), json());                 // no text
  EXPECT_EQ(suggestions({{"one two", "1"}, {"two", "2"}}), json());  // of which one undoes another
  EXPECT_EQ(suggestions({{"one", "1"}}, true), json());              // in another file
}

TEST(Rdjson, SaysThatAFixMayChangeVerdicts) {
  Scene scene = sample();
  scene.findings[1].fix = {"replace", false, {{scene.findings[1].span, "x"}}};
  const json row = json::parse(scene.write("rdjson")).at("diagnostics").at(1);
  EXPECT_EQ(row.at("message"), "50% <odd> [skipafter-backwards]\nThe fix may change verdicts.");
  EXPECT_EQ(row.at("suggestions").size(), 1U);
}

TEST(Markdown, IsATable) {
  EXPECT_EQ(sample().write("markdown"),
            "**0 files, 0 rules: 2 errors, 1 warning, 1 info**\n"
            "\n"
            "| Severity | Place | Rule | Finding | Check |\n"
            "|---|---|---:|---|---|\n"
            "| error | rules/a,b:c%.conf:1:9 | 7 | unknown variable \"ARG\"<br>help: did you mean "
            "ARGS? | SYN006 unknown-variable |\n"
            "| warning | /etc/&#60;b&#62;&#38;&#92;xff.conf:1:1 |  | 50% &#60;odd&#62; | COR009 "
            "skipafter-backwards |\n"
            "| info | /etc/&#60;b&#62;&#38;&#92;xff.conf:2:4 |  | a&#92;x0db&#92;xff | COR012 "
            "marker-duplicate |\n"
            "| error |  |  | cannot read x | SYN025 file-unreadable |\n");
  EXPECT_EQ(Scene().write("markdown"), "**0 files, 0 rules: nothing found**\n");
}

TEST(Markdown, HasNoMarkupOfOthers) {
  Scene scene;
  parser::Diagnostic& finding = scene.find({}, "");
  finding.message = "a|b`c`\n\0<img> [l](u) ~~s~~ @rx\xff"sv;
  finding.help = "*x*\r\n| _y_ |";
  EXPECT_THAT(scene.write("markdown"),
              testing::EndsWith("| error |  |  | a&#124;b&#96;c&#96;&#92;x0a&#92;x00&#60;img&#62; "
                                "&#91;l&#93;(u) &#126;&#126;s&#126;&#126; @<!-- -->rx&#92;xff"
                                "<br>help: &#42;x&#42;&#92;x0d&#92;x0a&#124; &#95;y&#95; &#124; | "
                                "SYN006 unknown-variable |\n"));
}

TEST(Formats, AreFoundByName) {
  for (const ReportFormat& row : report_formats()) {
    EXPECT_EQ(find_format(row.name), &row);
    EXPECT_FALSE(row.doc.empty()) << row.name;
  }
  EXPECT_EQ(find_format("yaml"), nullptr);
}

struct PathCase {
  std::string directory, path, expected;
};

TEST(Report, NamesFilesFromTheWorkingDirectory) {
  const PathCase kCases[] = {
      {"/srv/waf", "rules/a.conf", "rules/a.conf"},
      {"/srv/waf", "./rules//a.conf", "rules/a.conf"},
      {"/srv/waf", "/srv/waf/rules/a.conf", "rules/a.conf"},
      {"/srv/waf", "../waf/a.conf", "a.conf"},
      {"/srv/waf", "../other/a.conf", "../other/a.conf"},
      {"/srv/waf", "/srv/waffle/a.conf", "/srv/waffle/a.conf"},
      {"/", "/etc/a.conf", "etc/a.conf"},
      {"", "./a.conf", "a.conf"},
  };
  for (const PathCase& row : kCases) {
    const parser::RulesetModel ruleset;
    Report report(ruleset);
    report.directory = row.directory;
    EXPECT_EQ(report.relative(row.path), row.expected) << row.directory << " and " << row.path;
  }
}

TEST(Summary, CountsWhatIsThere) {
  Scene scene;
  EXPECT_EQ(summary(scene.report()), "0 files, 0 rules: nothing found\n");
  scene = sample();
  EXPECT_EQ(summary(scene.report()), "0 files, 0 rules: 2 errors, 1 warning, 1 info\n");
  scene.findings[0].fix = {"", true, {}};
  scene.findings[1].fix = {"", false, {}};
  Report report = scene.report();
  report.baseline = {3, 0};
  EXPECT_EQ(summary(report),
            "0 files, 0 rules: 2 errors, 1 warning, 1 info\n"
            "hidden by the baseline: 3 findings\n"
            "[*] 1 fixable with --fix; 1 with --unsafe-fixes\n");
  scene.findings[0].fix.reset();
  Report second = scene.report();
  second.baseline = {1, 2};
  EXPECT_EQ(summary(second),
            "0 files, 0 rules: 2 errors, 1 warning, 1 info\n"
            "hidden by the baseline: 1 finding; no longer found: 2 of its entries\n"
            "fixable: 1 with --unsafe-fixes\n");
}

TEST(PageData, HasSourceLinesWithMarks) {
  Scene scene;
  const parser::FileId file = scene.file(
      "a.conf", "one\n" + std::string(5000, 'x') + "ARG" + std::string(900, 'y') + "\ntwo\n");
  scene.find(scene.span(file, "ARG"), "m");
  parser::Diagnostic& lines = scene.find(scene.span(file, "two"), "n");
  lines.related.push_back({scene.span(file, "one\nx"), "here"});
  const json data = json::parse(scene.write("html"));
  const json cut = data.at("findings").at(0).at("excerpts").at(0).at("lines").at(0);
  EXPECT_EQ(cut.at(0), 2);
  EXPECT_EQ(cut.at(2), "ARG");
  EXPECT_EQ(cut.at(1).get<std::string>().size() + cut.at(4).get<size_t>(), 5000U);
  EXPECT_EQ(cut.at(3).get<std::string>().size() + cut.at(5).get<size_t>(), 900U);
  EXPECT_LT(cut.at(1).get<std::string>().size() + cut.at(3).get<std::string>().size(), 500U);
  const json other = data.at("findings").at(1).at("excerpts");
  EXPECT_EQ(other.at(0).at("lines"), json::parse(R"([[3,"","two",""]])"));
  EXPECT_EQ(other.at(1).at("message"), "here");
  EXPECT_EQ(other.at(1).at("lines").at(0), json::parse(R"([1,"","one",""])"));
  EXPECT_EQ(other.at(1).at("lines").at(1).at(2), "x");
}

TEST(PageData, ShowsWhatFixesChange) {
  Scene scene;
  const parser::FileId file = scene.file("a.conf", "SecRule ARG \"x\"\nSecAction \"a,b,c\"\n\n");
  struct Row {
    parser::Span span;
    std::string replacement, changes;
  };
  const Row rows[] = {
      {scene.span(file, "ARG"), "ARGS",
       R"([["file","a.conf",1],["-","SecRule ARG",""," \"x\""],["+","SecRule ARG","S"," \"x\""]])"},
      {scene.span(file, ",b"), "",
       R"([["file","a.conf",2],["-","SecAction \"a,","b,","c\""],["+","SecAction \"a,","","c\""]])"},
      {scene.span(file, "SecAction \"a,b,c\"\n"), "",
       R"([["file","a.conf",2],["-","","","SecAction \"a,b,c\""]])"},
  };
  for (const Row& row : rows) {
    Scene each;
    each.file("a.conf", "SecRule ARG \"x\"\nSecAction \"a,b,c\"\n\n");
    each.find(row.span, "m").fix = {"t", true, {{row.span, row.replacement}}};
    const json fix = json::parse(each.write("html")).at("findings").at(0).at("fix");
    EXPECT_EQ(fix.at("changes"), json::parse(row.changes));
  }
}

TEST(PageData, HoldsTheChecksThatFoundSomething) {
  const json data = json::parse(sample().write("html"));
  std::vector<std::string> names;
  for (const json& check : data.at("checks")) names.push_back(check.at("name"));
  EXPECT_EQ(names.size(), 4U);
  EXPECT_EQ(data.at("summary").at("error"), 2);
  EXPECT_EQ(json::parse(Scene().write("html")).at("findings"), json::array());
}

}  // namespace
}  // namespace wafcheck::lint
