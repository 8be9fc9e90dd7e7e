#include "parser/base/path.h"

#include <algorithm>
#include <vector>

namespace wafcheck {

std::string normal_path(std::string_view path) {
  if (path.empty()) return {};
  const bool absolute = path.starts_with('/');
  std::vector<std::string_view> segments;
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view segment = path.substr(begin, end - begin);
    begin = end + 1;
    if (segment.empty() || segment == ".") continue;
    if (segment != "..") {
      segments.push_back(segment);
    } else if (!segments.empty() && segments.back() != "..") {
      segments.pop_back();
    } else if (!absolute) {
      segments.push_back(segment);
    }
  }
  std::string out = absolute ? "/" : segments.empty() ? "." : "";
  for (size_t at = 0; at < segments.size(); ++at) {
    if (at != 0) out += '/';
    out += segments[at];
  }
  return out;
}

}  // namespace wafcheck
