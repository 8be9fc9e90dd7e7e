#pragma once
// Rules from strings: files in memory, and diagnostics as short text.

#include <fmt/format.h>
#include <fnmatch.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "parser/ruleset/ruleset.h"
#include "tests/test_data.h"

namespace wafcheck::parser {

/// Files by path; a directory is what a path has before a slash.
class MemoryFiles : public FileSystem {
 public:
  MemoryFiles() = default;
  explicit MemoryFiles(std::map<std::string, std::string> given) : files(std::move(given)) {}

  Result<std::string> read(const std::string& path) override {
    const auto found = files.find(canonical(path));
    if (found == files.end()) return fail("No such file or directory");
    return found->second;
  }
  bool is_directory(const std::string& path) override {
    const auto after = files.lower_bound(canonical(path) + "/");
    return after != files.end() && after->first.starts_with(canonical(path) + "/");
  }
  std::vector<std::string> glob(const std::string& pattern) override {
    std::vector<std::string> paths;
    for (const auto& [path, bytes] : files) {
      if (fnmatch(pattern.c_str(), path.c_str(), FNM_PATHNAME) == 0) paths.push_back(path);
    }
    return paths;
  }
  std::string canonical(const std::string& path) override {
    return std::filesystem::path(path).lexically_normal().string();
  }

  std::map<std::string, std::string> files;
};

/// "check line:column" for each diagnostic, in order.
inline std::vector<std::string> told(const Sources& sources, const Diagnostics& diagnostics) {
  std::vector<std::string> out;
  for (const Diagnostic& diagnostic : diagnostics) {
    const Place place = sources.begin_of(diagnostic.span);
    out.push_back(fmt::format("{} {}:{}", diagnostic.check, place.line, place.column));
  }
  return out;
}
inline std::vector<std::string> told(const RulesetModel& ruleset) {
  return told(ruleset.sources, ruleset.diagnostics);
}

/// Loads one file of rules.
inline RulesetModel load_text(std::string text, Profile profile = Profile::standard) {
  MemoryFiles files({{"a.conf", std::move(text)}});
  LoadOptions options;
  options.profile = profile;
  options.files = &files;
  return load_model({"a.conf"}, options);
}

/// A text that stands at the beginning of a source of its own.
struct Written {
  explicit Written(const std::string& bytes) {
    const FileId file = sources.add("a.conf", bytes);
    text = Text(file);
    text.append(sources[file].bytes, 0);
  }
  std::string_view at(Span span) const { return sources.text(span); }

  Sources sources;
  Text text;
  Diagnostics diagnostics;
};

/// The folder of shared test data; empty: there is none.
inline std::string shared_folder() {
  const std::string folder = tests::shared();
  return disk().is_directory(folder) ? folder : "";
}

}  // namespace wafcheck::parser
