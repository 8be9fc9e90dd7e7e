// Losslessness: whatever the bytes, printing the tokens gives them back.

#include <gtest/gtest.h>

#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "parser/language/semantics.h"
#include "parser/syntax/print.h"
#include "tests/unit/parser/support.h"

namespace wafcheck::parser {
namespace {

/// Reads and prints; the tokens must tile the bytes, and every span lie within them.
void expect_lossless(const std::string& bytes, const std::string& what) {
  Sources sources;
  Diagnostics diagnostics;
  const FileId file = sources.add("a.conf", bytes);
  for (const Profile profile : {Profile::standard, Profile::modsecurity3}) {
    const SyntaxTree tree = parse_syntax(sources, file, semantics_of(profile), diagnostics);
    uint32_t at = 0;
    for (const Token& token : tree.tokens) {
      ASSERT_EQ(token.begin, at) << what;
      ASSERT_LT(token.begin, token.end) << what;
      at = token.end;
    }
    ASSERT_EQ(print(tree, sources), bytes) << what;
    for (const DirectiveNode& node : tree.directives) {
      ASSERT_LE(node.span.end, bytes.size()) << what;
      for (const ArgumentNode& argument : node.arguments) {
        ASSERT_LE(argument.text.span().end, argument.span.end) << what;
        ASSERT_GE(argument.text.span().begin, argument.span.begin) << what;
      }
    }
  }
}

std::vector<std::string> rules_under(const std::string& folder) {
  std::vector<std::string> texts;
  if (!std::filesystem::exists(folder)) return texts;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    if (Result<std::string> bytes = disk().read(entry.path().string())) {
      texts.push_back(std::move(*bytes));
    }
  }
  return texts;
}

std::vector<std::string> samples() {
  std::vector<std::string> texts = {
      "SecRule ARGS \"@rx a\" \\\r\n  \"id:1,\\\r\n  msg:'it\\'s',\\\n  pass\"\r\n"
      "# c\n<IfModule x>\nSecDataset n `\n1\n`\n</IfModule>\n\\\nSecMarker 'x'",
  };
  if (!shared_folder().empty()) {
    for (const char* folder : {"/crs", "/lint-seeds"}) {
      for (std::string& text : rules_under(shared_folder() + folder)) {
        texts.push_back(std::move(text));
      }
    }
  }
  for (std::string& text : rules_under("/usr/share/modsecurity-crs")) {
    texts.push_back(std::move(text));
  }
  return texts;
}

TEST(Print, GivesEveryFileBack) {
  const std::vector<std::string> texts = samples();
  RecordProperty("files", static_cast<int>(texts.size()));
  for (const std::string& text : texts) expect_lossless(text, text.substr(0, 80));
}

TEST(Print, GivesMutatedFilesBack) {
  constexpr std::string_view kBytes =
      "\"'\\\n\r\t #<`,:|\0\xff"
      "aS";
  std::mt19937 random(20240611);
  const auto below = [&](size_t limit) { return static_cast<size_t>(random() % limit); };
  for (const std::string& sample : samples()) {
    if (sample.empty()) continue;
    for (int round = 0; round < 6; ++round) {
      // A window of the file, so that each mutation weighs.
      std::string text = sample.substr(below(sample.size()), 1 + below(4000));
      for (size_t edits = below(20); edits != 0 && !text.empty(); --edits) {
        const size_t at = below(text.size());
        switch (below(3)) {
          case 0:
            text[at] = kBytes[below(kBytes.size())];
            break;
          case 1:
            text.insert(at, 1, kBytes[below(kBytes.size())]);
            break;
          default:
            text.erase(at, 1 + below(8));
        }
      }
      expect_lossless(text, fmt::format("round {} of {}", round, text.substr(0, 80)));
      load_text(text);
    }
  }
}

TEST(Print, GivesEveryPrefixBack) {
  const std::string text = samples()[0];
  for (size_t size = 0; size <= text.size(); ++size) {
    expect_lossless(text.substr(0, size), fmt::format("the first {} bytes", size));
  }
}

}  // namespace
}  // namespace wafcheck::parser
