// The server's life, its documents and its findings.

#include <gmock/gmock.h>

#include "tests/unit/cli/lsp/server_fixture.h"

namespace wafcheck::cli::lsp {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kRule = "SecRule ARGS \"@streq x\" \"id:1,phase:2,deny,status:403\"\n";
constexpr const char* kFaulty = "SecRule ARGZ \"@streq x\" \"id:1,phase:2,deny,status:403\"\n";

int code_of(const Json& response) {
  return response["error"]["code"];
}

TEST_F(ServerTest, NegotiatesTheEncoding) {
  begin();
  const Json both = {{"general", {{"positionEncodings", {"utf-16", "utf-8"}}}}};
  EXPECT_EQ(request("initialize", {{"capabilities", both}})["capabilities"]["positionEncoding"],
            "utf-8");
  begin();
  EXPECT_EQ(
      request("initialize", {{"capabilities", Json::object()}})["capabilities"]["positionEncoding"],
      "utf-16");
}

TEST_F(ServerTest, AnswersOnlyOnceItIsInitialised) {
  begin();
  EXPECT_EQ(code_of(response("textDocument/hover", Json::object())), -32002);
  request("initialize", Json::object());
  EXPECT_EQ(code_of(response("initialize", Json::object())), -32600);
}

TEST_F(ServerTest, EndsAsItIsAsked) {
  start();
  EXPECT_TRUE(request("shutdown", nullptr).is_null());
  EXPECT_EQ(code_of(response("textDocument/hover", Json::object())), -32600);
  notify("exit", nullptr);
  EXPECT_TRUE(server_->ended());
  EXPECT_EQ(server_->exit_code(), kOk);
}

TEST_F(ServerTest, AnEndWithoutShutdownIsAFault) {
  start();
  notify("exit", nullptr);
  EXPECT_EQ(server_->exit_code(), kNo);
}

TEST_F(ServerTest, SurvivesWhatIsNoMessage) {
  start();
  for (const char* const text :
       {"", "{", "[]", "{}", "7", R"({"jsonrpc":"2.0"})", R"({"jsonrpc":"1.0","method":"x"})",
        R"({"jsonrpc":"2.0","id":{},"method":"x"})", R"({"jsonrpc":"2.0","id":1,"method":7})",
        R"({"jsonrpc":"2.0","method":"textDocument/didOpen","params":7})",
        R"({"jsonrpc":"2.0","method":"textDocument/didChange"})"}) {
    server_->receive(text);
  }
  server_->refuse_frame("no header");
  open("a.conf", kFaulty);
  EXPECT_THAT(codes("a.conf"), Contains("unknown-variable"));
}

TEST_F(ServerTest, NamesTheFaultOfAMessage) {
  start();
  server_->receive("{");
  EXPECT_EQ(code_of(sent_.back()), -32700);
  EXPECT_TRUE(sent_.back()["id"].is_null());
  server_->receive(R"({"id":7,"method":"x"})");
  EXPECT_EQ(code_of(sent_.back()), -32600);
  EXPECT_EQ(sent_.back()["id"], 7);
  EXPECT_EQ(code_of(response("no/such", Json::object())), -32601);
}

TEST_F(ServerTest, IgnoresUnknownNotifications) {
  start();
  notify("$/setTrace", {{"value", "off"}});
  EXPECT_THAT(sent_, IsEmpty());
}

TEST_F(ServerTest, RefusesACancelledRequest) {
  start();
  server_->is_cancelled = [](const std::string& id) { return id == "2"; };
  requests_ = 1;
  EXPECT_EQ(code_of(response("textDocument/hover", Json::object())), -32800);
}

TEST_F(ServerTest, PublishesFindings) {
  start();
  open("a.conf", kFaulty);
  const Json all = findings("a.conf");
  ASSERT_EQ(all.size(), 1U) << all.dump();
  EXPECT_EQ(all[0]["code"], "unknown-variable");
  EXPECT_EQ(all[0]["severity"], 1);
  EXPECT_EQ(all[0]["range"]["start"], (Json{{"line", 0}, {"character", 8}}));
  EXPECT_EQ(all[0]["range"]["end"], (Json{{"line", 0}, {"character", 12}}));
}

TEST_F(ServerTest, FollowsEdits) {
  start();
  open("a.conf", kFaulty);
  EXPECT_THAT(codes("a.conf"), Contains("unknown-variable"));
  const Json change = {
      {"range",
       {{"start", {{"line", 0}, {"character", 11}}}, {"end", {{"line", 0}, {"character", 12}}}}},
      {"text", "S"}};
  notify("textDocument/didChange", {{"textDocument", {{"uri", uri("a.conf")}, {"version", 2}}},
                                    {"contentChanges", Json::array({change})}});
  EXPECT_THAT(codes("a.conf"), Not(Contains("unknown-variable")));
  EXPECT_EQ(sent_.back()["params"]["version"], 2);
}

TEST_F(ServerTest, ANewerEditReplacesWorkOnAnOlderOne) {
  start();
  open("a.conf", kRule);
  server_->step();
  server_->step();
  change("a.conf", kFaulty);
  settle();
  size_t published = 0;
  for (const Json& message : sent_) {
    published += message.value("method", "") == "textDocument/publishDiagnostics" ? 1 : 0;
  }
  EXPECT_EQ(published, 1U);
  EXPECT_THAT(codes("a.conf"), Contains("unknown-variable"));
}

TEST_F(ServerTest, ReadsWhatIsNotSaved) {
  start();
  write("b.conf", kRule);
  open("main.conf", "Include b.conf\n");
  EXPECT_THAT(codes("main.conf"), IsEmpty());
  open("b.conf", kRule);
  change("b.conf", std::string(kRule) + kRule);
  EXPECT_THAT(codes("b.conf"), Contains("duplicate-id"));
  EXPECT_EQ(read("b.conf"), kRule);
}

TEST_F(ServerTest, FindsTheFilesThatIncludeTheOpenOne) {
  start();
  write("main.conf", std::string(kRule) + "Include b.conf\n");
  open("b.conf", kRule);
  EXPECT_THAT(codes("b.conf"), Contains("duplicate-id"));
}

TEST_F(ServerTest, TakesRulesetsOfTheConfiguration) {
  start();
  write("wafcheck.toml",
        "[rulesets.site]\nrules = [\"one.conf\", \"two.conf\"]\n"
        "[lint.severity]\nduplicate-id = \"warning\"\n");
  write("one.conf", kRule);
  open("two.conf", kRule);
  const Json all = findings("two.conf");
  ASSERT_FALSE(all.empty());
  EXPECT_EQ(all[0]["code"], "duplicate-id");
  EXPECT_EQ(all[0]["severity"], 2);
  EXPECT_EQ(all[0]["relatedInformation"][0]["location"]["uri"], uri("one.conf"));
}

TEST_F(ServerTest, TellsTheFaultsOfTheConfiguration) {
  start();
  write("wafcheck.toml", "rulez = []\n");
  open("a.conf", kRule);
  settle();
  const auto shown = std::ranges::find_if(sent_, [](const Json& message) {
    return message.value("method", "") == "window/showMessage";
  });
  ASSERT_NE(shown, sent_.end());
  EXPECT_THAT((*shown)["params"]["message"].get<std::string>(),
              testing::HasSubstr("unknown key \"rulez\""));
}

TEST_F(ServerTest, TakesTheEntryPointOfCorazasFile) {
  start();
  write(".coraza.json", R"({"entrypoint":"main.conf","global":true,"includePaths":["more"]})");
  write("one.conf", kRule);
  write("main.conf", "Include one.conf\nInclude two.conf\n");
  open("two.conf", kRule);
  EXPECT_THAT(codes("two.conf"), Contains("duplicate-id"));
  const auto shown = std::ranges::find_if(sent_, [](const Json& message) {
    return message.value("method", "") == "window/showMessage";
  });
  ASSERT_NE(shown, sent_.end());
  EXPECT_THAT((*shown)["params"]["message"].get<std::string>(),
              testing::HasSubstr(".coraza.json: includePaths is passed over"));
}

TEST_F(ServerTest, ReadsNothingOutsideOfTheWorkspace) {
  write("secret.conf", "SecRule ARGZ \"@streq secret\" \"id:9,phase:2,deny\"\n");
  std::filesystem::create_directory("in");
  folder_ += "/in";
  start();
  notify("textDocument/didOpen", {{"textDocument",
                                   {{"uri", uri("a.conf")},
                                    {"languageId", "seclang"},
                                    {"version", 1},
                                    {"text", "Include ../secret.conf\n"}}}});
  settle();
  std::string all;
  for (const Json& message : sent_) all += message.dump();
  EXPECT_THAT(all, testing::HasSubstr("outside of the root"));
  EXPECT_THAT(all, Not(testing::HasSubstr("ARGZ")));
}

TEST_F(ServerTest, ReadsNothingOfAFolderThatLeftTheWorkspace) {
  for (const std::string_view gone : {"first", "second"}) {
    SCOPED_TRACE(gone);
    start();
    const auto folders = [&](const std::vector<std::string>& names) {
      Json list = Json::array();
      for (const std::string& name : names) list.push_back({{"uri", uri(name)}, {"name", name}});
      return list;
    };
    const auto change_folders = [&](const Json& added, const Json& removed) {
      notify("workspace/didChangeWorkspaceFolders",
             {{"event", {{"added", added}, {"removed", removed}}}});
    };
    const std::string kept = gone == "first" ? "second" : "first";
    write("first/secret.conf", "SecRule ARGZ \"a\" \"id:1,phase:1,pass\"\n");
    write("second/secret.conf", "SecRule ARGZ \"a\" \"id:1,phase:1,pass\"\n");
    change_folders(folders({"first", "second"}), Json::array({{{"uri", uri("")}, {"name", ""}}}));
    open(kept + "/a.conf", "Include ../" + std::string(gone) + "/secret.conf\n");
    EXPECT_EQ(codes(kept + "/a.conf"), std::vector<std::string>());
    change_folders(Json::array(), folders({std::string(gone)}));
    EXPECT_THAT(codes(kept + "/a.conf"),
                testing::AllOf(testing::Not(testing::IsEmpty()), testing::Each("file-unreadable")));
  }
}

TEST_F(ServerTest, FindsRulesInOtherFiles) {
  start();
  open("app.yaml",
       "kind: Ingress\nmetadata:\n  name: shop\n  annotations:\n"
       "    nginx.ingress.kubernetes.io/modsecurity-snippet: |\n"
       "      SecRule ARGZ \"@streq x\" \"id:1,phase:2,deny,status:403\"\n",
       "yaml");
  const Json all = findings("app.yaml");
  ASSERT_EQ(all.size(), 1U) << all.dump();
  EXPECT_EQ(all[0]["range"]["start"], (Json{{"line", 5}, {"character", 14}}));
}

TEST_F(ServerTest, ForgetsWhatIsClosed) {
  start();
  open("a.conf", kFaulty);
  EXPECT_THAT(codes("a.conf"), ElementsAre("unknown-variable"));
  notify("textDocument/didClose", document("a.conf"));
  EXPECT_THAT(codes("a.conf"), IsEmpty());
}

TEST_F(ServerTest, MarksWhatIsUnused) {
  start();
  open("a.conf", std::string(kRule) + "SecMarker END\n");
  const Json all = findings("a.conf");
  ASSERT_EQ(all.size(), 1U) << all.dump();
  EXPECT_EQ(all[0]["code"], "marker-unused");
  EXPECT_EQ(all[0]["tags"], Json::array({1}));
}

TEST_F(ServerTest, FindsSlowExpressionsOnceTheRestIsOut) {
  start({{"window", {{"workDoneProgress", true}}}});
  open("a.conf", "SecRule ARGS \"@rx ^(?:a+)+$\" \"id:1,phase:2,deny,status:403\"\n");
  EXPECT_THAT(codes("a.conf"), Contains("redos-exponential"));
  std::vector<std::string> kinds;
  size_t published = 0;
  for (const Json& message : sent_) {
    const std::string method = message.value("method", "");
    if (method == "$/progress") kinds.push_back(message["params"]["value"]["kind"]);
    published += method == "textDocument/publishDiagnostics" ? 1 : 0;
  }
  EXPECT_THAT(kinds, ElementsAre("begin", "end"));
  EXPECT_EQ(published, 2U);
  // It is known now.
  sent_.clear();
  change("a.conf", "# more\nSecRule ARGS \"@rx ^(?:a+)+$\" \"id:1,phase:2,deny,status:403\"\n");
  EXPECT_THAT(codes("a.conf"), Contains("redos-exponential"));
  EXPECT_EQ(sent_.size(), 1U);
}

TEST_F(ServerTest, TakesSettings) {
  start(Json::object(), {{"profile", "strict"}});
  open("a.conf", "SecRule  ARGS \"@streq x\" \"id:1,phase:2,deny,status:403\"\n");
  EXPECT_THAT(codes("a.conf"), Contains("format"));
  notify("workspace/didChangeConfiguration",
         {{"settings", {{"wafcheck", {{"profile", "default"}}}}}});
  EXPECT_THAT(codes("a.conf"), IsEmpty());
}

TEST_F(ServerTest, WatchesFilesWhereTheClientCan) {
  begin();
  request("initialize",
          {{"capabilities",
            {{"workspace", {{"didChangeWatchedFiles", {{"dynamicRegistration", true}}}}}}}});
  notify("initialized", Json::object());
  EXPECT_EQ(sent_.back()["method"], "client/registerCapability");
}

TEST_F(ServerTest, RereadsFilesThatChanged) {
  start();
  write("b.conf", "");
  open("main.conf", std::string(kRule) + "Include b.conf\n");
  EXPECT_THAT(codes("main.conf"), IsEmpty());
  write("b.conf", kRule);
  notify("workspace/didChangeWatchedFiles",
         {{"changes", Json::array({{{"uri", uri("b.conf")}, {"type", 2}}})}});
  EXPECT_THAT(codes("b.conf"), Contains("duplicate-id"));
}

}  // namespace
}  // namespace wafcheck::cli::lsp
