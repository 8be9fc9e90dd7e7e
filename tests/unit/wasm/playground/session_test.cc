#include "wasm/playground/session.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "parser/base/base64.h"
#include "tests/test_data.h"

namespace wafcheck::wasm::playground {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kRule =
    "SecRule ARGS \"@contains evil\" \"id:1,phase:2,deny,status:403,msg:'Evil',t:lowercase\"\n";

Json rules_of(std::string_view after, std::string_view base = "none") {
  return {{"engine", "default"}, {"base", base}, {"recommended", false},
          {"paranoia", 0},       {"before", ""}, {"after", after}};
}

Json answer(Session& session, const Json& call) {
  return Json::parse(session.answer(call.dump()));
}

Json run(Session& session, const Json& rules, std::string_view request) {
  return answer(session, {{"call", "run"}, {"rules", rules}, {"request", request}});
}

TEST(PlaygroundSession, TellsTheEnginesThatItModels) {
  Session session;
  const Json about = answer(session, {{"call", "about"}});
  EXPECT_EQ(about["version"], WAFCHECK_VERSION);
  ASSERT_EQ(about["engines"].size(), 4U);
  EXPECT_EQ(about["engines"][0]["name"], "default");
}

TEST(PlaygroundSession, DecidesAndShowsTheBytesThatMatched) {
  Session session;
  const Json out = run(session, rules_of(kRule), "GET /?q=an+EVIL+one HTTP/1.1\nHost: a\n\n");
  EXPECT_TRUE(out["rules"]["loaded"]);
  const Json& transaction = out["transaction"];
  EXPECT_EQ(transaction["decision"], "deny");
  EXPECT_EQ(transaction["interruption"]["status"], 403);
  const Json& why = transaction["why"][0];
  EXPECT_EQ(why["target"], "ARGS:q");
  EXPECT_EQ(why["value"], "an EVIL one");
  EXPECT_EQ(why["match"], Json({3, 7}));
  EXPECT_EQ(transaction["trace"][0]["targets"][0]["transformations"][0]["value"], "an evil one");
  ASSERT_EQ(out["log"].size(), 1U);
  EXPECT_NE(out["log"][0].get<std::string>().find("[id \"1\"]"), std::string::npos);
}

TEST(PlaygroundSession, ARequestThatChangesIsEvaluatedAnew) {
  Session session;
  EXPECT_EQ(run(session, rules_of(kRule), "GET /?q=evil HTTP/1.1\n\n")["transaction"]["decision"],
            "deny");
  EXPECT_EQ(run(session, rules_of(kRule), "GET /?q=good HTTP/1.1\n\n")["transaction"]["decision"],
            "pass");
}

TEST(PlaygroundSession, RulesThatDoNotLoadAreToldWithTheirPlace) {
  Session session;
  const Json out =
      run(session, rules_of("\nSecRule ARGS \"@rx (\" \"id:1,deny\"\n"), "GET / HTTP/1.1\n\n");
  EXPECT_FALSE(out["rules"]["loaded"]);
  EXPECT_TRUE(out["transaction"].is_null());
  const Json& finding = out["rules"]["findings"][0];
  EXPECT_EQ(finding["file"], "rules.conf");
  EXPECT_EQ(finding["line"], 2);
  EXPECT_EQ(finding["column"], 19);
}

TEST(PlaygroundSession, LintReportsOnTheUsersFilesOnly) {
  Session session;
  const Json own = answer(
      session,
      {{"call", "lint"}, {"rules", rules_of("SecRule ARG \"@rx a\" \"id:1,pass\"\n", "wafcheck")}});
  ASSERT_FALSE(own["findings"].empty());
  for (const Json& finding : own["findings"]) EXPECT_EQ(finding["file"], "rules.conf");
  EXPECT_EQ(own["findings"][0]["check"], "unknown-variable");
  EXPECT_EQ(own["findings"][0]["fix"]["edits"][0]["replacement"], "ARGS");
}

TEST(PlaygroundSession, EvaluatesWithTheShippedRules) {
  Session session;
  Json rules = rules_of("", "wafcheck");
  rules["recommended"] = true;
  const Json out = run(session, rules,
                       "GET /?id=1%27%20UNION%20SELECT%20a%20FROM%20b-- HTTP/1.1\n"
                       "Host: a\n\n");
  EXPECT_EQ(out["transaction"]["decision"], "deny");
  EXPECT_EQ(out["threshold"], 5);
}

TEST(PlaygroundSession, BytesThatAreNoTextAreTakenAsTheyAre) {
  Session session;
  const std::string_view request(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: "
      "application/x-www-form-urlencoded\r\n\r\nq=\xFF\0evil",
      85);
  const Json out =
      answer(session, {{"call", "run"},
                       {"rules", rules_of(std::string("SecRequestBodyAccess On\n") += kRule)},
                       {"request_base64", base64_encode(request)}});
  const Json& why = out["transaction"]["why"][0];
  EXPECT_EQ(base64_decode_lenient(why["value_base64"].get<std::string>()).value(),
            std::string_view("\xFF\0evil", 6));
  EXPECT_EQ(why["match"], Json({2, 6}));
}

TEST(PlaygroundSession, AResponseBelowTheRequestIsEvaluatedToo) {
  Session session;
  const Json out = run(session,
                       rules_of("SecResponseBodyAccess On\n"
                                "SecRule RESPONSE_BODY \"@contains secret\" "
                                "\"id:1,phase:4,deny,status:502\"\n"),
                       "GET / HTTP/1.1\nHost: a\n\nHTTP/1.1 200 OK\nContent-Type: text/html\n\n"
                       "a secret\n");
  EXPECT_EQ(out["transaction"]["interruption"]["phase"], 4);
  EXPECT_EQ(out["transaction"]["interruption"]["status"], 502);
}

TEST(PlaygroundSession, TheEntryThatIsAskedForIsEvaluated) {
  Session session;
  Json call = {{"call", "run"},
               {"rules", rules_of(kRule)},
               {"request", "GET /a HTTP/1.1\n\n###\nGET /b?q=evil HTTP/1.1\n\n"},
               {"entry", 1}};
  Json out = answer(session, call);
  EXPECT_EQ(out["entries"].size(), 2U);
  EXPECT_EQ(out["transaction"]["request"]["uri"], "/b?q=evil");
  call["entry"] = 2;
  out = answer(session, call);
  EXPECT_EQ(out["fault"], "there is no entry 2");
  EXPECT_TRUE(out["transaction"].is_null());
}

TEST(PlaygroundSession, ReadsACurlCommandAsTheRequestThatItSends) {
  Session session;
  const Json out = answer(
      session, {{"call", "read"},
                {"request", "curl 'http://a.example/x?y=1' -H 'X-Test: 1' --data-raw 'b=2'"}});
  ASSERT_EQ(out["entries"].size(), 1U);
  const std::string text = out["entries"][0]["text"];
  EXPECT_TRUE(text.starts_with("POST /x?y=1 HTTP/1.1\r\nHost: a.example\r\n")) << text;
  EXPECT_TRUE(text.ends_with("\r\n\r\nb=2")) << text;
}

TEST(PlaygroundSession, ALineOfAnEntryIsTheEntry) {
  Session session;
  const Json har = Json::parse(R"({"log":{"entries":[
      {"request":{"method":"GET","url":"http://a/?q=evil","httpVersion":"HTTP/1.1","headers":[
        {"name":"Host","value":"a"}]},
       "response":{"status":200,"statusText":"OK","httpVersion":"HTTP/1.1","headers":[],
        "content":{"text":"hello"}}},
      {"request":{"method":"GET"}}]}})");
  const Json out = answer(session, {{"call", "read"}, {"request", har.dump()}});
  EXPECT_EQ(out["format"], "har");
  ASSERT_EQ(out["entries"].size(), 2U);
  EXPECT_EQ(out["entries"][0]["status"], 200);
  EXPECT_TRUE(out["entries"][1].contains("error"));
  const Json again = run(session, rules_of(kRule), out["entries"][0]["line"].get<std::string>());
  EXPECT_EQ(again["transaction"]["decision"], "deny");
  EXPECT_EQ(again["transaction"]["response"]["status"], 200);
}

TEST(PlaygroundSession, SaysWhenItIsNoRequest) {
  Session session;
  const Json out = run(session, rules_of(kRule), "hello");
  EXPECT_TRUE(out["transaction"].is_null());
  EXPECT_TRUE(out["fault"].get<std::string>().starts_with("This is no request."));
}

TEST(PlaygroundSession, ExplainsARule) {
  Session session;
  const Json out = answer(session, {{"call", "explain"}, {"rules", rules_of(kRule)}, {"id", 1}});
  EXPECT_TRUE(out["texts"][0].get<std::string>().starts_with("Rule 1: Evil"));
  EXPECT_EQ(answer(session, {{"call", "explain"}, {"rules", rules_of(kRule)}, {"id", 2}})["error"],
            "no rule has the id 2");
}

TEST(PlaygroundSession, WhatIsWrongWithACallIsAnAnswer) {
  struct Row {
    std::string_view call, error;
  };
  const Row rows[] = {
      {"", "the call is no JSON"},
      {"[1]", "there is no call"},
      {R"({"call":"no"})", "there is no call no"},
      {R"({"call":"run"})", "rules are missing"},
      {R"({"call":"run","rules":{"engine":"x"}})", "\"x\" is not an engine"},
      {R"({"call":"run","rules":{"engine":"coraza","base":"none"}})", "before is missing"},
      {R"({"call":"run","rules":{"engine":"coraza","base":"x","before":"","after":""}})",
       "there is no base x"},
      {R"({"call":"run","rules":{"engine":"coraza","base":"crs","before":"","after":""}})",
       "no Core Rule Set is loaded"},
      {R"({"call":"run","rules":{"engine":"coraza","base":"none","before":"","after":"",)"
       R"("paranoia":5}})",
       "the paranoia level is 1 to 4"},
      {R"({"call":"run","rules":{"engine":"coraza","base":"none","before":"","after":""}})",
       "request is missing"},
      {R"({"call":"crs","files":[{"name":"rules/a.conf"}]})", "a file has no name or text"},
      {R"({"call":"crs","files":[]})", "there is no crs-setup.conf"},
  };
  for (const Row& row : rows) {
    Session session;
    const Json out = Json::parse(session.answer(row.call));
    EXPECT_TRUE(out.value("error", "").starts_with(row.error)) << row.call << ": " << out;
  }
}

/// The files of a Core Rule Set, as playground/build packs them.
Json crs_files(const std::filesystem::path& folder) {
  Json files = Json::array();
  const auto add = [&](const std::filesystem::path& path, const std::string& name) {
    files.push_back({{"name", name}, {"text", tests::read(path)}});
  };
  add(folder / "crs-setup.conf.example", "crs-setup.conf");
  for (const auto& entry : std::filesystem::directory_iterator(folder / "rules")) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".conf") || name.ends_with(".data")) add(entry.path(), "rules/" + name);
  }
  return files;
}

TEST(PlaygroundSession, EvaluatesTheCoreRuleSetAtTheParanoiaLevel) {
  const std::filesystem::path folder = tests::shared() / "crs";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no test data at " << folder;
  Session session;
  ASSERT_GT(answer(session, {{"call", "crs"}, {"files", crs_files(folder)}})["files"], 30);
  Json rules = rules_of("", "crs");
  rules["recommended"] = true;
  rules["paranoia"] = 1;
  const std::string_view request =
      "GET /?id=1%27%20or%201=1-- HTTP/1.1\nHost: a\nUser-Agent: b\nAccept: */*\n\n";
  Json out = run(session, rules, request);
  EXPECT_EQ(out["transaction"]["interruption"]["rule_id"], 949110);
  const Json lowest = out["transaction"]["scores"]["inbound"];
  rules["paranoia"] = 4;
  out = run(session, rules, request);
  EXPECT_GT(out["transaction"]["scores"]["inbound"], lowest);
  // An exclusion that comes after the rules.
  rules["paranoia"] = 1;
  rules["after"] = "SecRuleUpdateTargetById 942100 \"!ARGS:id\"\n";
  EXPECT_EQ(run(session, rules, request)["transaction"]["decision"], "pass");
}

TEST(PlaygroundFiles, PathsAreReadAsADiskReadsThem) {
  MemoryFiles files;
  files.put("a/b/c.conf", "c");
  files.put("a/b/.hidden.conf", "h");
  EXPECT_EQ(files.read("a/./b/../b//c.conf").value(), "c");
  EXPECT_FALSE(files.read("a/b/d.conf"));
  EXPECT_FALSE(files.read("a/b"));
  EXPECT_TRUE(files.is_directory("a"));
  EXPECT_FALSE(files.is_directory("a/b/c.conf"));
  EXPECT_EQ(files.glob("a/*/*.conf"), std::vector<std::string>{"a/b/c.conf"});
  files.remove_below("a");
  EXPECT_FALSE(files.is_directory("a"));
}

}  // namespace
}  // namespace wafcheck::wasm::playground
