#include "lint/files/data_files.h"

#include <algorithm>
#include <set>
#include <utility>

#include "parser/ascii.h"

namespace wafcheck::lint {
namespace {

/// The names in an operator's argument, several with blanks between for @pmFromFile.
std::vector<std::pair<size_t, size_t>> names_in(const parser::OperatorUse& op) {
  const std::string_view text = op.argument.view();
  if (op.id == parser::Operator::ipMatchFromFile) return {{0, text.size()}};
  std::vector<std::pair<size_t, size_t>> names;
  for (size_t at = text.find_first_not_of(" \t"); at < text.size();) {
    const size_t end = std::min(text.find_first_of(" \t", at), text.size());
    names.emplace_back(at, end);
    at = text.find_first_not_of(" \t", end);
  }
  return names;
}

void split(DataFile& file) {
  const std::string_view bytes = file.bytes;
  uint32_t number = 0;
  for (size_t at = 0; at < bytes.size();) {
    const size_t end = std::min(bytes.find('\n', at), bytes.size());
    const DataLine line{++number, bytes.substr(at, end - at)};
    at = end + 1;
    const std::string_view phrase = line.phrase();
    if (line.text.empty() || line.text == "\r" || phrase.starts_with('#')) continue;
    file.lines.push_back(line);
  }
}

}  // namespace

std::string_view DataLine::phrase() const {
  return trim(text);
}

std::deque<DataFile> read_data_files(const parser::Ruleset& ruleset, parser::FileSystem& files) {
  std::deque<DataFile> all;
  std::set<std::pair<std::string, std::string>> seen;
  for (const parser::Rule& rule : ruleset.rules) {
    const bool reads = rule.op.id == parser::Operator::pmFromFile ||
                       rule.op.id == parser::Operator::ipMatchFromFile;
    if (!reads || rule.op.argument.empty()) continue;
    for (const auto& [begin, end] : names_in(rule.op)) {
      DataFile file;
      file.name = rule.op.argument.str().substr(begin, end - begin);
      file.span = rule.op.argument.span(begin, end);
      const std::string& from = ruleset.sources[file.span.file].path;
      const std::string folder = from.substr(0, from.find_last_of('/') + 1);
      if (!seen.emplace(folder, file.name).second) continue;
      Result<std::string> bytes = parser::read_data_file(ruleset, files, file.span, file.name);
      if (!bytes) continue;  // missing-data-file says so
      file.bytes = std::move(*bytes);
      file.rule = &rule;
      split(all.emplace_back(std::move(file)));
    }
  }
  return all;
}

}  // namespace wafcheck::lint
