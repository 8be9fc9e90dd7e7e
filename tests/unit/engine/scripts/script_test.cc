#include "engine/scripts/script.h"

#include <gmock/gmock.h>

#include <stdexcept>

namespace wafcheck::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class TestHost : public ScriptHost {
 public:
  void log(int level, std::string_view text) override {
    logged.push_back(std::to_string(level) + " " + std::string(text));
  }
  std::optional<std::string_view> value(
      std::string_view name, std::span<const std::string_view> transformations) override {
    for (const std::string_view step : transformations) asked.emplace_back(step);
    if (name == "throws") throw std::runtime_error("spent");
    if (name == "none") return std::nullopt;
    return bytes;
  }
  void values(std::string_view, std::span<const std::string_view>,
              std::vector<ScriptValue>& found) override {
    found.push_back({"ARGS:a", "1"});
    found.push_back({"ARGS:b", "2"});
  }
  void set(std::string_view name, std::optional<std::string_view> value) override {
    assigned.push_back(std::string(name) + "=" + std::string(value.value_or("(unset)")));
  }

  std::string bytes = std::string("a\0\xff", 3);
  std::vector<std::string> logged, asked, assigned;
};

constexpr ScriptLimits kLimits{.steps = 100'000, .memory = size_t{4} << 20};

ScriptResult run(const std::string& text, TestHost& host,
                 std::optional<std::string_view> argument = std::nullopt,
                 ScriptAccess access = ScriptAccess::limited) {
  const auto script = compile_script("dir/s.lua", text, access);
  if (!script) return {.matched = {}, .error = script.error().message};
  return (*script)->run(host, argument, kLimits);
}
ScriptResult run(const std::string& text) {
  TestHost host;
  return run(text, host);
}
/// Runs statements as main().
ScriptResult run_main(const std::string& body) {
  return run("function main(value)\n" + body + "\nend");
}

// --- what main() returns ---

TEST(Script, MatchesWithTheTextThatMainReturns) {
  EXPECT_EQ(run_main("return 'found'").matched, "found");
}
TEST(Script, MatchesWithANumberAsText) {
  EXPECT_EQ(run_main("return 5").matched, "5");
}
TEST(Script, DoesNotMatchOtherwise) {
  for (const char* result : {"nil", "true", "false", "''", "{}", "main"}) {
    const ScriptResult ran = run_main(std::string("return ") + result);
    EXPECT_EQ(ran.matched, std::nullopt) << result;
    EXPECT_EQ(ran.error, "") << result;
  }
}
TEST(Script, GetsTheValueThatItInspects) {
  TestHost host;
  EXPECT_EQ(run("function main(value) return value .. '!' end", host, "a").matched, "a!");
}

// --- m ---

TEST(Script, LogsWithALevel) {
  TestHost host;
  run("function main() m.log(4, 'hello') end", host);
  EXPECT_THAT(host.logged, ElementsAre("4 hello"));
}
TEST(Script, GetsBytesWhole) {
  EXPECT_EQ(run_main("return m.getvar('ARGS.a')").matched, std::string("a\0\xff", 3));
}
TEST(Script, GetsNilForWhatIsNotThere) {
  EXPECT_EQ(run_main("return tostring(m.getvar('none'))").matched, "nil");
}
TEST(Script, NamesOneTransformationOrATable) {
  TestHost host;
  run("function main() m.getvar('a', 'lowercase') m.getvar('a', {'trim', 'md5'}) end", host);
  EXPECT_THAT(host.asked, ElementsAre("lowercase", "trim", "md5"));
}
TEST(Script, GetsAllValuesWithTheirNames) {
  EXPECT_EQ(run_main("local v = m.getvars('ARGS')\n"
                     "return #v .. v[1].name .. v[1].value .. v[2].name .. v[2].value")
                .matched,
            "2ARGS:a1ARGS:b2");
}
TEST(Script, SetsAndUnsets) {
  TestHost host;
  run("function main() m.setvar('tx.a', 'x') m.setvar('tx.b', 7) m.setvar('tx.c', nil) end", host);
  EXPECT_THAT(host.assigned, ElementsAre("tx.a=x", "tx.b=7", "tx.c=(unset)"));
}

// --- errors ---

TEST(Script, ThatDoesNotCompileNamesItsLine) {
  EXPECT_THAT(run("function main()\nreturn (\nend").error, StartsWith("dir/s.lua:3: "));
}
TEST(Script, ThatFailsNamesItsLine) {
  EXPECT_EQ(run("function main()\nerror('boom')\nend").error, "dir/s.lua:2: boom");
}
TEST(Script, ThatFailsWithATableSaysSo) {
  EXPECT_EQ(run_main("error({})").error, "dir/s.lua: an error that is a table");
}
TEST(Script, WithoutMainFails) {
  EXPECT_EQ(run("x = 1").error, "dir/s.lua: there is no function main");
}
TEST(Script, IsNoBytecode) {
  EXPECT_THAT(run("\x1bLua").error, HasSubstr("attempt to load a binary chunk"));
}
TEST(Script, PassesOnWhatTheHostThrows) {
  TestHost host;
  EXPECT_THROW(run("function main() pcall(m.getvar, 'throws') while true do end end", host),
               std::runtime_error);
}
TEST(Script, IsWrongAboutArgumentsWithAnError) {
  EXPECT_THAT(run_main("m.log('x')").error, HasSubstr("number expected"));
  EXPECT_THAT(run_main("m.getvar()").error, HasSubstr("string expected"));
}

// --- what a script does not get ---

TEST(Sandbox, HasNeitherFilesNorPrograms) {
  for (const char* name : {"io", "os", "debug", "package", "require", "load", "loadfile", "dofile",
                           "print", "collectgarbage", "coroutine", "string.dump", "table.move"}) {
    EXPECT_EQ(run_main(std::string("return type(") + name + ")").matched, "nil") << name;
  }
}
TEST(Sandbox, HasStringsTablesAndMath) {
  EXPECT_EQ(run_main("return table.concat({('a'):upper(), math.max(1, 2)})").matched, "A2");
}
TEST(Sandbox, OpensForUnsafeScripts) {
  TestHost host;
  EXPECT_EQ(run("function main() return type(os.time) end", host, std::nullopt,
                ScriptAccess::unsafe_libraries)
                .matched,
            "function");
}

// --- limits ---

class HostileScript : public ::testing::TestWithParam<const char*> {};
TEST_P(HostileScript, EndsAtALimit) {
  const ScriptResult ran = run_main(GetParam());
  EXPECT_TRUE(ran.over_limit) << ran.error;
  EXPECT_THAT(ran.error, StartsWith("dir/s.lua: more than "));
}
INSTANTIATE_TEST_SUITE_P(
    All, HostileScript,
    ::testing::Values("while true do end",  //
                      "while true do pcall(function() while true do end end) end",
                      "local function f() return pcall(f) or f() end f()",
                      "local t = {} while true do t[#t + 1] = {} end", "return ('a'):rep(1e9)",
                      "local s = 'a' while true do s = s .. s end",
                      "local s = ('a'):rep(1e6) while true do s = s:upper() end",
                      "return (('a'):rep(3000)):find('.-.-.-.-b')",
                      "return (('a'):rep(3000)):gsub('a*a*a*a*b', '')",
                      "for x in (('a'):rep(3000)):gmatch('(.*).*.*.*b') do end",
                      "while true do (('a'):rep(1e6)):find('b', 1, true) end",
                      "table.sort({1, 2, 3}, function() while true do end end)"));

TEST(Limits, OfTheStackEndARecursionOfMetamethods) {
  EXPECT_THAT(
      run_main("return setmetatable({}, {__index = function(t, k) return t[k + 1] end})[1]").error,
      HasSubstr("stack overflow"));
}
TEST(Limits, OfTheStackEndARecursion) {
  EXPECT_FALSE(run_main("local function f() return 1 + f() end f()").error.empty());
}
TEST(Limits, AreNotPassedByFinalizers) {
  EXPECT_THAT(run_main("setmetatable({}, {__gc = function() while true do end end})").error,
              EndsWith("scripts have no finalizers"));
}
TEST(Limits, AreNotPassedByLengthsThatAreMadeUp) {
  EXPECT_THAT(run_main("local t = setmetatable({}, {__len = function() return 1 << 60 end})\n"
                       "table.insert(t, 1, 'a')")
                  .error,
              EndsWith("the table has a length of its own"));
}
TEST(Limits, AreNotPassedByRepeatingNothing) {
  EXPECT_EQ(run_main("return #(''):rep(1 << 60)").matched, "0");
}

// --- patterns ---

/// As the libraries of Lua itself have it.
class Pattern : public ::testing::TestWithParam<const char*> {};
TEST_P(Pattern, MeansWhatItMeansInLua) {
  const std::string text = std::string(
                               "local function list(...)\n"
                               "  local s = '' for i = 1, select('#', ...) do\n"
                               "    s = s .. tostring((select(i, ...))) .. '|' end return s end\n"
                               "local function each(s, p)\n"
                               "  local t = '' for a, b in s:gmatch(p) do\n"
                               "    t = t .. tostring(a) .. ',' .. tostring(b) .. ';' end return t "
                               "end\n"
                               "function main() local ok, e = pcall(function() return ") +
                           GetParam() +
                           " end)\n"
                           "return tostring(e) end";
  TestHost host;
  const ScriptResult ours = run(text, host);
  const ScriptResult theirs = run(text, host, std::nullopt, ScriptAccess::unsafe_libraries);
  EXPECT_EQ(ours.error, "");
  EXPECT_EQ(ours.matched, theirs.matched);
}
INSTANTIATE_TEST_SUITE_P(
    All, Pattern,
    ::testing::Values(
        "list(('hello world'):find('o w'))", "list(('hello'):find('l', 4, true))",
        "list(('hello'):find('xyz'))", "list(('a.b'):find('.', 1, true))", "list((''):find('', 1))",
        "list((''):find('', 2))", "list(('abc'):find('', 4))", "list(('abc'):find('', 5))",
        "list(('abc'):find('b', -2))", "list(('abc'):find('a', -9))",
        "list(('key = value'):match('^(%w+)%s*=%s*(%w+)$'))", "list(('abc'):match('()b()'))",
        "list(('abc'):find('(b)(c)'))", "list(('f(a(b)c)d'):match('%b()'))",
        "list(('THE (quick) fox'):find('%f[%a]%a+%f[%A]'))", "list(('abab'):match('(ab)%1'))",
        "list(('aXb'):match('[^%l]'))", "list(('a]b'):match('[]]'))",
        "list(('a-b'):match('[a%-]+'))", "list(('0x1F'):match('0[xX](%x+)'))",
        "list(('aaa'):match('a-'))", "list(('aaab'):match('a-b'))", "list(('ab'):match('a?b?c?'))",
        "list(('a$'):match('%$'))", "list(('a$b'):match('$b'))", "list(('a\\0b'):match('%z?.b'))",
        "list(('hello'):gsub('l', 'L'))", "list(('hello'):gsub('', '-'))",
        "list(('hello'):gsub('l*', 'x'))", "list(('hello world'):gsub('(%w+)', '<%1>%%%0', 1))",
        "list(('abc'):gsub('%w', {a = '1', b = true, c = false}))",
        "list(('abc'):gsub('()', '%1'))", "list(('abc'):gsub('%w', string.upper))",
        "list(('abc'):gsub('^a', 'x'))", "list(('aaa'):gsub('^a', 'x'))",
        "list(('abc'):gsub('b', '%2'))", "list(('abc'):gsub('b', '%x'))",
        "list(('abc'):gsub('b', '%'))", "list(('abc'):gsub('b', function() return {} end))",
        "each('a=1, b=2', '(%w+)=(%w+)')", "each('abc', '')", "each('hello', 'l*')",
        "list(('a'):match('('))", "list(('a'):match(')'))", "list(('a'):match('['))",
        "list(('a'):match('%'))", "list(('a'):match('%1'))", "list(('a'):match('%b'))",
        "list(('a'):match('%fa'))", "list(('a'):gsub('a', nil))",
        "list((('a'):rep(300)):match(('a?'):rep(300)))", "list(('a1_'):match('[%a_][%w_]*'))",
        "list(('\xe4'):match('%a'))", "list(('abc'):match('[a-]+'))", "list(('a^'):match('[a^]+'))",
        "list(('abc'):match('[%a-z]+'))", "list(('x'):find('x', math.mininteger))"));

}  // namespace
}  // namespace wafcheck::engine
