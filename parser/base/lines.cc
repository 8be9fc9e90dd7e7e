#include "parser/base/lines.h"

namespace wafcheck {

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  for (const std::string_view line : Lines(text)) lines.push_back(line);
  return lines;
}

}  // namespace wafcheck
