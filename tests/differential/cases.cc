#include "cases.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "formats/ftw/ftw.h"
#include "formats/traffic/http.h"
#include "formats/traffic/jsonl.h"
#include "tests/test_data.h"

namespace wafcheck::differential {
namespace {

namespace fs = std::filesystem;

void add_ftw(const fs::path& path, std::vector<Case>& cases) {
  const formats::FtwFile file = formats::parse_ftw(path.string(), tests::read(path));
  for (const formats::FtwTest& test : file.tests) {
    formats::FtwBackend backend;
    for (size_t stage = 0; stage < test.stages.size(); ++stage) {
      const auto bytes = formats::build_request(test.stages[stage].input);
      if (!bytes) continue;
      Case made{test.id(), formats::parse_http_request(*bytes)};
      if (stage > 0) made.name += fmt::format(" stage {}", stage);
      made.exchange.response = backend.respond(made.exchange.request);
      cases.push_back(std::move(made));
    }
  }
}

}  // namespace

std::vector<Case> regression_cases() {
  std::vector<Case> cases;
  const fs::path folder = tests::shared() / "crs-tests";
  if (!fs::is_directory(folder)) return cases;
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string extension = entry.path().extension().string();
    if (extension == ".yaml" || extension == ".yml") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  for (const fs::path& path : files) add_ftw(path, cases);
  return cases;
}

std::vector<Case> benign_cases() {
  std::vector<Case> cases;
  std::ifstream file(tests::shared() / "bench" / "benign.jsonl", std::ios::binary);
  const auto reader = formats::open_jsonl(file, {});
  while (auto entry = reader->next()) {
    if (*entry) cases.push_back({(*entry)->id, std::move(**entry)});
  }
  return cases;
}

}  // namespace wafcheck::differential
