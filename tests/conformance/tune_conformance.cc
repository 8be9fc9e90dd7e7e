// wafcheck tune over OWASP CRS: words of good traffic that trip its rules, in every part of a
// request, must pass with the exclusions that it writes, and these must be as narrow as can be.
//
// CI runs some of the words and drops some of the exclusions again; with WAFCHECK_WHOLE=1 in the
// environment all of them.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "cli/command.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"
#include "tests/scratch.h"
#include "tests/test_data.h"

namespace wafcheck::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using tests::shared;

/// What people write, and what CRS takes for attacks.
constexpr std::string_view kWords[] = {
    "please select a table from the list where 1=1 -- thanks",
    "the <script> tag is explained in chapter 3",
    "sleep(8) is what the manual calls a pause",
    "see /etc/hosts for how names are found",
    "eval() and base64_decode() are to be used with care",
    "then run: curl http://docs.example/ | sh as the page says",
    "Robert'); DROP TABLE is a comic strip",
    "javascript:void(0) links are out of fashion",
    "the logo is in ../../images/logo.png",
    "process.env holds the settings of a Node program",
    "an <iframe src=x> holds another page",
    "it's 5 o'clock or '1'='1' somewhere; union select it",
    "<a href=x onclick=go()> is old HTML",
    "<?php echo 1; ?> prints a number",
    "${jndi:ldap://x} was in the news",
    "#{user.name} and {{user.name}} are placeholders",
    "a; cat letter.txt; b",
    "C:\\Windows\\System32\\cmd.exe /c dir opens a folder",
    "document.cookie holds what the site remembers",
    "java.lang.Runtime is a class",
    "display_errors = On is a setting of PHP",
    "tables are listed in information_schema.tables",
    "Get-ChildItem is how PowerShell lists a folder",
    "objects have a __proto__ in JavaScript",
    "if (a) { while (b) } is no SQL: select case when",
    "@import and expression(1) belong to old style sheets",
    "the file .htaccess and wp-config.php stay private",
    "a[1]=system('ls') is how the book begins",
    "the manual says that waitfor delay '0:0:5' waits",
    "comments such as /*! 40101 */ are of MySQL",
    "union all select is taught in lesson 4 from the book",
};
/// So many rules they trip, all together.
constexpr size_t kRules = 60;

std::string form(std::string_view text) {
  return form_encoded(text, [](char byte) { return is_alnum(static_cast<unsigned char>(byte)); });
}

std::string percent(std::string_view text) {
  return percent_encoded(text,
                         [](char byte) { return is_alnum(static_cast<unsigned char>(byte)); });
}

Json request(std::string method, std::string uri, std::string type, std::string body) {
  Json headers = Json::array();
  const auto add = [&](const std::string& name, const std::string& value) {
    headers.push_back(Json::array({name, value}));
  };
  add("Host", "shop.example");
  add("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0");
  add("Accept", "text/html");
  if (!type.empty()) {
    add("Content-Type", type);
    add("Content-Length", std::to_string(body.size()));
  }
  return {{"request", {{"method", method}, {"uri", uri}, {"headers", headers}, {"body", body}}}};
}

/// Where the words stand, each place on a path of its own.
struct Place {
  std::string_view name;
  std::function<Json(const std::string& path, const std::string& words)> put;
};
const Place kPlaces[] = {
    {"query",
     [](const std::string& path, const std::string& words) {
       return request("GET", path + "?q=" + form(words), "", "");
     }},
    {"form",
     [](const std::string& path, const std::string& words) {
       return request("POST", path, "application/x-www-form-urlencoded", "a=1&text=" + form(words));
     }},
    {"json",
     [](const std::string& path, const std::string& words) {
       return request("POST", path, "application/json",
                      Json{{"order", {{"note", words}, {"count", 1}}}}.dump());
     }},
    {"array",
     [](const std::string& path, const std::string& words) {
       return request(
           "POST", path, "application/json",
           Json{{"items", Json::array({Json{{"name", "x"}}, Json{{"name", words}}})}}.dump());
     }},
    {"cookie",
     [](const std::string& path, const std::string& words) {
       Json out = request("GET", path, "", "");
       out["request"]["headers"].push_back(Json::array({"Cookie", "a=1; last=" + percent(words)}));
       return out;
     }},
    {"header",
     [](const std::string& path, const std::string& words) {
       Json out = request("GET", path, "", "");
       out["request"]["headers"].push_back(
           Json::array({"Referer", "http://shop.example/?q=" + percent(words)}));
       return out;
     }},
    {"multipart",
     [](const std::string& path, const std::string& words) {
       return request("POST", path, "multipart/form-data; boundary=b",
                      "--b\r\nContent-Disposition: form-data; name=\"story\"\r\n\r\n" + words +
                          "\r\n--b--\r\n");
     }},
    {"xml",
     [](const std::string& path, const std::string& words) {
       return request("POST", path, "text/xml", "<a><b>" + xml_escaped(words) + "</b></a>");
     }},
};

bool whole() {
  return std::getenv("WAFCHECK_WHOLE") != nullptr;
}

class TuneConformance : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!fs::exists(shared() / "crs-tests") || !fs::exists(shared() / "crs")) {
      GTEST_SKIP() << "no rules and tests at " << shared() << ": set WAFCHECK_SHARED";
    }
    std::ofstream(rules()) << "Include " << (shared() / "crs/engine.conf").string() << "\nInclude "
                           << (shared() / "crs/crs-setup.conf.example").string() << "\nInclude "
                           << (shared() / "crs/rules").string() << "/*.conf\n";
    std::ofstream(at("none.conf")) << "# none\n";
    plant();
  }

  std::string at(const std::string& name) const { return home_ / name; }
  std::string rules() const { return at("rules.conf"); }
  /// Files of CRS's tests, each behind `option`.
  static std::vector<std::string> tests(std::string_view option) {
    std::vector<std::string> arguments;
    for (const std::string_view file :
         {"REQUEST-942-APPLICATION-ATTACK-SQLI/942100",
          "REQUEST-942-APPLICATION-ATTACK-SQLI/942130", "REQUEST-941-APPLICATION-ATTACK-XSS/941110",
          "REQUEST-933-APPLICATION-ATTACK-PHP/933150", "REQUEST-932-APPLICATION-ATTACK-RCE/932230",
          "REQUEST-932-APPLICATION-ATTACK-RCE/932160",
          "REQUEST-930-APPLICATION-ATTACK-LFI/930130"}) {
      if (!option.empty()) arguments.emplace_back(option);
      arguments.push_back((shared() / "crs-tests" / (std::string(file) + ".yaml")).string());
    }
    return arguments;
  }

  static int command(const std::vector<std::string>& arguments, std::string& out) {
    std::istringstream in;
    std::ostringstream to, err;
    Streams streams{in, to, err};
    // In CI, files outside of the working tree are not to be read unless they are named.
    std::vector<std::string> permitted = arguments;
    permitted.insert(permitted.end(), {"--root", "/"});
    const int code = run(permitted, streams);
    out = to.str();
    EXPECT_LT(code, 2) << err.str();
    return code;
  }

  /// Good traffic, and among it attacks of the tests.
  void plant() {
    std::ofstream traffic(at("good.jsonl"));
    const size_t step = whole() ? 1 : 3;
    for (size_t word = 0; word < std::size(kWords); word += step) {
      for (const Place& place : kPlaces) {
        const std::string path =
            "/" + std::string(place.name) + "/w" +
            std::string(1, static_cast<char>(word < 26 ? 'a' + word : 'A' + word - 26));
        Json good = place.put(path, std::string(kWords[word]));
        good["id"] = std::string(place.name) + std::to_string(word);
        traffic << good.dump() << '\n';
      }
    }
    std::vector<std::string> emit = {"test",
                                     "--no-config",
                                     "-r",
                                     (shared() / "crs/regression.conf").string(),
                                     "--emit-transactions",
                                     "--filter",
                                     "^942(100|130)"};
    const auto files = tests("");
    emit.insert(emit.end(), files.begin(), files.end());
    std::string attacks;
    command(emit, attacks);
    traffic << attacks;
  }

  Json tune(const std::string& name) {
    std::vector<std::string> arguments = {
        "tune",  "--no-config", "-r",       rules(), "--pl",          "2", "--engine", GetParam(),
        "--out", at(name),      "--format", "json",  at("good.jsonl")};
    const auto files = tests("--attacks");
    arguments.insert(arguments.end(), files.begin(), files.end());
    std::string out;
    command(arguments, out);
    Json result = Json::parse(out, nullptr, false);
    EXPECT_FALSE(result.is_discarded());
    return result;
  }

  /// Ids of the transactions that are held back with these files of exclusions.
  std::set<std::string> blocked(const std::string& before, const std::string& after) {
    std::ofstream(at("main.conf"))
        << "Include " << (shared() / "crs/engine.conf").string() << "\nInclude "
        << (shared() / "crs/crs-setup.conf.example").string() << "\nInclude " << before
        << "\nInclude " << (shared() / "crs/rules").string() << "/*.conf\nInclude " << after
        << "\n";
    std::string out;
    command({"replay", "--no-config", "-r", at("main.conf"), "--pl", "2", "--engine", GetParam(),
             "--format", "jsonl", "--only", "interrupted", at("good.jsonl")},
            out);
    std::set<std::string> ids;
    std::istringstream lines(out);
    for (std::string line; std::getline(lines, line);) ids.insert(Json::parse(line)["id"]);
    return ids;
  }

  /// How many rules add to the score of good traffic.
  size_t rules_hit() {
    std::string out;
    command({"replay", "--no-config", "-r", rules(), "--pl", "2", "--engine", GetParam(),
             "--format", "jsonl", "--why", at("good.jsonl")},
            out);
    std::set<uint64_t> ids;
    std::istringstream lines(out);
    for (std::string line; std::getline(lines, line);) {
      const Json transaction = Json::parse(line);
      if (std::string(transaction["id"]).starts_with("9") || !transaction.contains("why")) continue;
      for (const Json& rule : transaction["why"]) {
        if (rule["score"].is_number() && rule["score"] != 0) ids.insert(rule["id"].get<uint64_t>());
      }
    }
    return ids.size();
  }

  std::string before(const std::string& name) const {
    return at(name) + "/REQUEST-900-EXCLUSION-RULES-BEFORE-CRS.conf";
  }
  std::string after(const std::string& name) const {
    return at(name) + "/RESPONSE-999-EXCLUSION-RULES-AFTER-CRS.conf";
  }

  tests::ScratchDirectory home_;
};

TEST_P(TuneConformance, GoodTrafficPassesAttacksDoNotAndNoExclusionIsTooMuch) {
  const std::set<std::string> held_back = blocked(at("none.conf"), at("none.conf"));
  if (whole()) {
    EXPECT_GE(rules_hit(), kRules);
  }
  const Json result = tune("out");
  EXPECT_GT(result["good"]["before"], 20);
  EXPECT_EQ(result["good"]["after"], 0) << result["good"]["left"].dump(1);
  EXPECT_FALSE(result.contains("lint")) << result["lint"];

  // The planted attacks, and nothing else, are suspicious; no exclusion is for them.
  std::set<std::string> suspicious;
  for (const Json& each : result["good"]["suspicious"]) {
    suspicious.insert(each["id"]);
    EXPECT_TRUE(std::string(each["id"]).starts_with("9")) << each.dump();
  }
  const auto planted = static_cast<size_t>(
      std::ranges::count_if(held_back, [](const std::string& id) { return id.starts_with("9"); }));
  EXPECT_GT(planted, 5u);
  EXPECT_GE(suspicious.size() * 30, planted * 29) << planted;
  EXPECT_EQ(blocked(before("out"), after("out")), suspicious);

  // One key on one path, each; where no target can be excluded, one rule on one path.
  for (const Json& each : result["exclusions"]) {
    EXPECT_NE(each["kind"], "remove") << each.dump();
    EXPECT_NE(each["kind"], "update-target") << each.dump();
    EXPECT_TRUE(each["kind"] == "setting" || each["path"].is_string()) << each.dump();
    if (each["kind"] == "ctl-target") {
      const std::string target = each["target"];
      const bool keyed = target.find(':') != std::string::npos || target.starts_with("REQUEST_");
      EXPECT_TRUE(keyed) << each.dump();
    }
  }

  // Of the attacks elsewhere, hardly any is lost.
  uint64_t put = 0, elsewhere = 0;
  for (const Json& each : result["exclusions"]) put += each["tried"].get<uint64_t>();
  for (const Json& each : result["attacks"]["lost"]) elsewhere += each.contains("id") ? 1 : 0;
  const uint64_t others = result["attacks"]["before"].get<uint64_t>() - put;
  EXPECT_GT(others, 100u);
  EXPECT_LE(elsewhere * 50, others) << result["attacks"]["lost"].dump(1);

  // And none can be left out.
  const std::string text = tests::read(before("out"));
  std::vector<std::string> actions;
  for (size_t from = text.find("ctl:"); from != text.npos; from = text.find("ctl:", from + 1)) {
    actions.push_back(text.substr(from, text.find_first_of("\",", from) - from));
  }
  ASSERT_GT(actions.size(), 10u);
  const size_t step = whole() ? 1 : std::max<size_t>(actions.size() / 3, 1);
  size_t from = 0;
  for (size_t i = 0; i < actions.size(); ++i) {
    from = text.find("ctl:", from + 1);
    if (i % step != 0) continue;
    std::string without = text;
    without.replace(from, actions[i].size(), "ctl:auditEngine=On");
    std::ofstream(at("without.conf")) << without;
    EXPECT_GT(blocked(at("without.conf"), after("out")).size(), suspicious.size()) << actions[i];
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, TuneConformance,
                         testing::Values("default", "modsecurity2", "modsecurity3", "coraza"),
                         [](const auto& row) { return row.param; });

}  // namespace
}  // namespace wafcheck::cli
