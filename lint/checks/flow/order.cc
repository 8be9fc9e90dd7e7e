// Checks on the order in which files are loaded.

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include "lint/checks/check.h"
#include "parser/base/ascii.h"

namespace wafcheck::lint::inline checks {
namespace {

struct NumberedFile {
  std::string_view folder, kind;
  unsigned number = 0;
};

/// The parts of a numbered file name: .../REQUEST-949-BLOCKING-EVALUATION.conf.
std::optional<NumberedFile> numbered(std::string_view path) {
  NumberedFile file;
  const size_t slash = path.rfind('/');
  std::string_view name = path;
  if (slash != std::string_view::npos) {
    file.folder = path.substr(0, slash);
    name.remove_prefix(slash + 1);
  }
  const size_t dash = name.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  file.kind = name.substr(0, dash);
  if (!iequals(file.kind, "REQUEST") && !iequals(file.kind, "RESPONSE")) return std::nullopt;
  const char* const begin = name.data() + dash + 1;
  const char* const end = name.data() + name.size();
  const auto [at, error] = std::from_chars(begin, end, file.number);
  if (error != std::errc() || at == end || *at != '-') return std::nullopt;
  return file;
}

}  // namespace

// Later files of a set depend on earlier ones: 949 evaluates the scores that 941 sets.
void include_order(const Context& context, Findings& findings) {
  struct Last {
    unsigned number = 0;
    const parser::LoadedFile* file = nullptr;
  };
  std::map<std::pair<std::string_view, std::string>, Last> sets;
  const parser::Sources& sources = context.ruleset.sources;
  for (const parser::LoadedFile& loaded : context.ruleset.files) {
    const std::string_view path = sources[loaded.file].path;
    const std::optional<NumberedFile> file = numbered(path);
    if (!file) continue;
    Last& last = sets[{file->folder, lowercase(file->kind)}];
    if (last.file == nullptr || file->number >= last.number) {
      last = {file->number, &loaded};
      continue;
    }
    const auto place = [](const parser::LoadedFile& of) {
      return of.included_by.value_or(parser::Span{of.file, 0, 0});
    };
    findings
        .add(Check::include_order, place(loaded),
             fmt::format("{} is loaded after {}", path, sources[last.file->file].path),
             "load the files in the order of their numbers")
        .related.push_back({place(*last.file), "loaded first"});
  }
}

}  // namespace wafcheck::lint::inline checks
