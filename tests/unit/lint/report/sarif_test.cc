// SARIF: the document obeys the constraints of the 2.1.0 schema, and says what was found.

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "lint/checks/example.h"
#include "parser/base/ascii.h"
#include "tests/unit/lint/report/scene.h"

namespace wafcheck::lint {
namespace {

using nlohmann::json;

/// One member of one kind of object. A member that has no row may not occur.
struct Member {
  std::string_view kind, name;
  /// string, uri, integer, boolean, any or a kind; `X[]` an array, `X[+]` one that is not empty,
  /// `X{}` an object with any names.
  std::string_view type;
  bool required = false;
  std::string_view values = {};  ///< that a string may have, separated by "|"; none: any
  int64_t minimum = INT64_MIN;   ///< of an integer
};

constexpr std::string_view kLevel = "none|note|warning|error";

constexpr Member kMembers[] = {
    {"sarifLog", "$schema", "uri"},
    {"sarifLog", "version", "string", true, "2.1.0"},
    {"sarifLog", "runs", "run[]", true},
    {"run", "tool", "tool", true},
    {"run", "invocations", "invocation[]"},
    {"run", "originalUriBaseIds", "artifactLocation{}"},
    {"run", "artifacts", "artifact[]"},
    {"run", "columnKind", "string", false, "utf16CodeUnits|unicodeCodePoints"},
    {"run", "results", "result[]"},
    {"tool", "driver", "toolComponent", true},
    {"toolComponent", "name", "string", true},
    {"toolComponent", "version", "string"},
    {"toolComponent", "semanticVersion", "string"},
    {"toolComponent", "rules", "reportingDescriptor[]"},
    {"reportingDescriptor", "id", "string", true},
    {"reportingDescriptor", "name", "string"},
    {"reportingDescriptor", "shortDescription", "multiformatMessageString"},
    {"reportingDescriptor", "fullDescription", "multiformatMessageString"},
    {"reportingDescriptor", "help", "multiformatMessageString"},
    {"reportingDescriptor", "defaultConfiguration", "reportingConfiguration"},
    {"reportingDescriptor", "properties", "any{}"},
    {"multiformatMessageString", "text", "string", true},
    {"multiformatMessageString", "markdown", "string"},
    {"reportingConfiguration", "level", "string", false, kLevel},
    {"invocation", "executionSuccessful", "boolean", true},
    {"invocation", "toolExecutionNotifications", "notification[]"},
    {"invocation", "workingDirectory", "artifactLocation"},
    {"notification", "message", "message", true},
    {"notification", "level", "string", false, kLevel},
    {"notification", "associatedRule", "reportingDescriptorReference"},
    {"reportingDescriptorReference", "id", "string"},
    {"reportingDescriptorReference", "index", "integer", false, "", -1},
    {"artifact", "location", "artifactLocation"},
    {"artifact", "length", "integer", false, "", -1},
    {"artifact", "roles", "string[]", false, "analysisTarget|resultFile|referencedOnCommandLine"},
    {"artifactLocation", "uri", "uri"},
    {"artifactLocation", "uriBaseId", "string"},
    {"artifactLocation", "index", "integer", false, "", -1},
    {"result", "message", "message", true},
    {"result", "ruleId", "string"},
    {"result", "ruleIndex", "integer", false, "", -1},
    {"result", "level", "string", false, kLevel},
    {"result", "locations", "location[]"},
    {"result", "relatedLocations", "location[]"},
    {"result", "partialFingerprints", "string{}"},
    {"result", "fixes", "fix[]"},
    {"result", "properties", "any{}"},
    {"message", "text", "string", true},  // or an id, which we do not use
    {"location", "id", "integer", false, "", -1},
    {"location", "physicalLocation", "physicalLocation"},
    {"location", "message", "message"},
    {"physicalLocation", "artifactLocation", "artifactLocation", true},  // or an address
    {"physicalLocation", "region", "region"},
    {"region", "startLine", "integer", false, "", 1},
    {"region", "startColumn", "integer", false, "", 1},
    {"region", "endLine", "integer", false, "", 1},
    {"region", "endColumn", "integer", false, "", 1},
    {"region", "byteOffset", "integer", false, "", -1},
    {"region", "byteLength", "integer", false, "", 0},
    {"region", "snippet", "artifactContent"},
    {"artifactContent", "text", "string"},
    {"fix", "description", "message"},
    {"fix", "artifactChanges", "artifactChange[+]", true},
    {"artifactChange", "artifactLocation", "artifactLocation", true},
    {"artifactChange", "replacements", "replacement[+]", true},
    {"replacement", "deletedRegion", "region", true},
    {"replacement", "insertedContent", "artifactContent"},
};

/// Arrays whose elements differ from one another.
constexpr std::string_view kUnique[] = {"rules", "artifacts", "roles", "relatedLocations", "fixes"};

class Schema {
 public:
  /// What is wrong, each with the pointer to it.
  std::vector<std::string> check(const json& document) {
    check_kind(document, "sarifLog", "");
    return std::move(faults_);
  }

 private:
  void fault(const std::string& at, std::string_view why) {
    faults_.push_back(at + ": " + std::string(why));
  }

  /// RFC 3986's characters, and percent signs only before two digits.
  static bool is_uri(std::string_view text) {
    for (size_t at = 0; at < text.size(); ++at) {
      const auto byte = static_cast<unsigned char>(text[at]);
      const auto hex = [&](size_t i) {
        return i < text.size() && is_hex(static_cast<unsigned char>(text[i]));
      };
      if (byte == '%' ? !hex(at + 1) || !hex(at + 2)
                      : !is_alnum(byte) && std::string_view("-._~!$&'()*+,;=:@/").find(text[at]) ==
                                               std::string_view::npos) {
        return false;
      }
    }
    return true;
  }

  void check_kind(const json& value, std::string_view kind, const std::string& at) {
    if (!value.is_object()) return fault(at, "no object");
    for (const Member& member : kMembers) {
      if (member.kind == kind && member.required && !value.contains(member.name)) {
        fault(at, "lacks " + std::string(member.name));
      }
    }
    for (const auto& [name, inner] : value.items()) {
      const auto member = std::ranges::find_if(
          kMembers, [&](const Member& row) { return row.kind == kind && row.name == name; });
      const std::string below = at + "/" + name;
      if (member == std::end(kMembers))
        fault(below, "unknown to " + std::string(kind));
      else
        check_type(inner, member->type, *member, below);
    }
  }

  void check_type(const json& value, std::string_view type, const Member& member,
                  const std::string& at) {
    for (const std::string_view suffix : {"[]", "[+]"}) {
      if (!type.ends_with(suffix)) continue;
      if (!value.is_array()) return fault(at, "no array");
      if (suffix == "[+]" && value.empty()) fault(at, "empty");
      const bool unique = std::ranges::find(kUnique, member.name) != std::end(kUnique);
      for (size_t i = 0; i < value.size(); ++i) {
        check_type(value[i], type.substr(0, type.size() - suffix.size()), member,
                   at + "/" + std::to_string(i));
        if (unique && std::count(value.begin(), value.end(), value[i]) != 1) fault(at, "repeats");
      }
      return;
    }
    if (type.ends_with("{}")) {
      if (!value.is_object()) return fault(at, "no object");
      for (const auto& [name, inner] : value.items()) {
        check_type(inner, type.substr(0, type.size() - 2), member, at + "/" + name);
      }
    } else if (type == "string" || type == "uri") {
      if (!value.is_string()) return fault(at, "no string");
      const std::string text = value;
      if (type == "uri" && !is_uri(text)) fault(at, "no URI reference: " + text);
      const std::string values = "|" + std::string(member.values) + "|";
      if (!member.values.empty() && values.find("|" + text + "|") == values.npos) {
        fault(at, "may not be " + text);
      }
    } else if (type == "integer") {
      if (!value.is_number_integer()) return fault(at, "no integer");
      if (value.get<int64_t>() < member.minimum) fault(at, "too small");
    } else if (type == "boolean") {
      if (!value.is_boolean()) fault(at, "no boolean");
    } else if (type != "any") {
      check_kind(value, type, at);
    }
  }

  std::vector<std::string> faults_;
};

std::vector<std::string> faults(const json& document) {
  return Schema().check(document);
}

json parse(const Scene& scene) {
  return json::parse(scene.write("sarif"));
}

/// Something of everything that a result can have.
Scene sample() {
  Scene scene;
  const parser::FileId a = scene.file("rules/é %.conf", "# é漢\nSecRule é:ARG \"x\"\n");
  const parser::FileId b = scene.file("/srv/waf/b.conf", "SecMarker\xff X\nSecMarker X\n");
  parser::Diagnostic& first = scene.find(scene.span(a, "ARG"), "unknown variable ARG");
  first.help = "did you mean ARGS?";
  first.rule_id = 7;
  first.engines = {"coraza"};
  first.fix = {
      "replace", true, {{scene.span(a, "ARG"), "ARGS"}, {{b, 0, 0}, "#"}, {{b, 1, 3}, ""}}};
  parser::Diagnostic& second =
      scene.find(scene.span(b, "SecMarker X"), "again", "marker-duplicate");
  second.related.push_back({scene.span(b, "SecMarker\xff X"), "first"});
  second.related.push_back({{}, "nowhere"});
  scene.find(scene.span(b, "X\nSec"), "odd", "skipafter-backwards", parser::Severity::info);
  scene.find({}, "cannot read x", "file-unreadable");
  return scene;
}

TEST(Sarif, ObeysTheSchema) {
  EXPECT_EQ(faults(parse(sample())), std::vector<std::string>());
  EXPECT_EQ(faults(parse(Scene())), std::vector<std::string>());
}

TEST(Sarif, TheSchemaFindsFaults) {
  const json good = parse(sample());
  const auto broken = [&](const char* pointer, const json& value) {
    json document = good;
    document[json::json_pointer(pointer)] = value;
    return faults(document).size();
  };
  EXPECT_EQ(broken("/version", "2.0.0"), 1U);
  EXPECT_EQ(broken("/runs/0/results/0/level", "info"), 1U);
  EXPECT_EQ(broken("/runs/0/results/0/check", "x"), 1U);
  EXPECT_EQ(broken("/runs/0/results/0/message", json::object()), 1U);
  EXPECT_EQ(broken("/runs/0/results/0/fixes/0/artifactChanges", json::array()), 1U);
  EXPECT_EQ(broken("/runs/0/artifacts/0/location/uri", "a b"), 1U);
  EXPECT_EQ(broken("/runs/0/results/0/locations/0/physicalLocation/region/startLine", 0), 1U);
  EXPECT_EQ(broken("/runs/0/tool/driver/rules/1", good["runs"][0]["tool"]["driver"]["rules"][0]),
            2U);
}

TEST(Sarif, DescribesTheRulesThatFoundSomething) {
  const json run = parse(sample())["runs"][0];
  const json& rules = run["tool"]["driver"]["rules"];
  EXPECT_EQ(run["tool"]["driver"]["version"], "1.2.3");
  std::vector<std::string> ids;
  for (const json& rule : rules) ids.push_back(rule["id"]);
  EXPECT_EQ(ids, (std::vector<std::string>{"COR009", "COR012", "SYN006", "SYN025"}));
  for (const json& result : run["results"]) {
    EXPECT_EQ(rules[result["ruleIndex"].get<size_t>()]["id"], result["ruleId"]);
  }
  const json& marker = rules[1];
  const CheckInfo& check = *find_check("COR012");
  EXPECT_EQ(marker["name"], "marker-duplicate");
  EXPECT_EQ(marker["shortDescription"]["text"], check.doc);
  EXPECT_EQ(marker["fullDescription"]["text"],
            std::string(check.doc) + " " + std::string(check.why));
  EXPECT_NE(marker["help"]["text"].get<std::string>().find(check.bad), std::string::npos);
  EXPECT_NE(marker["help"]["markdown"].get<std::string>().find("```apache\n" +
                                                               std::string(check.good) + "```"),
            std::string::npos);
  EXPECT_EQ(marker["defaultConfiguration"]["level"], "error");
  EXPECT_EQ(marker["properties"]["tags"], json::array({"correctness"}));
}

TEST(Sarif, PlacesAreInCharactersAndBytes) {
  const json results = parse(sample())["runs"][0]["results"];
  ASSERT_EQ(results.size(), 3U) << "what has no file is a notification";
  EXPECT_EQ(results[0]["locations"], json::parse(R"([{"physicalLocation":{
    "artifactLocation":{"uri":"rules/%C3%A9%20%25.conf","uriBaseId":"%SRCROOT%","index":0},
    "region":{"startLine":2,"startColumn":11,"endLine":2,"endColumn":14,"byteOffset":19,
      "byteLength":3,"snippet":{"text":"ARG"}}}}])"));
  EXPECT_EQ(results[1]["locations"][0]["physicalLocation"]["artifactLocation"],
            json::parse(R"({"uri":"b.conf","uriBaseId":"%SRCROOT%","index":1})"));
  EXPECT_EQ(results[1]["relatedLocations"], json::parse(R"([{"id":1,"message":{"text":"first"},
    "physicalLocation":{
      "artifactLocation":{"uri":"b.conf","uriBaseId":"%SRCROOT%","index":1},
      "region":{"startLine":1,"startColumn":1,"endLine":1,"endColumn":13,"byteOffset":0,
        "byteLength":12,"snippet":{"text":"SecMarker\\xff X"}}}}])"));
  const json& region = results[2]["locations"][0]["physicalLocation"]["region"];
  EXPECT_EQ(region["endLine"], 2);
  EXPECT_EQ(region["endColumn"], 4);
  EXPECT_EQ(results[2]["level"], "note");
}

TEST(Sarif, HasFixesFileByFile) {
  const json result = parse(sample())["runs"][0]["results"][0];
  EXPECT_EQ(result["message"]["text"], "unknown variable ARG\nhelp: did you mean ARGS?");
  EXPECT_EQ(result["properties"], json::parse(R"({"rule_id":7,"engines":["coraza"]})"));
  const json& changes = result["fixes"][0]["artifactChanges"];
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[0]["replacements"][0]["insertedContent"]["text"], "ARGS");
  ASSERT_EQ(changes[1]["replacements"].size(), 2U);
  EXPECT_EQ(changes[1]["replacements"][0]["deletedRegion"]["byteLength"], 0);
  EXPECT_FALSE(changes[1]["replacements"][1].contains("insertedContent"));
}

TEST(Sarif, SaysWhetherEverythingWasRead) {
  const Scene scene = sample();
  Report report = scene.report();
  report.complete = false;
  const json run = json::parse(Scene::write("sarif", report))["runs"][0];
  EXPECT_EQ(run["invocations"][0]["executionSuccessful"], false);
  EXPECT_EQ(run["invocations"][0]["toolExecutionNotifications"], json::parse(R"([{"level":"error",
    "message":{"text":"cannot read x"},"associatedRule":{"id":"SYN025","index":3}}])"));
  EXPECT_EQ(run["originalUriBaseIds"]["%SRCROOT%"]["uri"], "file:///srv/waf/");
  EXPECT_EQ(parse(Scene())["runs"][0]["invocations"][0]["executionSuccessful"], true);
}

TEST(Sarif, FilesOutsideHaveAWholeUri) {
  Scene scene;
  for (const char* path : {"../other/a.conf", "/etc/a.conf", "rules/../b.conf"}) {
    scene.find({scene.file(path, "x"), 0, 1}, "m");
  }
  std::vector<std::string> uris;
  const json artifacts = parse(scene)["runs"][0]["artifacts"];
  for (const json& artifact : artifacts) {
    uris.push_back(artifact["location"]["uri"]);
  }
  EXPECT_EQ(uris,
            (std::vector<std::string>{"file:///srv/other/a.conf", "file:///etc/a.conf", "b.conf"}));
  Report report = scene.report();
  report.directory.clear();
  const json run = json::parse(Scene::write("sarif", report))["runs"][0];
  EXPECT_EQ(run["artifacts"][0]["location"], json::parse(R"({"uri":"../other/a.conf"})"));
  EXPECT_FALSE(run.contains("originalUriBaseIds"));
}

TEST(Sarif, AFileReadTwiceIsOneArtifact) {
  Scene scene;
  for (const char* path : {"a.conf", "b.conf", "a.conf"}) {
    scene.find({scene.file(path, "x"), 0, 1}, "m");
  }
  const json run = parse(scene)["runs"][0];
  EXPECT_EQ(run["artifacts"].size(), 2U);
  EXPECT_EQ(run["results"][2]["locations"][0]["physicalLocation"]["artifactLocation"]["index"], 0);
}

TEST(Sarif, FingerprintsAreThoseOfTheFindings) {
  const Scene scene = sample();
  EXPECT_EQ(parse(scene)["runs"][0]["results"][1]["partialFingerprints"],
            json({{"wafcheck/v1", fingerprint_text(scene.report().findings[1].fingerprint)}}));
}

// One line of megabytes, none of it ASCII, with a finding in every few bytes.
TEST(Sarif, IsQuickOnHugeLines) {
  Scene scene;
  std::string line;
  while (line.size() < (4U << 20)) line += "é";
  const parser::FileId file = scene.file("a.conf", line);
  for (uint32_t at = 0; at + 2 <= line.size() && scene.findings.size() < 5'000; at += 800) {
    scene.find({file, at, at + 2}, "m");
  }
  const json results = parse(scene)["runs"][0]["results"];
  const json& region = results.back()["locations"][0]["physicalLocation"]["region"];
  EXPECT_EQ(region["startColumn"], region["byteOffset"].get<uint32_t>() / 2 + 1);
}

// Every check's own example, as the linter reports it.
TEST(Sarif, ObeysTheSchemaForEveryCheck) {
  size_t results = 0;
  for (const CheckInfo& check : all_checks()) {
    if (check.bad.empty()) continue;
    Example example(check.bad);
    const parser::RulesetModel ruleset = example.load();
    example.options.selection.select = {std::string(check.name)};
    const parser::Diagnostics found = run_checks(ruleset, example.options);
    Report report(ruleset);
    report.findings = fingerprinted(found, ruleset.sources);
    report.directory = "/srv/waf";
    report.version = "1";
    const json document = json::parse(Scene::write("sarif", report));
    EXPECT_EQ(faults(document), std::vector<std::string>()) << check.code;
    results += document["runs"][0]["results"].size();
  }
  EXPECT_GT(results, 0U);
}

}  // namespace
}  // namespace wafcheck::lint
