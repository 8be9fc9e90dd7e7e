#include "lint/analysis/data_files.h"

#include <algorithm>
#include <set>
#include <utility>

#include "parser/base/ascii.h"

namespace wafcheck::lint::inline analysis {
namespace {

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

std::deque<DataFile> read_data_files(const parser::RulesetModel& ruleset,
                                     parser::FileSystem& files) {
  std::deque<DataFile> all;
  std::set<std::pair<std::string, std::string>> seen;
  for (const parser::Rule& rule : ruleset.rules) {
    const parser::OperatorForm form = info(rule.op.id).form;
    if (form != parser::OperatorForm::PhraseFiles && form != parser::OperatorForm::NetworkFile) {
      continue;
    }
    for (const auto& [begin, end] : parser::data_file_names(rule.op, ruleset.semantics())) {
      DataFile file;
      file.name = rule.op.argument.str().substr(begin, end - begin);
      file.span = rule.op.argument.span(begin, end);
      const std::string& from = ruleset.sources[file.span.file].path;
      const std::string folder = from.substr(0, from.find_last_of('/') + 1);
      if (!seen.emplace(folder, file.name).second) continue;
      Result<std::string> bytes = parser::read_data_file(ruleset, files, file.span, file.name);
      if (!bytes) continue;  // reported by missing-data-file
      file.bytes = std::move(*bytes);
      file.rule = &rule;
      split(all.emplace_back(std::move(file)));
    }
  }
  return all;
}

}  // namespace wafcheck::lint::inline analysis
