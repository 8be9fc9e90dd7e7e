// A rules file: the syntax tree prints as the file, the canonical layout says the same and is its
// own, and the model loads.

#include <string>

#include "files.h"
#include "parser/format/format.h"
#include "parser/language/semantics.h"
#include "parser/ruleset/ruleset.h"
#include "parser/syntax/print.h"
#include "profiles.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace wafcheck;
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

  fuzz::MemoryFiles files;
  files.put("rules.conf", bytes);
  parser::LoadOptions options;
  options.profile = semantics.profile;
  options.files = &files;
  parser::load_model({"rules.conf"}, options);
  return 0;
}
