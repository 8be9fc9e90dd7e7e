#pragma once
// The examples in the tables of checks, as rulesets. An example is the text of a rules file,
// example.conf. Comments that begin with "#:" say what else it needs:
//   #: engine coraza@3.7    --engine coraza@3.7
//   #: profile crs          --profile crs
//   #: file words.data      what follows is another file, up to the next such line; a *.conf is
//                           loaded too, in the order of the files
//   #: test 942100-1 942100,942110          a regression test, and what it is to trigger and does
//   #: silent-test 942100-1 942100          one that does not
//   #: find 4:17 tx.foo     the finding stands there and covers this text (a find after a file line
//                           is about that file; 0:0 is no place); such comments count as
//                           lines

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lint/check.h"
#include "parser/ruleset.h"

namespace wafcheck::lint {

/// Where a finding is expected.
struct Expected {
  std::string file;
  uint32_t line = 0, column = 0;
  std::string text;
};

/// An example's files, as a file system of their own.
class Example : public parser::FileSystem {
 public:
  explicit Example(std::string_view text);

  Options options;  ///< engines and profile as the example asks for them; `files` is this one

  std::vector<Expected> expected;

  /// Loads its rules files. The example has to outlive the ruleset.
  parser::Ruleset load() { return load(*this); }
  /// The same files as another file system shows them.
  parser::Ruleset load(parser::FileSystem& through) const;
  const std::map<std::string, std::string>& contents() const { return files_; }

  Result<std::string> read(const std::string& path) override;
  bool is_directory(const std::string& path) override;
  std::vector<std::string> glob(const std::string& pattern) override;
  std::string canonical(const std::string& path) override;

 private:
  std::map<std::string, std::string> files_;
  std::vector<std::string> rules_;
};

}  // namespace wafcheck::lint
