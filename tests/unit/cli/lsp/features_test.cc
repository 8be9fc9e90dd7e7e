// What the server says about rules, and does to them.

#include <gmock/gmock.h>

#include "tests/unit/cli/lsp/server_fixture.h"

namespace wafcheck::cli::lsp {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr const char* kRules =
    "SecDefaultAction \"phase:2,log,pass,t:lowercase\"\n"
    "# a comment\n"
    "# and another\n"
    "SecRule ARGS:id|!REQUEST_HEADERS:/^x/ \"@rx ^a+[0-9]\" \\\n"
    "    \"id:100,\\\n"
    "    phase:2,\\\n"
    "    deny,\\\n"
    "    capture,\\\n"
    "    t:none,t:urlDecodeUni,\\\n"
    "    msg:'A message %{TX.score}',\\\n"
    "    tag:'attack',\\\n"
    "    skipAfter:END,\\\n"
    "    setvar:'tx.score=+5'\"\n"
    "SecRule TX:score \"@gt 4\" \"id:101,phase:2,deny,status:403,chain\"\n"
    "    SecRule ARGS \"@pmFromFile words.data\" \"t:none\"\n"
    "SecRule ARGS \"@streq b\" \"id:102,phase:2,pass,nolog,ctl:ruleRemoveTargetById=100;ARGS:id,"
    "ctl:ruleRemoveByTag=attack\"\n"
    "SecMarker END\n"
    "SecRuleRemoveById 101\n"
    "SecRuleUpdateTargetByTag attack !ARGS:x\n";

class Features : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    write("words.data", "word\n");
    start({{"textDocument",
            {{"documentSymbol", {{"hierarchicalDocumentSymbolSupport", true}}},
             {"completion", {{"completionItem", {{"snippetSupport", true}}}}}}},
           {"workspace",
            {{"workspaceEdit", {{"documentChanges", true}, {"resourceOperations", {"rename"}}}}}}});
    open("a.conf", kRules);
  }

  /// The texts after a rename, by file.
  std::map<std::string, std::string> renamed(std::string_view text, size_t behind,
                                             const std::string& name) {
    Json params = at("a.conf", text, behind);
    params["newName"] = name;
    std::map<std::string, std::string> out;
    const Json result = request("textDocument/rename", params);
    for (const Json& change : result["documentChanges"]) {
      if (change.contains("kind")) {
        out["kind"] = change["kind"];
        continue;
      }
      const std::string path = change["textDocument"]["uri"].get<std::string>();
      const std::string file = path.substr(path.rfind('/') + 1);
      out[file] = applied(read(file), change["edits"]);
    }
    return out;
  }

  int version_ = 1;
};

// --- hover ---

TEST_F(Features, ExplainWords) {
  EXPECT_THAT(hover("a.conf", "SecMarker"), HasSubstr("**SecMarker"));
  EXPECT_THAT(hover("a.conf", "ARGS:id"), HasSubstr("**ARGS**"));
  EXPECT_THAT(hover("a.conf", "ARGS:id"), HasSubstr("Complete from phase 1 (request headers)"));
  EXPECT_THAT(hover("a.conf", "@gt"), HasSubstr("**@gt**"));
  EXPECT_THAT(hover("a.conf", "t:urlDecodeUni"), HasSubstr("**t:urlDecodeUni**"));
  EXPECT_THAT(hover("a.conf", "capture"), HasSubstr("**capture**"));
  EXPECT_THAT(hover("a.conf", "ctl:ruleRemoveByTag"), HasSubstr("**ctl:ruleRemoveByTag="));
  EXPECT_THAT(hover("a.conf", "SecMarker"), HasSubstr("Engines: ModSecurity 2"));
}

TEST_F(Features, ExplainARuleAsTheEngineHasIt) {
  const std::string text = hover("a.conf", "id:100");
  EXPECT_THAT(text, HasSubstr("Rule 100: A message"));
  EXPECT_THAT(text, HasSubstr("ARGS:id"));
  EXPECT_THAT(text, HasSubstr("t:none"));
}

TEST_F(Features, ExplainPiecesOfAnExpression) {
  settle();
  EXPECT_THAT(hover("a.conf", "[0-9]"), HasSubstr("one byte: 0 to 9"));
  EXPECT_THAT(hover("a.conf", "a+", 1), HasSubstr("once or more"));
  EXPECT_THAT(hover("a.conf", "^a"), HasSubstr("the start of the value"));
  EXPECT_THAT(hover("a.conf", "[0-9]"), HasSubstr("No value was found"));
}

TEST_F(Features, CountUses) {
  EXPECT_THAT(hover("a.conf", "TX:score", 4), HasSubstr("set at 1 places, read at 2"));
  EXPECT_THAT(hover("a.conf", "tag:'attack'", 6), HasSubstr("1 rules have this tag"));
  EXPECT_THAT(hover("a.conf", "skipAfter:END", 11), HasSubstr("1 skipAfter"));
}

TEST_F(Features, SayNothingWhereNothingStands) {
  EXPECT_EQ(hover("a.conf", "# a comment"), "");
}

// --- completion ---

TEST_F(Features, CompleteByContext) {
  const std::string base(kRules);
  const auto after = [&](const std::string& typed) {
    change("a.conf", base + typed, ++version_);
    return labels("a.conf", texts_["a.conf"].substr(base.size()), typed.size());
  };
  EXPECT_THAT(after("SecRu"), Contains("SecRuleEngine"));
  EXPECT_THAT(after("SecRuleEngine D"), ElementsAre("On", "Off", "DetectionOnly"));
  EXPECT_THAT(after("SecRule REQ"), Contains("REQUEST_URI"));
  EXPECT_THAT(after("SecRule ARGS|!REQUEST_HEADERS:"), Contains("^x").Times(0));
  EXPECT_THAT(after("SecRule ARGS:"), Contains("id"));
  EXPECT_THAT(after("SecRule TX:"), Contains("score"));
  EXPECT_THAT(after("SecRule ARGS \"@be"), Contains("@beginsWith"));
  EXPECT_THAT(after("SecRule ARGS \"@pmFromFile wo"), Contains("words.data"));
  EXPECT_THAT(after("SecRule ARGS \"@rx a\" \"id:1,pha"), Contains("phase:"));
  EXPECT_THAT(after("SecRule ARGS \"@rx a\" \"id:1,t:low"), Contains("lowercase"));
  EXPECT_THAT(after("SecRule ARGS \"@rx a\" \"id:1,\\\n    ctl:ruleRem"),
              Contains("ruleRemoveById="));
  EXPECT_THAT(after("SecRule ARGS \"@rx a\" \"id:1,ctl:ruleRemoveById="), Contains("100"));
  EXPECT_THAT(after("SecRule ARGS \"@rx a\" \"id:1,ctl:ruleRemoveTargetById=100;AR"),
              Contains("ARGS"));
  EXPECT_THAT(after("SecRule ARGS \"@rx a\" \"id:1,tag:'att"), Contains("attack"));
  EXPECT_THAT(after("SecRule ARGS \"@rx a\" \"id:1,skipAfter:"), Contains("END"));
  EXPECT_THAT(after("SecRule ARGS \"@rx a\" \"id:1,setvar:'tx."), Contains("tx.score"));
  EXPECT_THAT(after("SecRule ARGS \"@rx a\" \"id:1,msg:'a %{tx."), Contains("tx.score"));
  EXPECT_THAT(after("SecRule ARGS \"@rx a\" \"id:"), ElementsAre("103"));
  EXPECT_THAT(after("SecRule ARGS \"@rx a\" \"severity:C"), Contains("CRITICAL"));
  EXPECT_THAT(after("SecRuleRemoveById 10"), Contains("102"));
  EXPECT_THAT(after("SecRuleRemoveByTag a"), Contains("attack"));
  EXPECT_THAT(after("Include w"), Contains("words.data"));
  EXPECT_THAT(after("# SecRu"), IsEmpty());
}

TEST_F(Features, ReplaceTheWordThatIsTyped) {
  change("a.conf", "SecRule REQUEST_U", 2);
  const Json result = request("textDocument/completion", at("a.conf", "REQUEST_U", 9));
  EXPECT_EQ(result["items"][0]["textEdit"]["range"]["start"],
            (Json{{"line", 0}, {"character", 8}}));
  EXPECT_EQ(result["items"][0]["textEdit"]["range"]["end"], (Json{{"line", 0}, {"character", 17}}));
}

// --- navigation ---

TEST_F(Features, FindDefinitions) {
  const auto definition = [&](std::string_view text, size_t behind) {
    return request("textDocument/definition", at("a.conf", text, behind));
  };
  EXPECT_THAT(lines(definition("SecRuleRemoveById 101", 19), "a.conf"), ElementsAre("13:29"));
  EXPECT_THAT(lines(definition("skipAfter:END", 11), "a.conf"), ElementsAre("16:10"));
  EXPECT_THAT(lines(definition("TX:score", 4), "a.conf"), ElementsAre("12:15"));
  EXPECT_THAT(lines(definition("words.data", 2), "words.data"), ElementsAre("0:0"));
}

TEST_F(Features, FindReferences) {
  write("t/100.yaml", "rule_id: 100\ntests:\n  - test_id: 1\n    expect_ids: [100]\n");
  const Json all = request("textDocument/references", at("a.conf", "id:100", 4));
  EXPECT_THAT(lines(all, "a.conf"), ElementsAre("15:76", "4:8"));
  EXPECT_THAT(lines(all, "t/100.yaml"), ElementsAre("0:9", "3:17"));
  Json params = at("a.conf", "id:100", 4);
  params["context"]["includeDeclaration"] = false;
  EXPECT_THAT(lines(request("textDocument/references", params), "a.conf"), ElementsAre("15:76"));
}

TEST_F(Features, RenameAtAllPlaces) {
  write("100.yaml", "rule_id: 100\ntests:\n");
  auto texts = renamed("id:100", 4, "200");
  EXPECT_THAT(texts["a.conf"], HasSubstr("id:200,"));
  EXPECT_THAT(texts["a.conf"], HasSubstr("ruleRemoveTargetById=200;"));
  EXPECT_EQ(texts["100.yaml"], "rule_id: 200\ntests:\n");
  texts = renamed("TX:score", 4, "sum");
  EXPECT_THAT(texts["a.conf"], HasSubstr("TX:sum \"@gt"));
  EXPECT_THAT(texts["a.conf"], HasSubstr("%{TX.sum}"));
  EXPECT_THAT(texts["a.conf"], HasSubstr("tx.sum=+5"));
  texts = renamed("skipAfter:END", 11, "STOP");
  EXPECT_THAT(texts["a.conf"], HasSubstr("SecMarker STOP"));
  EXPECT_THAT(texts["a.conf"], HasSubstr("skipAfter:STOP"));
  texts = renamed("tag:'attack'", 6, "evil");
  EXPECT_THAT(texts["a.conf"], HasSubstr("tag:'evil'"));
  EXPECT_THAT(texts["a.conf"], HasSubstr("ruleRemoveByTag=evil"));
  EXPECT_THAT(texts["a.conf"], HasSubstr("SecRuleUpdateTargetByTag evil"));
  texts = renamed("words.data", 2, "terms.data");
  EXPECT_THAT(texts["a.conf"], HasSubstr("@pmFromFile terms.data"));
  EXPECT_EQ(texts["kind"], "rename");
}

TEST_F(Features, RefuseNamesThatDoNotFit) {
  const auto error = [&](std::string_view text, size_t behind, const std::string& name) {
    Json params = at("a.conf", text, behind);
    params["newName"] = name;
    return response("textDocument/rename", params)["error"]["message"].get<std::string>();
  };
  EXPECT_EQ(error("id:100", 4, "x"), "an id is a number above 0");
  EXPECT_EQ(error("id:100", 4, "102"), "there is 102 already");
  EXPECT_EQ(error("TX:score", 4, "a b"), "a variable's name has letters, digits, _, - and .");
  EXPECT_THAT(error("# a comment", 0, "x"), HasSubstr("nothing here"));
}

TEST_F(Features, PrepareARename) {
  EXPECT_EQ(request("textDocument/prepareRename", at("a.conf", "id:100", 4))["placeholder"], "100");
  EXPECT_TRUE(request("textDocument/prepareRename", at("a.conf", "# a comment")).is_null());
}

// --- structure ---

TEST_F(Features, ListSymbols) {
  const Json symbols = request("textDocument/documentSymbol", document("a.conf"));
  std::vector<std::string> names;
  for (const Json& symbol : symbols) names.push_back(symbol["name"]);
  EXPECT_THAT(names, ElementsAre("SecDefaultAction", "100", "101", "102", "END",
                                 "SecRuleRemoveById", "SecRuleUpdateTargetByTag"));
  EXPECT_EQ(symbols[1]["detail"], "A message %{TX.score}");
  EXPECT_THAT(symbols[2]["children"], SizeIs(1));
}

TEST_F(Features, SearchTheWorkspace) {
  const Json found = request("workspace/symbol", {{"query", "message"}});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["name"], "100 A message %{TX.score}");
}

TEST_F(Features, Fold) {
  std::vector<std::string> folds;
  for (const Json& each : request("textDocument/foldingRange", document("a.conf"))) {
    folds.push_back(each["startLine"].dump() + "-" + each["endLine"].dump());
  }
  EXPECT_THAT(folds, ElementsAre("3-12", "13-14", "1-2"));
}

TEST_F(Features, SelectMoreAndMore) {
  Json params = document("a.conf");
  params["positions"] = Json::array({place("a.conf", "score \"@gt", 2)});
  const Json result = request("textDocument/selectionRange", params);
  std::vector<int> starts;
  for (Json each = result[0]; !each.is_null(); each = each.value("parent", Json())) {
    starts.push_back(each["range"]["start"]["character"]);
  }
  EXPECT_THAT(starts, ElementsAre(11, 8, 0, 0));
}

TEST_F(Features, PaintWords) {
  const Json data = request("textDocument/semanticTokens/full", document("a.conf"))["data"];
  ASSERT_EQ(data.size() % 5, 0U);
  // SecDefaultAction is a keyword at the start.
  EXPECT_EQ(Json(std::vector<int>(data.begin(), data.begin() + 5)), (Json{0, 0, 16, 0, 0}));
  Json params = document("a.conf");
  params["range"] = {{"start", {{"line", 16}, {"character", 0}}},
                     {"end", {{"line", 17}, {"character", 0}}}};
  const Json part = request("textDocument/semanticTokens/range", params)["data"];
  EXPECT_EQ(part, (Json{16, 0, 9, 0, 0, 0, 10, 3, 4, 0}));
}

// --- changes ---

TEST_F(Features, Format) {
  open("b.conf", "SecRule  ARGS \"@streq x\"   \"id:1,phase:2,deny\"\nSecMarker  A\n");
  const Json edits = request("textDocument/formatting", document("b.conf"));
  EXPECT_EQ(applied(texts_["b.conf"], edits),
            "SecRule ARGS \"@streq x\" \"id:1,phase:2,deny\"\nSecMarker \"A\"\n");
  Json params = document("b.conf");
  params["range"] = {{"start", {{"line", 1}, {"character", 0}}},
                     {"end", {{"line", 1}, {"character", 3}}}};
  EXPECT_EQ(applied(texts_["b.conf"], request("textDocument/rangeFormatting", params)),
            "SecRule  ARGS \"@streq x\"   \"id:1,phase:2,deny\"\nSecMarker \"A\"\n");
}

TEST_F(Features, LeaveWhatCannotBeReadAsItIs) {
  open("b.conf", "SecRule  ARGS \"@streq x\n");
  EXPECT_THAT(request("textDocument/formatting", document("b.conf")), IsEmpty());
}

class Actions : public Features {
 protected:
  /// The document after the action of that title.
  std::string done(const std::string& name, std::string_view text, const std::string& title) {
    Json params = document(name);
    params["range"] = {{"start", place(name, text)}, {"end", place(name, text)}};
    params["context"] = {{"diagnostics", Json::array()}};
    std::string titles;
    for (const Json& action : request("textDocument/codeAction", params)) {
      titles += action["title"].get<std::string>() + "\n";
      if (action["title"] != title) continue;
      return applied(texts_[name], action["edit"]["documentChanges"][0]["edits"]);
    }
    return titles;
  }
};

TEST_F(Actions, ApplyAFix) {
  open("b.conf", "SecRule ARGZ \"@streq x\" \"id:1,phase:2,deny,status:403\"\n");
  EXPECT_EQ(done("b.conf", "ARGZ", "write ARGS"),
            "SecRule ARGS \"@streq x\" \"id:1,phase:2,deny,status:403\"\n");
}

TEST_F(Actions, IgnoreAFindingWithAReason) {
  open("b.conf", "# first\n  SecRule ARGZ \"@streq x\" \"id:1,phase:2,deny\"\n");
  EXPECT_EQ(done("b.conf", "ARGZ", "Ignore unknown-variable here, with a reason"),
            "# first\n  # wafcheck: ignore[unknown-variable] reason\n"
            "  SecRule ARGZ \"@streq x\" \"id:1,phase:2,deny\"\n");
}

TEST_F(Actions, AddAnId) {
  open(
      "b.conf",
      "SecRule ARGS \"@streq x\" \"id:7,phase:2,deny\"\nSecRule ARGS \"@rx a\" \"phase:2,deny\"\n");
  EXPECT_THAT(done("b.conf", "SecRule ARGS \"@rx", "Add an id that no rule has"),
              HasSubstr("\"id:8,phase:2,deny\""));
}

TEST_F(Actions, CreateAnExclusion) {
  EXPECT_TRUE(done("a.conf", "SecRule ARGS:id", "Exclude ARGS:id from rule 100")
                  .ends_with("SecRuleUpdateTargetById 100 \"!ARGS:id\"\n"));
}

// --- hints, calls, lenses ---

TEST_F(Features, HintWhatIsNotWritten) {
  Json params = document("a.conf");
  params["range"] = {{"start", {{"line", 0}, {"character", 0}}},
                     {"end", {{"line", 99}, {"character", 0}}}};
  std::vector<std::string> hints;
  for (const Json& hint : request("textDocument/inlayHint", params)) {
    hints.push_back(hint["label"]);
  }
  EXPECT_THAT(hints, Contains("tx.score=+5"));
  EXPECT_THAT(hints, Contains(HasSubstr("t:lowercase by default")));
}

TEST_F(Features, FollowCalls) {
  const Json item = request("textDocument/prepareCallHierarchy", at("a.conf", "id:100"))[0];
  EXPECT_EQ(item["name"], "100");
  const Json to = request("callHierarchy/outgoingCalls", {{"item", item}});
  ASSERT_EQ(to.size(), 1U);
  EXPECT_EQ(to[0]["to"]["name"], "END");
  const Json from = request("callHierarchy/incomingCalls", {{"item", to[0]["to"]}});
  ASSERT_EQ(from.size(), 1U);
  EXPECT_EQ(from[0]["from"]["name"], "100");
  const Json chain = request("textDocument/prepareCallHierarchy", at("a.conf", "id:101"))[0];
  EXPECT_EQ(request("callHierarchy/outgoingCalls", {{"item", chain}})[0]["to"]["name"],
            "101, link 2");
}

/// Rules in a file of another format have all that rules in files of their own have.
class Embedded : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    start({{"workspace", {{"workspaceEdit", {{"documentChanges", true}}}}}});
    open("app.yaml",
         "kind: Ingress\nmetadata:\n  name: shop\n  annotations:\n"
         "    nginx.ingress.kubernetes.io/modsecurity-snippet: |\n"
         "      SecRule  ARGS \"@rx ^a+$\" \"id:1,phase:2,deny,status:403\"\n"
         "      SecRuleRemoveById 1\n",
         "yaml");
  }
};

TEST_F(Embedded, HaveHoversAndCompletions) {
  EXPECT_THAT(hover("app.yaml", "deny"), HasSubstr("**deny**"));
  EXPECT_THAT(hover("app.yaml", "id:1"), HasSubstr("Rule 1"));
  EXPECT_THAT(labels("app.yaml", "ARGS", 2), Contains("ARGS_NAMES"));
}

TEST_F(Embedded, HaveDefinitionsAndRenames) {
  const Json found = request("textDocument/definition", at("app.yaml", "SecRuleRemoveById 1", 18));
  EXPECT_THAT(lines(found, "app.yaml"), ElementsAre("5:35"));
  Json params = at("app.yaml", "id:1", 3);
  params["newName"] = "20";
  const Json result = request("textDocument/rename", params);
  const std::string after = applied(texts_["app.yaml"], result["documentChanges"][0]["edits"]);
  EXPECT_THAT(after, HasSubstr("\"id:20,phase"));
  EXPECT_TRUE(after.ends_with("\n      SecRuleRemoveById 20\n"));
}

TEST_F(Embedded, HaveStructure) {
  EXPECT_THAT(request("textDocument/documentSymbol", document("app.yaml")), SizeIs(2));
  const Json data = request("textDocument/semanticTokens/full", document("app.yaml"))["data"];
  EXPECT_EQ(Json(std::vector<int>(data.begin(), data.begin() + 5)), (Json{5, 6, 7, 0, 0}));
}

TEST_F(Embedded, AreFormattedAsTheyAreIndented) {
  const std::string after =
      applied(texts_["app.yaml"], request("textDocument/formatting", document("app.yaml")));
  EXPECT_THAT(after, HasSubstr("|\n      SecRule ARGS \"@rx ^a+$\" \"id:1,phase:2,deny,"
                               "status:403\"\n      SecRuleRemoveById 1\n"));
}

TEST_F(ServerTest, RunsTheTestsOfARule) {
  start();
  const auto test = [](int number, const std::string& query, const std::string& expected) {
    return "  - test_id: " + std::to_string(number) +
           "\n    stages:\n      - input:\n          uri: \"/?" + query +
           "\"\n          headers:\n            Host: localhost\n            Accept: x\n" +
           "        output:\n          log:\n            " + expected + ": [100]\n";
  };
  write("tests/100.yaml", "rule_id: 100\ntests:\n" + test(1, "a=evil", "expect_ids") +
                              test(2, "a=good", "no_expect_ids"));
  const std::string rule =
      "SecRuleEngine On\nSecRule ARGS \"@streq evil\" \"id:100,phase:1,deny,status:403,log\"\n";
  open("a.conf", rule);
  const auto lens = [&] {
    const Json lenses = request("textDocument/codeLens", document("a.conf"));
    EXPECT_EQ(lenses.size(), 1U);
    return request("codeLens/resolve", lenses[0])["command"]["title"].get<std::string>();
  };
  EXPECT_EQ(lens(), "2 tests: pass");
  change("a.conf", "SecRuleEngine On\nSecRule ARGS \"@streq good\" \"id:100,phase:1,deny,log\"\n");
  EXPECT_EQ(lens(), "2 tests: 2 failed (100-1, 100-2)");
}

TEST_F(ServerTest, RunsTestsOfCrsAsTheyWantIt) {
  const std::filesystem::path shared = tests::shared();
  if (!std::filesystem::exists(shared / "crs-tests")) GTEST_SKIP() << "there is no CRS";
  std::filesystem::copy(shared / "crs", "crs", std::filesystem::copy_options::recursive);
  const std::string test = "REQUEST-942-APPLICATION-ATTACK-SQLI/942120.yaml";
  write("942120.yaml", read(shared / "crs-tests" / test));
  start();
  const std::string name = "crs/rules/REQUEST-942-APPLICATION-ATTACK-SQLI.conf";
  open(name, read(name));
  const Json lenses = request("textDocument/codeLens", document(name));
  ASSERT_EQ(lenses.size(), 1U);
  const Json lens = request("codeLens/resolve", lenses[0]);
  EXPECT_TRUE(lens["command"]["title"].get<std::string>().ends_with(" tests: pass"))
      << lens["command"]["title"];
}

TEST_F(ServerTest, ReplaysPinnedTraffic) {
  start(Json::object(), {{"traffic", {"site.http"}}});
  write("site.http", "GET /?a=good HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string rule =
      "SecRuleEngine On\nSecRule ARGS \"@streq evil\" \"id:100,phase:1,deny,status:403,log\"\n";
  open("a.conf", rule);
  const auto lens = [&] {
    const Json lenses = request("textDocument/codeLens", document("a.conf"));
    EXPECT_EQ(lenses.size(), 1U);
    return request("codeLens/resolve", lenses[0])["command"]["title"].get<std::string>();
  };
  EXPECT_EQ(lens(), "site.http: 1 transaction, 0 blocked; as saved");
  change("a.conf", "SecRuleEngine On\nSecRule ARGS \"@streq good\" \"id:100,phase:1,deny,log\"\n");
  EXPECT_EQ(lens(),
            "site.http: 1 transaction, 1 blocked; 1 other than as saved (entry 0: pass, now deny)");
  write("a.conf", texts_["a.conf"]);
  notify("textDocument/didSave", document("a.conf"));
  EXPECT_EQ(lens(), "site.http: 1 transaction, 1 blocked; as saved");
}

}  // namespace
}  // namespace wafcheck::cli::lsp
