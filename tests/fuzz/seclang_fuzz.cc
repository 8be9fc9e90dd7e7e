// A rules file: the syntax tree prints as the file, the canonical layout says the same and is its
// own, and the model loads.

#include <string>

#include "parser/format.h"
#include "parser/ruleset.h"
#include "profiles.h"

namespace {

using namespace wafcheck;

/// One file, and nothing else.
class OneFile : public parser::FileSystem {
 public:
  explicit OneFile(std::string_view bytes) : bytes_(bytes) {}
  Result<std::string> read(const std::string& path) override {
    if (path != "rules.conf") return fail("no such file");
    return bytes_;
  }
  bool is_directory(const std::string&) override { return false; }
  std::vector<std::string> glob(const std::string&) override { return {"rules.conf"}; }
  std::string canonical(const std::string& path) override { return path; }

 private:
  std::string bytes_;
};

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes = fuzz::bytes_of(data, size);
  const parser::Semantics semantics = parser::semantics_of(fuzz::profile(bytes));

  parser::Sources sources;
  parser::Diagnostics diagnostics;
  const auto tree_of = [&](std::string text) {
    return parse_syntax(sources, sources.add("rules.conf", std::move(text)), semantics,
                        diagnostics);
  };
  const parser::SyntaxTree tree = tree_of(std::string(bytes));
  fuzz::require(print(tree, sources) == bytes, "a tree prints as the file it was read from");
  check_layout(tree, semantics, diagnostics);
  if (!has_errors(diagnostics)) {  // others are not laid out
    const std::string formatted = parser::formatted(tree, sources, semantics);
    const parser::SyntaxTree again = tree_of(formatted);
    fuzz::require(same_directives(tree, again, semantics), "a layout changes no meaning");
    fuzz::require(parser::formatted(again, sources, semantics) == formatted,
                  "what is laid out stays as it is");
  }

  OneFile files(bytes);
  parser::LoadOptions options;
  options.profile = semantics.profile;
  options.files = &files;
  parser::load({"rules.conf"}, options);
  return 0;
}
