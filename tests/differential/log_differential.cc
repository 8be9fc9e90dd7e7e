// Small rulesets whose lines in the error log must be equal field by field: those of
// libmodsecurity, those of wafcheck under its semantics, and those that the row says.

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/traffic/http.h"
#include "log_lines.h"
#include "wafcheck_peer.h"

namespace wafcheck::differential {
namespace {

namespace fs = std::filesystem;

using Texts = std::vector<std::string>;

struct LogProbe {
  std::string_view name;
  std::string_view rules;
  std::string_view request;  ///< first line, then header lines; a body after an empty line
  Texts lines;               ///< see to_text()
  bool references = false;   ///< where matches stand is compared too
};

#include "probes_log.inc"

void PrintTo(const LogProbe& probe, std::ostream* out) {
  *out << probe.name;
}

Texts texts_of(const Result<LogLines>& lines, bool references) {
  if (!lines) return {lines.error().message};
  Texts texts;
  for (const LogLine& line : *lines) texts.push_back(to_text(line, references));
  return texts;
}

/// What both write in the same words whatever the rules: not worth a column in the table.
Texts surroundings_of(const Result<LogLines>& lines) {
  Texts texts;
  if (!lines) return texts;
  for (const LogLine& line : *lines) {
    texts.push_back(fmt::format("{}:{} {} {}", line.file, line.line, line.hostname, line.uri));
  }
  return texts;
}

class LogDifferential : public testing::TestWithParam<LogProbe> {
 protected:
  LogDifferential() {
    const fs::path path = fs::path(testing::TempDir()) / fmt::format("log_{}", GetParam().name);
    rules_ = path.string();
    std::ofstream(path, std::ios::binary) << GetParam().rules;
  }
  ~LogDifferential() override { fs::remove(rules_); }

  std::string rules_;
};

TEST_P(LogDifferential, BothWriteTheSame) {
  const LogProbe& probe = GetParam();
  formats::Exchange exchange = formats::parse_http_request(probe.request);
  exchange.response = formats::Response{};
  exchange.response->headers = {{"Content-Type", "text/plain"}};
  exchange.response->body = "response text";
  const auto modelled = wafcheck_lines(rules_, exchange, kPackaged);
  const auto library = library_lines(rules_, exchange);
  EXPECT_EQ(texts_of(modelled, probe.references), probe.lines) << "wafcheck";
  EXPECT_EQ(texts_of(library, probe.references), probe.lines) << "libmodsecurity";
  EXPECT_EQ(surroundings_of(modelled), surroundings_of(library));
}

INSTANTIATE_TEST_SUITE_P(Points, LogDifferential, testing::ValuesIn(kLogProbes),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace wafcheck::differential
