// libinjection's own cases: tokens, folding, fingerprints, HTML pieces and XSS verdicts.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/libinjection/libinjection.h"
#include "tests/test_data.h"

namespace {

namespace fs = std::filesystem;
namespace libinjection = wafcheck::engine::libinjection;

fs::path cases_folder() {
  return wafcheck::tests::shared() / "libinjection-tests" / "cases";
}

std::string_view trimmed_end(std::string_view text) {
  return text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
}

/// The lines between two markers, or up to the end; `found` turns false without the marker.
std::string_view section(std::string_view text, std::string_view marker, bool& found) {
  const size_t at = text.find(marker);
  if (at == std::string_view::npos) {
    found = false;
    return {};
  }
  const std::string_view rest = text.substr(std::min(at + marker.size() + 1, text.size()));
  return trimmed_end(rest.substr(0, rest.find("--EXPECTED--")));
}

std::string printed(const std::vector<libinjection::Token>& tokens) {
  std::string out;
  for (const libinjection::Token& token : tokens) {
    out += token.type;
    out += ' ';
    out.append(token.at_count, '@');
    const bool prints_quotes = token.type == 's' || token.type == 'v';
    if (prints_quotes && token.open != 0) out += token.open;
    out += token.value;
    if (prints_quotes && token.close != 0) out += token.close;
    out += '\n';
  }
  return out;
}

std::string printed(const std::vector<libinjection::HtmlToken>& tokens) {
  std::string out;
  for (const libinjection::HtmlToken& token : tokens) {
    out += token.type;
    out += ',' + std::to_string(token.value.size()) + ',';
    out += token.value;
    out += '\n';
  }
  return out;
}

std::string verdict(std::string_view kind, std::string_view input) {
  if (kind.starts_with("test-tokens-")) return printed(libinjection::tokenize_sql(input));
  if (kind.starts_with("test-folding-")) return printed(libinjection::fold_sql(input));
  if (kind.starts_with("test-html5-")) return printed(libinjection::tokenize_html(input));
  if (kind.starts_with("test-xss-")) return libinjection::detect_xss(input) ? "1" : "0";
  if (kind.starts_with("test-sqli-")) {
    std::string fingerprint;
    return libinjection::detect_sqli(input, &fingerprint) ? fingerprint : "";
  }
  return "unknown kind of case";
}

TEST(LibinjectionConformance, Cases) {
  if (!fs::is_directory(cases_folder())) {
    GTEST_SKIP() << "no test data in " << cases_folder() << ": set WAFCHECK_SHARED";
  }
  size_t count = 0;
  for (const auto& entry : fs::directory_iterator(cases_folder())) {
    const std::string name = entry.path().filename();
    if (!name.ends_with(".txt")) continue;
    SCOPED_TRACE(name);
    const std::string text = wafcheck::tests::read(entry.path());
    bool complete = true;
    const std::string_view input = section(text, "--INPUT--", complete);
    const std::string_view expected = section(text, "--EXPECTED--", complete);
    ASSERT_TRUE(complete);
    EXPECT_EQ(trimmed_end(verdict(name, input)), expected) << "input: " << input;
    ++count;
  }
  EXPECT_GT(count, 0u) << "no case ran";
  RecordProperty("cases", static_cast<int>(count));
}

}  // namespace
