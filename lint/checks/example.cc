#include "lint/checks/example.h"

#include <fnmatch.h>

#include <algorithm>
#include <charconv>

#include "parser/base/ascii.h"

namespace wafcheck::lint::inline checks {
namespace {

constexpr std::string_view kMark = "#: ";

Profile profile_named(std::string_view name) {
  return name == "crs" ? Profile::crs : name == "strict" ? Profile::strict : Profile::standard;
}

/// "4:17 tx.foo"
Expected expected_from(const std::string& file, std::string_view text) {
  Expected expected;
  expected.file = file;
  const auto number = [&](uint32_t& into) {
    const auto end = std::from_chars(text.data(), text.data() + text.size(), into).ptr;
    text.remove_prefix(std::min(static_cast<size_t>(end - text.data()) + 1, text.size()));
  };
  number(expected.line);
  number(expected.column);
  expected.text = text;
  if (expected.line == 0) expected.file.clear();
  return expected;
}

/// "942100-1 942100,942110"
TestCase test_from(std::string_view text, bool silent) {
  TestCase test;
  test.file = "tests.yaml";
  test.line = 1;
  test.id = text.substr(0, text.find(' '));
  const auto number = [&](size_t at) {
    uint64_t value = 0;
    std::from_chars(text.data() + at, text.data() + text.size(), value);
    return value;
  };
  test.rule_id = number(0);
  for (size_t at = test.id.size(); at < text.size();
       at = std::min(text.find(',', at + 1), text.size())) {
    test.expected.push_back(number(at + 1));
  }
  if (silent) test.silent = test.expected;
  return test;
}

}  // namespace

Example::Example(std::string_view text) {
  options.files = this;
  std::string name = "example.conf";
  const auto open = [&] {
    files_.try_emplace(name);
    if (name.ends_with(".conf")) rules_.push_back(name);
  };
  open();
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end);
    const std::string_view order =
        line.starts_with(kMark) ? trim(line.substr(kMark.size())) : std::string_view();
    const std::string_view word = order.substr(0, order.find(' '));
    const std::string_view value = trim(order.substr(word.size()));
    if (word == "file") {
      if (files_[name].empty()) {
        files_.erase(name);
        std::erase(rules_, name);
      }
      name = value;
      open();
      continue;
    }
    files_[name] += line;
    if (word == "engine") {
      if (const auto engine = parse_engine(value)) options.engines.push_back(*engine);
    } else if (word == "profile") {
      options.selection.profile = profile_named(value);
    } else if (word == "test" || word == "silent-test") {
      if (!options.tests) options.tests.emplace();
      options.tests->push_back(test_from(value, word == "silent-test"));
    } else if (word == "find") {
      expected.push_back(expected_from(name, value));
    }
  }
}

parser::RulesetModel Example::load(parser::FileSystem& through) const {
  parser::LoadOptions with;
  with.files = &through;
  return parser::load_model(rules_, with);
}

Result<std::string> Example::read(const std::string& path) {
  const auto it = files_.find(path);
  if (it == files_.end()) return fail("No such file or directory");
  return it->second;
}

bool Example::is_directory(const std::string&) {
  return false;
}

std::vector<std::string> Example::glob(const std::string& pattern) {
  std::vector<std::string> names;
  for (const auto& [name, text] : files_) {
    if (fnmatch(pattern.c_str(), name.c_str(), FNM_PATHNAME) == 0) names.push_back(name);
  }
  return names;
}

std::string Example::canonical(const std::string& path) {
  return path;
}

}  // namespace wafcheck::lint::inline checks
