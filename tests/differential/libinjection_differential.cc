// Compares both detectors with the libinjection that libmodsecurity carries: verdict and
// fingerprint, on the corpora, on mutations of them and on generated inputs.
//
//   WAFCHECK_DIFFERENTIAL_SCALE   how many times the default number of generated inputs (1)

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/libinjection/libinjection.h"
#include "tests/test_data.h"

// The library's public interface; it comes without a header.
extern "C" {
int libinjection_sqli(const char* input, size_t size, char fingerprint[8]);
int libinjection_xss(const char* input, size_t size);
}

namespace {

namespace fs = std::filesystem;
namespace libinjection = wafcheck::engine::libinjection;
using namespace std::string_view_literals;

constexpr uint64_t kDefaultInputs = 500'000;  // of each kind
constexpr size_t kPrinted = 20;

/// SplitMix64: the same sequence on every machine.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t next() {
    uint64_t z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  size_t below(size_t limit) { return static_cast<size_t>(next() % limit); }
  char byte() { return static_cast<char>(next() & 0xFF); }
  std::string_view pick(std::span<const std::string_view> list) { return list[below(list.size())]; }

 private:
  uint64_t state_;
};

uint64_t scaled_inputs() {
  const char* scale = std::getenv("WAFCHECK_DIFFERENTIAL_SCALE");
  return kDefaultInputs * (scale != nullptr ? std::strtoull(scale, nullptr, 10) : 1);
}

std::string printable(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7F || c == '\\') {
      text += fmt::format("\\x{:02X}", byte);
    } else {
      text += c;
    }
  }
  return text;
}

/// Counts inputs and disagreements, and prints the first of these.
class Comparison {
 public:
  void sqli(const std::string& input) {
    std::array<char, 8> theirs{};
    std::string ours;
    const bool their_verdict = libinjection_sqli(input.data(), input.size(), theirs.data()) != 0;
    const bool our_verdict = libinjection::detect_sqli(input, &ours);
    const bool same = their_verdict == our_verdict && (!our_verdict || ours == theirs.data());
    count("sqli", input, same, our_verdict ? ours : "-", their_verdict ? theirs.data() : "-");
    attacks_ += their_verdict;
  }

  void xss(const std::string& input) {
    const bool their_verdict = libinjection_xss(input.data(), input.size()) != 0;
    const bool our_verdict = libinjection::detect_xss(input);
    count("xss", input, their_verdict == our_verdict, our_verdict ? "xss" : "-",
          their_verdict ? "xss" : "-");
    attacks_ += their_verdict;
  }

  /// There must have been attacks and others, and no disagreement.
  void expect_agreement() const {
    fmt::print("{} inputs, {} attacks, {} disagreements\n", inputs_, attacks_, differing_);
    EXPECT_GT(attacks_, 0u);
    EXPECT_LT(attacks_, inputs_);
    EXPECT_EQ(differing_, 0u);
  }

 private:
  void count(std::string_view what, const std::string& input, bool same, std::string_view ours,
             std::string_view theirs) {
    ++inputs_;
    if (same) return;
    if (++differing_ > kPrinted) return;
    fmt::print("{}: ours {} theirs {}: {}\n", what, ours, theirs, printable(input));
  }

  uint64_t inputs_ = 0;
  uint64_t attacks_ = 0;
  uint64_t differing_ = 0;
};

/// Every line of every corpus; empty where the test data is absent.
const std::vector<std::string>& corpus() {
  static const std::vector<std::string> lines = [] {
    std::vector<std::string> list;
    const fs::path folder = wafcheck::tests::shared() / "libinjection-tests" / "corpora";
    if (!fs::is_directory(folder)) return list;
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
    std::ranges::sort(files);
    for (const fs::path& path : files) {
      std::ifstream file(path, std::ios::binary);
      for (std::string line; std::getline(file, line);) list.push_back(line);
    }
    return list;
  }();
  return lines;
}

std::string decoded_percent(std::string_view text) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const int lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  };
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 &&
        digit(text[i + 2]) >= 0) {
      out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

constexpr std::string_view kSpecials =
    "'\"`()<>=/*-#!@$\\;,.&|+~%{}[]? \n\t\v\x00\x7F\xA0\xFF:^_"sv;

void mutate(std::string& text, Random& random) {
  for (size_t i = 1 + random.below(4); i > 0; --i) {
    const size_t at = random.below(text.size() + 1);
    switch (random.below(5)) {
      case 0:
        text.insert(text.begin() + static_cast<std::ptrdiff_t>(at),
                    kSpecials[random.below(kSpecials.size())]);
        break;
      case 1:
        if (at < text.size()) text.erase(at, 1 + random.below(4));
        break;
      case 2:
        if (at < text.size()) text[at] = random.byte();
        break;
      case 3:
        text.insert(at, text.substr(random.below(text.size() + 1), random.below(12)));
        break;
      default:
        text.resize(at);
        break;
    }
  }
}

constexpr std::string_view kSqlPieces[] = {"1",
                                           "2.5",
                                           "1e",
                                           "1e5",
                                           "10.e",
                                           ".",
                                           "0x",
                                           "0xFF",
                                           "0b01",
                                           "1f",
                                           "1d ",
                                           "1dunion",
                                           "$1,0.0",
                                           "$",
                                           "$.",
                                           "$$",
                                           "$a$",
                                           "\\N",
                                           "\\",
                                           "foo",
                                           "a.b",
                                           "user",
                                           "USER(",
                                           "user()",
                                           "database",
                                           "current_user",
                                           "select",
                                           "SELECT ",
                                           "union",
                                           "union all",
                                           "all",
                                           "distinct",
                                           "from",
                                           "where",
                                           "group by",
                                           "order",
                                           "by",
                                           "having",
                                           "limit",
                                           "into outfile",
                                           "into",
                                           "insert",
                                           "drop",
                                           "table",
                                           "if",
                                           "; if",
                                           "ifnull",
                                           "exists",
                                           "not",
                                           "NOT",
                                           "in",
                                           "like",
                                           "NOT LIKE",
                                           "between",
                                           "is",
                                           "null",
                                           "and",
                                           "or",
                                           "xor",
                                           "&&",
                                           "||",
                                           "div",
                                           "mod",
                                           "collate",
                                           "latin1_bin",
                                           "binary",
                                           "float",
                                           "int",
                                           "_latin1",
                                           "money",
                                           "::",
                                           ":=",
                                           ":",
                                           "@",
                                           "@@",
                                           "@@version",
                                           "@a",
                                           "@`a`",
                                           "@'a'",
                                           "`",
                                           "`a`",
                                           "`user`",
                                           "``",
                                           "'",
                                           "\"",
                                           "''",
                                           "'a'",
                                           "\"b\"",
                                           "\\'",
                                           "e'a",
                                           "n'a",
                                           "b'01'",
                                           "x'0A'",
                                           "x'",
                                           "u&'a'",
                                           "q'(a)'",
                                           "nq'[a",
                                           "q'\x80"
                                           "a\x80'",
                                           "(",
                                           ")",
                                           "((",
                                           "))",
                                           "{",
                                           "}",
                                           "{a",
                                           "{``",
                                           "[",
                                           "]",
                                           "[a]",
                                           ",",
                                           ";",
                                           ";;",
                                           "?",
                                           "+",
                                           "-",
                                           "--",
                                           "-- ",
                                           "--a",
                                           "--\n",
                                           "#",
                                           "#\n",
                                           "/",
                                           "/*",
                                           "*/",
                                           "/**/",
                                           "/*!",
                                           "/*!0",
                                           "/*a*/",
                                           "*",
                                           "%",
                                           "^",
                                           "~",
                                           "!",
                                           "!!",
                                           "!=",
                                           "<",
                                           ">",
                                           "<=>",
                                           "<>",
                                           "=",
                                           "&",
                                           "|",
                                           "sleep(",
                                           "char(",
                                           "sin(",
                                           "waitfor delay",
                                           "begin",
                                           "declare",
                                           "exec",
                                           "sp_password",
                                           "as",
                                           "case",
                                           "when",
                                           "then",
                                           "end",
                                           "join",
                                           "natural",
                                           "left",
                                           "\xA0",
                                           "\n",
                                           "\x7F",
                                           "\xC3\xA9",
                                           "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                                           "select.",
                                           "select`",
                                           "next",
                                           "value",
                                           "for",
                                           "current",
                                           "date"};

constexpr std::string_view kHtmlPieces[] = {"<",
                                            ">",
                                            "/",
                                            "=",
                                            "'",
                                            "\"",
                                            "`",
                                            " ",
                                            "\n",
                                            "\v",
                                            "<a",
                                            "<a ",
                                            "<b>",
                                            "</a>",
                                            "</",
                                            "</a ",
                                            "<script",
                                            "<ScRiPt>",
                                            "</script>",
                                            "<svg",
                                            "<xsl",
                                            "<xml",
                                            "<xss",
                                            "<img",
                                            "<iframe",
                                            "<base",
                                            "<link",
                                            "<meta",
                                            "<st",
                                            "yle",
                                            "<!",
                                            "<!--",
                                            "-->",
                                            "--!>",
                                            "-!>",
                                            "--",
                                            "-",
                                            "!",
                                            "<!doctype",
                                            "<![CDATA[",
                                            "]]>",
                                            "]",
                                            "<?",
                                            "?>",
                                            "<?xml",
                                            "<?import",
                                            "<%",
                                            "%>",
                                            "%",
                                            "<!entity",
                                            "[if",
                                            "<![if",
                                            "xml",
                                            "import ",
                                            "entity ",
                                            "href",
                                            "src",
                                            "style",
                                            "on",
                                            "onload",
                                            "onx",
                                            "OnError",
                                            "xmlns",
                                            "xlink:href",
                                            "action",
                                            "formaction",
                                            "data",
                                            "dataformatas",
                                            "attributename",
                                            "values",
                                            "to",
                                            "by",
                                            "from",
                                            "poster",
                                            "filter",
                                            "handler",
                                            "folder",
                                            "lowsrc",
                                            "dynsrc",
                                            "background",
                                            "javascript:",
                                            "java",
                                            "JaVa",
                                            "j",
                                            "ava",
                                            "data:",
                                            "view-source:",
                                            "vbscript:",
                                            "http:",
                                            "&#106;",
                                            "&#x6A",
                                            "&#x6a;",
                                            "&#X4a;",
                                            "&#0000106",
                                            "&#",
                                            "&#x",
                                            "&",
                                            ";",
                                            "&#1114111;",
                                            "&#x100000;",
                                            "&#10;",
                                            "&#x14A;",
                                            "&#x161;",
                                            "&#256;",
                                            "&#0;",
                                            "&#9;",
                                            "\x01",
                                            "\x7F",
                                            "\x80",
                                            "\xFF",
                                            "x",
                                            "1"};

/// Pieces, with single bytes and NULs among them, joined by nothing or by white space.
std::string generated(std::span<const std::string_view> pieces, Random& random) {
  std::string text;
  for (size_t i = 1 + random.below(9); i > 0; --i) {
    switch (random.below(24)) {
      case 0:
        text += random.byte();
        break;
      case 1:
        text += kSpecials[random.below(kSpecials.size())];
        break;
      case 2:
        text += '\0';
        break;
      default:
        text += random.pick(pieces);
        break;
    }
    if (random.below(2) == 0) text += ' ';
  }
  return text;
}

TEST(LibinjectionDifferential, Corpora) {
  if (corpus().empty()) GTEST_SKIP() << "no test data: set WAFCHECK_SHARED";
  Comparison comparison;
  for (const std::string& line : corpus()) {
    comparison.sqli(line);
    comparison.xss(line);
    const std::string decoded = decoded_percent(line);
    comparison.sqli(decoded);
    comparison.xss(decoded);
  }
  comparison.expect_agreement();
}

TEST(LibinjectionDifferential, MutatedCorpora) {
  if (corpus().empty()) GTEST_SKIP() << "no test data: set WAFCHECK_SHARED";
  Comparison comparison;
  Random random(1);
  for (uint64_t i = 0; i < scaled_inputs(); ++i) {
    std::string text = decoded_percent(corpus()[random.below(corpus().size())]);
    mutate(text, random);
    comparison.sqli(text);
    comparison.xss(text);
  }
  comparison.expect_agreement();
}

TEST(LibinjectionDifferential, GeneratedSql) {
  Comparison comparison;
  Random random(2);
  for (uint64_t i = 0; i < scaled_inputs(); ++i) comparison.sqli(generated(kSqlPieces, random));
  comparison.expect_agreement();
}

TEST(LibinjectionDifferential, GeneratedHtml) {
  Comparison comparison;
  Random random(3);
  for (uint64_t i = 0; i < scaled_inputs(); ++i) comparison.xss(generated(kHtmlPieces, random));
  comparison.expect_agreement();
}

TEST(LibinjectionDifferential, ShortByteStrings) {
  Comparison comparison;
  Random random(4);
  for (uint64_t i = 0; i < scaled_inputs(); ++i) {
    std::string text;
    for (size_t size = random.below(12); size > 0; --size) {
      text += random.below(3) == 0 ? random.byte() : kSpecials[random.below(kSpecials.size())];
    }
    comparison.sqli(text);
    comparison.xss(text);
  }
  comparison.expect_agreement();
}

}  // namespace
