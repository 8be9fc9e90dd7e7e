// Files that include each other: up to four, parted by lines of "====", named a.conf to d.conf.
// Loading ends, reads a bounded number of files, and says the same twice.

#include <string>

#include "files.h"
#include "parser/language/semantics.h"
#include "parser/ruleset/ruleset.h"
#include "profiles.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace wafcheck;
  std::string_view bytes = fuzz::bytes_of(data, size);
  const parser::Profile profile = fuzz::profile(bytes);
  constexpr std::string_view kBreak = "\n====\n";
  const auto load = [&](size_t& reads) {
    fuzz::MemoryFiles files;
    std::string_view rest = bytes;
    for (char name = 'a'; name <= 'd'; ++name) {
      const size_t end = rest.find(kBreak);
      files.put(std::string(1, name) + ".conf", rest.substr(0, end));
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + kBreak.size());
    }
    parser::LoadOptions options;
    options.profile = profile;
    options.files = &files;
    std::string told;
    const parser::RulesetModel model = parser::load_model({"a.conf"}, options);
    for (const parser::Diagnostic& diagnostic : model.diagnostics) {
      told.append(diagnostic.message).append("\n");
    }
    reads = files.reads();
    return told;
  };
  size_t reads = 0, again = 0;
  const std::string told = load(reads);
  fuzz::require(reads <= parser::kMaxIncludes + 1, "the number of files read is bounded");
  fuzz::require(load(again) == told && again == reads, "loading says the same twice");
  return 0;
}
