#pragma once
// The examples in the tables of checks, as rulesets. An example is the text of a rules file,
// example.conf. Comments that begin with "#:" are directives:
//   #: engine coraza@3.7    --engine coraza@3.7
//   #: profile crs          --profile crs
//   #: file words.data      the lines up to the next such line are another file; a *.conf is
//                           loaded too, in the order of the files
//   #: test 942100-1 942100,942110          a regression test and the rules that it triggers
//   #: silent-test 942100-1 942100          a test that does not trigger its rules
//   #: find 4:17 tx.foo     the expected position and text of the finding, in the current file; 0:0
//                           is no position; lines with "#:" count, except "#: file"

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lint/checks/check.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::lint::inline checks {

/// The expected position of a finding.
struct Expected {
  std::string file;
  uint32_t line = 0, column = 0;
  std::string text;
};

/// The files of an example, as a file system.
class Example : public parser::FileSystem {
 public:
  explicit Example(std::string_view text);

  Options options;  ///< engines and profile of the example; `files` is this file system

  std::vector<Expected> expected;

  /// Loads the rules files. The example has to outlive the ruleset.
  parser::RulesetModel load() { return load(*this); }
  /// The same through another file system.
  parser::RulesetModel load(parser::FileSystem& through) const;
  const std::map<std::string, std::string>& contents() const { return files_; }

  Result<std::string> read(const std::string& path) override;
  bool is_directory(const std::string& path) override;
  std::vector<std::string> glob(const std::string& pattern) override;
  std::string canonical(const std::string& path) override;

 private:
  std::map<std::string, std::string> files_;
  std::vector<std::string> rules_;
};

}  // namespace wafcheck::lint::inline checks
