// Every row of the table of transformations against its cases (<word>.json beside this file) and
// against properties that hold on any bytes.
//
// A case is {"in", "out"}, in whose strings each code point U+0000-U+00FF is one byte; "engine"
// lists the profiles it holds for (all four without it), "why" is for the reader.

#include "engine/transformations/transformation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "engine/transformations/byte_kinds.h"
#include "parser/base/ascii.h"
#include "parser/language/semantics.h"
#include "tests/json_bytes.h"

namespace wafcheck::engine {
namespace {

using parser::Profile;
using parser::TransformationInfo;

constexpr Profile kProfiles[] = {Profile::standard, Profile::modsecurity2, Profile::modsecurity3,
                                 Profile::coraza};

struct Answer {
  bool changed;
  std::string bytes;  // what the caller goes on with
};

Answer apply(transformations::TransformationFunction function, std::string_view in,
             const parser::Semantics& semantics, const transformations::UnicodeMap* map = nullptr) {
  std::string out = "left over from another value";
  const bool changed = function(in, out, {semantics, map});
  return {changed, changed ? out : std::string(in)};
}

Answer apply(transformations::TransformationFunction function, std::string_view in, Profile profile,
             const transformations::UnicodeMap* map = nullptr) {
  return apply(function, in, parser::semantics_of(profile), map);
}

std::string shown(std::string_view bytes) {
  return testing::PrintToString(std::string(bytes));
}

class TransformationTest : public testing::TestWithParam<TransformationInfo> {
 protected:
  transformations::TransformationFunction function() const {
    return transformations::function_of(GetParam().id);
  }
  std::string_view name() const { return GetParam().name; }
};

TEST_P(TransformationTest, AnswersItsCases) {
  const std::string path = std::string(WAFCHECK_SOURCE_DIR "/tests/unit/engine/transformations/")
                               .append(name())
                               .append(".json");
  std::ifstream file(path);
  ASSERT_TRUE(file) << "no cases: " << path;
  const nlohmann::json cases = nlohmann::json::parse(file);
  ASSERT_FALSE(cases.empty());

  std::map<Profile, int> ran;
  for (const nlohmann::json& row : cases) {
    const std::string in = tests::json_bytes(row.at("in").get_ref<const std::string&>());
    const std::string out = tests::json_bytes(row.at("out").get_ref<const std::string&>());
    std::vector<parser::Engine> engines;
    for (const Profile profile : kProfiles) engines.push_back({profile, {}});
    if (row.contains("engine")) {
      engines.clear();
      for (const std::string engine : row["engine"]) {
        ASSERT_TRUE(parser::parse_engine(engine)) << engine;
        engines.push_back(*parser::parse_engine(engine));
      }
    }
    for (const parser::Engine& engine : engines) {
      const Answer got = apply(function(), in, parser::semantics_of(engine));
      EXPECT_EQ(got.bytes, out) << name() << " of " << shown(in) << " under " << to_string(engine);
      EXPECT_EQ(got.changed, in != out)
          << name() << " of " << shown(in) << " under " << to_string(engine);
      ++ran[engine.profile];
    }
  }
  for (const Profile profile : kProfiles) EXPECT_GT(ran[profile], 0) << to_string(profile);
}

// Pseudo-random strings made of what the transformations react to.
std::vector<std::string> samples() {
  static constexpr std::string_view kPieces[] = {
      "/",    "*",   "/*",   "*/",   "<!--", "-->",      "--",   "#",    ".",    "..",
      "/../", "/./", "\\",   "\\x",  "\\u",  "0x",       "41",   "ff",   "0041", "%",
      "%u",   "+",   "&",    "&#",   "&#x",  "&lt",      ";",    "=",    "YWJj", "Y",
      " ",    "\t",  "\r\n", "\xa0", "\xc2", "\xe2\x82", "\xf0", "\xc3", "\xff", "A",
      "z",    "\"",  "^",    "(",    ",",    "777",      "8",    "-",    "nbsp", "_",
      "\xc9", "é",   "€",    "😀",   "İ",    "\u2003",   "c:",   "x",    "u",    "\\0"};
  std::vector<std::string> made;
  std::mt19937 random(20127);  // fixed: a failure repeats
  for (int i = 0; i < 4000; ++i) {
    std::string sample;
    for (auto pieces = random() % 12; pieces > 0; --pieces) {
      const auto pick = random() % (std::size(kPieces) + 2);
      if (pick < std::size(kPieces)) {
        sample += kPieces[pick];
      } else {
        sample += pick == std::size(kPieces) ? '\0' : static_cast<char>(random());
      }
    }
    made.push_back(std::move(sample));
  }
  return made;
}

// How much longer than its input an output may be: a factor and a constant.
struct Bound {
  size_t factor;
  size_t constant;
};

Bound bound_of(parser::Transformation id) {
  using enum parser::Transformation;
  switch (id) {
    case base64Encode:
      return {2, 4};
    case hexEncode:
      return {2, 0};
    case length:
      return {0, 20};
    case md5:
      return {0, 16};
    case sha1:
      return {0, 20};
    case urlEncode:
      return {3, 0};
    case utf8toUnicode:
      return {6, 0};
    case lowercase:
    case uppercase:
    case removeWhitespace:
      return {3, 0};  // U+FFFD for an invalid byte
    case cssDecode:
    case htmlEntityDecode:
      return {2, 0};  // UTF-8
    case normalizePath:
    case normalizePathWin:
      return {1, 1};
    default:
      return {1, 0};
  }
}

TEST_P(TransformationTest, KeepsItsContractOnAnyBytes) {
  const Bound bound = bound_of(GetParam().id);
  for (const std::string& in : samples()) {
    for (const Profile profile : kProfiles) {
      const Answer got = apply(function(), in, profile);
      ASSERT_EQ(got.changed, got.bytes != in) << name() << " of " << shown(in);
      ASSERT_LE(got.bytes.size(), in.size() * bound.factor + bound.constant)
          << name() << " of " << shown(in) << " under " << to_string(profile);
      std::string fresh;
      ASSERT_EQ(function()(in, fresh, {parser::semantics_of(profile)}), got.changed);
      ASSERT_TRUE(!got.changed || fresh == got.bytes) << "depends on what `out` held";
    }
  }
}

std::vector<parser::Engine> engines() {
  std::vector<parser::Engine> all;
  for (const std::string_view name :
       {"default", "modsecurity2", "modsecurity2@2.9.0", "modsecurity3", "modsecurity3@3.0.0",
        "modsecurity3@3.0.9", "coraza", "coraza@3.0.0"}) {
    if (const auto engine = parser::parse_engine(name)) all.push_back(*engine);
  }
  return all;
}

TEST_P(TransformationTest, ChangesNoTextWithoutTheKindsOfBytesOfItsRow) {
  const transformations::ByteKinds changes = GetParam().changes;
  const auto may_change = [&](char byte) {
    return transformations::kinds_of(static_cast<unsigned char>(byte)).has_any_of(changes);
  };
  std::mt19937 random(20128);
  std::vector<std::string> texts = samples();
  for (int i = 0; i < 2000; ++i) {
    std::string text(1 + random() % 40, '\0');
    for (char& byte : text) byte = static_cast<char>(random());
    texts.push_back(std::move(text));
  }
  const std::vector<parser::Engine> all = engines();
  ASSERT_GE(all.size(), 6U);
  for (std::string& text : texts) {
    std::erase_if(text, may_change);
    if (text.empty()) continue;
    ASSERT_FALSE(transformations::kinds_of(std::string_view(text)).has_any_of(changes));
    for (const parser::Engine& engine : all) {
      const Answer got = apply(function(), text, parser::semantics_of(engine));
      ASSERT_FALSE(got.changed) << name() << " of " << shown(text) << " under " << to_string(engine)
                                << ": " << shown(got.bytes);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Words, TransformationTest,
                         testing::ValuesIn(parser::transformations().begin(),
                                           parser::transformations().end()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Transformations, ASecondRunOfThoseThatCleanFindsNothing) {
  using enum parser::Transformation;
  for (const auto id : {cmdLine, compressWhitespace, lowercase, normalizePath, normalizePathWin,
                        parityZero7bit, removeNulls, removeWhitespace, replaceComments,
                        replaceNulls, trim, trimLeft, trimRight, uppercase}) {
    for (const std::string& in : samples()) {
      const std::string once = apply(transformations::function_of(id), in, Profile::standard).bytes;
      ASSERT_FALSE(apply(transformations::function_of(id), once, Profile::standard).changed)
          << parser::info(id).name << " of " << shown(in) << " gave " << shown(once);
    }
  }
}

// A prefix that always changes forces the whole work: where the early exit says "unchanged"
// wrongly, or a skipped stretch is copied wrongly, the two answers differ.
TEST(Transformations, AChangedPrefixLeavesTheRestAsItIsAlone) {
  using enum parser::Transformation;
  struct Prefix {
    parser::Transformation id;
    std::string_view in;
    std::string_view out;
  };
  using namespace std::string_view_literals;
  static constexpr Prefix kPrefixes[] = {
      {cmdLine, "A", "a"},
      {compressWhitespace, "\tA", " A"},
      {cssDecode, "\\z", "z"},
      {escapeSeqDecode, "\\q", "q"},
      {htmlEntityDecode, "&lt;", "<"},
      {jsDecode, "\\q", "q"},
      {lowercase, "A", "a"},
      {parityZero7bit, "\xc1", "A"},
      {removeComments, "/**/x", "x"},
      {removeCommentsChar, "#", ""},
      {removeNulls, "\0"sv, ""},
      {removeWhitespace, " ", ""},
      {replaceComments, "/**/", " "},
      {replaceNulls, "\0"sv, " "},
      {sqlHexDecode, "0x41z", "Az"},
      {uppercase, "a", "A"},
      {urlDecode, "+", " "},
      {urlDecodeUni, "+", " "},
      {urlEncode, " ", "+"},
      {utf8toUnicode, "\xc3\xa9", "%u00e9"},
  };
  for (const auto& [id, prefix, prefix_out] : kPrefixes) {
    for (const std::string& in : samples()) {
      for (const Profile profile : kProfiles) {
        const std::string alone = apply(transformations::function_of(id), in, profile).bytes;
        const std::string both =
            apply(transformations::function_of(id), std::string(prefix) + in, profile).bytes;
        ASSERT_EQ(both, std::string(prefix_out) + alone)
            << parser::info(id).name << " of " << shown(in) << " under " << to_string(profile);
      }
    }
  }
}

TEST(Transformations, DecodersUndoTheirEncoders) {
  using enum parser::Transformation;
  static constexpr std::pair<parser::Transformation, parser::Transformation> kPairs[] = {
      {base64Encode, base64Decode},
      {base64Encode, base64DecodeExt},
      {hexEncode, hexDecode},
      {urlEncode, urlDecode},
      {urlEncode, urlDecodeUni}};
  for (const auto& [encoder, decoder] : kPairs) {
    for (const std::string& in : samples()) {
      for (const Profile profile : kProfiles) {
        const std::string encoded = apply(transformations::function_of(encoder), in, profile).bytes;
        ASSERT_EQ(apply(transformations::function_of(decoder), encoded, profile).bytes, in)
            << parser::info(decoder).name << " under " << to_string(profile);
      }
    }
  }
}

TEST(Transformations, ThoseThatWorkByteByByteAgreeWithASlowReference) {
  using enum parser::Transformation;
  using Reference = std::string (*)(std::string);
  const auto space = [](char c) { return is_space(static_cast<unsigned char>(c)); };
  static const auto is_blank_byte = space;
  static constexpr std::pair<parser::Transformation, Reference> kReferences[] = {
      {lowercase,
       [](std::string s) { return (std::ranges::transform(s, s.begin(), to_lower), s); }},
      {uppercase,
       [](std::string s) { return (std::ranges::transform(s, s.begin(), to_upper), s); }},
      {removeNulls, [](std::string s) { return (std::erase(s, '\0'), s); }},
      {replaceNulls, [](std::string s) { return (std::ranges::replace(s, '\0', ' '), s); }},
      {removeWhitespace,
       [](std::string s) {
         std::erase_if(s, [](char c) { return is_blank_byte(c) || c == '\xa0'; });
         return s;
       }},
      {compressWhitespace,
       [](std::string s) {
         for (char& c : s) c = is_blank_byte(c) || c == '\xa0' ? ' ' : c;
         const auto twin = [](char a, char b) { return a == ' ' && b == ' '; };
         s.erase(std::unique(s.begin(), s.end(), twin), s.end());
         return s;
       }},
      {trim,
       [](std::string s) {
         while (!s.empty() && is_blank_byte(s.back())) s.pop_back();
         while (!s.empty() && is_blank_byte(s.front())) s.erase(0, 1);
         return s;
       }},
  };
  for (const auto& [id, reference] : kReferences) {
    for (const std::string& in : samples()) {
      ASSERT_EQ(apply(transformations::function_of(id), in, Profile::standard).bytes, reference(in))
          << parser::info(id).name << " of " << shown(in);
    }
  }
}

}  // namespace
}  // namespace wafcheck::engine
