// Fixes: how they are applied, and what holds for those of every check.

#include "lint/fixes/fixes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "lint/checks/check.h"
#include "lint/checks/edits.h"
#include "lint/checks/example.h"
#include "lint/report/text.h"

namespace wafcheck::lint {
namespace {

using parser::Diagnostic;
using parser::Edit;
using parser::RulesetModel;

TEST(Edits, LeaveEveryOtherByte) {
  const std::string bytes(
      "a\0b\r\n\xff"
      "cd",
      8);
  EXPECT_EQ(with_edits(bytes, {}), bytes);
  EXPECT_EQ(
      with_edits(bytes, {{{0, 6, 7}, "CC"}, {{0, 0, 0}, "<"}, {{0, 1, 2}, ""}, {{0, 8, 8}, ">"}}),
      std::string("<ab\r\n\xff"
                  "CCd>",
                  10));
}

/// Files in memory, and a loader that finds the word `from` of each row wherever it stands in a
/// comment and proposes `to` in its place; "bad" in a comment is an error.
class Workshop : public parser::FileSystem {
 public:
  struct Row {
    std::string from, to;
    bool safe = true;
    std::string_view check = "empty-action";
    std::string also_in{};  ///< the fix changes the word in this file too
  };

  std::map<std::string, std::string> files;
  std::vector<std::string> inputs;
  std::vector<Row> rows;

  Fixed fix_all(bool unsafe = false) {
    return lint::fix(
        *this, [this](parser::FileSystem& through) { return load(through); }, {}, unsafe);
  }

  Result<std::string> read(const std::string& path) override {
    const auto found = files.find(path);
    return found == files.end() ? Result<std::string>(fail("No such file or directory"))
                                : found->second;
  }
  bool is_directory(const std::string&) override { return false; }
  std::vector<std::string> glob(const std::string& pattern) override {
    return files.contains(pattern) ? std::vector<std::string>{pattern} : std::vector<std::string>();
  }
  std::string canonical(const std::string& path) override {
    return path.starts_with("./") ? path.substr(2) : path;
  }

 private:
  RulesetModel load(parser::FileSystem& through) const {
    parser::LoadOptions options;
    options.files = &through;
    RulesetModel ruleset = parser::load_model(inputs, options);
    for (const Row& row : rows) propose(ruleset, row);
    each(ruleset, "bad",
         [&](parser::Span span) { tell(ruleset, span, "binary-file", parser::Severity::error); });
    return ruleset;
  }

  template <typename Visit>
  static void each(const RulesetModel& ruleset, const std::string& word, Visit visit) {
    for (const parser::LoadedFile& file : ruleset.files) {
      const std::string& bytes = ruleset.sources[file.file].bytes;
      for (size_t at = bytes.find(word); at != std::string::npos; at = bytes.find(word, at + 1)) {
        visit(parser::Span{file.file, static_cast<uint32_t>(at),
                           static_cast<uint32_t>(at + word.size())});
      }
    }
  }

  static Diagnostic& tell(RulesetModel& ruleset, parser::Span span, std::string_view check,
                          parser::Severity severity) {
    Diagnostic& diagnostic = ruleset.diagnostics.emplace_back();
    diagnostic.check = check;
    diagnostic.severity = severity;
    diagnostic.span = span;
    return diagnostic;
  }

  static void propose(RulesetModel& ruleset, const Row& row) {
    each(ruleset, row.from, [&](parser::Span span) {
      if (!row.also_in.empty() && ruleset.sources[span.file].path == row.also_in) return;
      parser::Fix fix{"fix", row.safe, {{span, row.to}}};
      each(ruleset, row.from, [&](parser::Span other) {
        if (ruleset.sources[other.file].path == row.also_in) fix.edits.push_back({other, row.to});
      });
      tell(ruleset, span, row.check, parser::Severity::warning).fix = fix;
    });
  }
};

std::string shown(const Fixed& fixed) {
  std::string text;
  for (const FixedFile& file : fixed.files) text += file.path + ": " + file.after;
  for (const std::string& path : fixed.dropped) text += "dropped " + path + "\n";
  return text + std::to_string(*fixed.left.fixed);
}

struct FixCase {
  std::string_view about;
  std::map<std::string, std::string> files;
  std::vector<std::string> inputs;
  std::vector<Workshop::Row> rows;
  bool unsafe;
  std::string expected;
};

TEST(Fix, AppliesWhatIsSureAndFits) {
  const FixCase cases[] = {
      {"every place", {{"a", "# x x\n# x\n"}}, {"a"}, {{"x", "y"}}, false, "a: # y y\n# y\n3"},
      {"nothing to do", {{"a", "# y\n"}}, {"a"}, {{"x", "y"}}, false, "0"},
      {"unsafe ones only when asked for", {{"a", "# x\n"}}, {"a"}, {{"x", "y", false}}, false, "0"},
      {"unsafe ones when asked for",
       {{"a", "# x\n"}},
       {"a"},
       {{"x", "y", false}},
       true,
       "a: # y\n1"},
      {"one after the other",
       {{"a", "# x\n"}},
       {"a"},
       {{"x", "y"}, {"y", "z"}},
       false,
       "a: # z\n2"},
      {"not for ever", {{"a", "# x\n"}}, {"a"}, {{"x", "y"}, {"y", "x"}}, false, "10"},
      {"overlapping ones in turn",
       {{"a", "# abc\n"}},
       {"a"},
       {{"ab", "AB"}, {"bc", "BC"}, {"Bc", "B!"}},
       false,
       "a: # AB!\n2"},
      {"two checks in one directive in turn: the second has no say any more",
       {{"a", "SecAction \"id:1,pass,tag:x,tag:y\"\n"}},
       {"a"},
       {{"tag:x", "tag:z", true, "empty-action"},
        {"tag:x,tag:y", "tag:y", true, "trailing-comment"}},
       false,
       "a: SecAction \"id:1,pass,tag:z,tag:y\"\n1"},
      {"what makes an error is left out, the other file is fixed",
       {{"a", "# x\n"}, {"b", "# y\n"}},
       {"a", "b"},
       {{"x", "bad"}, {"y", "z"}},
       false,
       "b: # z\ndropped a\n1"},
      {"an error that was there already",
       {{"a", "# bad x\n"}},
       {"a"},
       {{"x", "y"}},
       false,
       "a: # bad y\n1"},
      {"a fix is made in all its files",
       {{"a", "# x\n"}, {"b", "# x\n"}},
       {"a", "b"},
       {{"x", "y", true, "empty-action", "b"}},
       false,
       "a: # y\nb: # y\n1"},
      {"or in none",
       {{"a", "# x\n"}, {"b", "# x q\n"}},
       {"a", "b"},
       {{"x", "y", true, "empty-action", "b"}, {"q", "bad", true, "trailing-comment"}},
       false,
       "dropped a\ndropped b\n0"},
      {"a file that is loaded twice",
       {{"a", "Include b\nInclude ./b\n"}, {"b", "# x\n"}},
       {"a"},
       {{"x", "y"}},
       false,
       "b: # y\n1"},
      {"included beside the input or below",
       {{"/r/a", "Include /r/s/b\nInclude /r/c\n"}, {"/r/s/b", "# x\n"}, {"/r/c", "# x\n"}},
       {"/r/a"},
       {{"x", "y"}},
       false,
       "/r/s/b: # y\n/r/c: # y\n2"},
      {"included from elsewhere",
       {{"/r/a", "Include /usr/b\nInclude /rr/c\n"}, {"/usr/b", "# x\n"}, {"/rr/c", "# x\n"}},
       {"/r/a"},
       {{"x", "y"}},
       false,
       "0"},
  };
  for (const FixCase& row : cases) {
    Workshop workshop;
    workshop.files = row.files;
    workshop.inputs = row.inputs;
    workshop.rows = row.rows;
    EXPECT_EQ(shown(workshop.fix_all(row.unsafe)), row.expected) << row.about;
  }
}

// --- what holds for every check ------------------------------------------------------------------

/// A check's own example, and its file in the corpus of defects.
std::vector<std::string> faulty_texts(const CheckInfo& check) {
  std::vector<std::string> texts;
  if (!check.bad.empty()) texts.emplace_back(check.bad);
  std::ifstream in(std::filesystem::path(WAFCHECK_SOURCE_DIR "/tests/defects") /
                       (std::string(check.code) + ".conf"),
                   std::ios::binary);
  if (in) texts.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  return texts;
}

size_t errors(const RulesetModel& ruleset, Options options) {
  options.selection = {};
  options.selection.select = {"ALL"};
  return static_cast<size_t>(std::ranges::count(run_checks(ruleset, options),
                                                parser::Severity::error, &Diagnostic::severity));
}

std::string listing(const parser::Diagnostics& findings, const RulesetModel& ruleset) {
  std::string text;
  for (const Diagnostic& finding : findings) text += full(finding, ruleset.sources, false);
  return text;
}

/// The fixes of this check alone; what stood in the comments that say what is found is not its
/// matter.
Fixed fixed_of(const CheckInfo& check, Example& example, parser::FileSystem& files) {
  Options options = example.options;
  options.selection.select = {std::string(check.name)};
  // Errors of the syntax are reported whatever is selected, but others' fixes are not under test.
  const auto load = [&](parser::FileSystem& through) {
    RulesetModel ruleset = example.load(through);
    for (Diagnostic& diagnostic : ruleset.diagnostics) {
      if (diagnostic.check != check.name) diagnostic.fix.reset();
    }
    return ruleset;
  };
  return fix(files, load, options, true);
}

class EveryCheck : public testing::TestWithParam<CheckInfo> {};

TEST_P(EveryCheck, FixesForGood) {
  const CheckInfo& check = GetParam();
  for (const std::string& text : faulty_texts(check)) {
    Example example(text);
    const RulesetModel before = example.load();
    Options options = example.options;
    options.selection.select = {std::string(check.name)};
    for (const Diagnostic& finding : run_checks(before, options)) {
      if (finding.check != check.name || !finding.fix) continue;
      EXPECT_NE(check.fix, FixKind::none) << "its row says that it has no fix";
      EXPECT_TRUE(!finding.fix->safe || check.fix == FixKind::safe)
          << "its row says it is not safe";
      EXPECT_FALSE(finding.fix->title.empty());
      for (const Edit& edit : finding.fix->edits) {
        ASSERT_LT(edit.span.file, before.sources.size());
        EXPECT_LE(edit.span.begin, edit.span.end);
        EXPECT_LE(edit.span.end, before.sources[edit.span.file].bytes.size());
      }
    }

    const Fixed once = fixed_of(check, example, example);
    EXPECT_TRUE(once.dropped.empty()) << "makes new errors in\n" << text;
    parser::Diagnostics left = once.left.findings;
    std::erase_if(left, [&](const Diagnostic& d) { return d.check != check.name || !d.fix; });
    EXPECT_TRUE(left.empty()) << "still found:\n" << listing(left, once.ruleset);
    EXPECT_LE(errors(once.ruleset, options), errors(before, options)) << text;

    Overlay written(example);
    for (const FixedFile& file : once.files) written.put(file.path, file.after);
    const Fixed twice = fixed_of(check, example, written);
    EXPECT_TRUE(twice.files.empty()) << "changes again what it fixed:\n" << twice.files[0].after;
  }
}

INSTANTIATE_TEST_SUITE_P(Checks, EveryCheck,
                         testing::ValuesIn(all_checks().begin(), all_checks().end()),
                         [](const auto& check) { return std::string(check.param.code); });

TEST(EveryFix, IsExercisedByAnExample) {
  for (const CheckInfo& check : all_checks()) {
    if (check.run == nullptr || check.fix != FixKind::safe) continue;
    bool fixed = false;
    for (const std::string& text : faulty_texts(check)) {
      Example example(text);
      fixed |= fixed_of(check, example, example).left.fixed.value_or(0) != 0;
    }
    EXPECT_TRUE(fixed) << check.code << " " << check.name << ": no example of it has a fix";
  }
}

}  // namespace
}  // namespace wafcheck::lint
