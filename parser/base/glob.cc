#include "parser/base/glob.h"

#include <vector>

namespace wafcheck {

bool glob_matches(std::string_view glob, std::string_view path) {
  // matched[i]: the glob so far matches the first i bytes.
  std::vector<bool> matched(path.size() + 1);
  matched[0] = true;
  for (size_t at = 0; at < glob.size(); ++at) {
    if (glob[at] == '*') {
      const bool across = glob.substr(at).starts_with("**");
      std::vector<bool> before;
      if (glob.substr(at).starts_with("**/")) before = matched;
      at += across ? 1 : 0;
      for (size_t i = 1; i <= path.size(); ++i) {
        if (matched[i - 1] && (across || path[i - 1] != '/')) matched[i] = true;
      }
      if (before.empty()) continue;
      // Its slash, which folders end with; without folders there is none.
      ++at;
      for (size_t i = path.size(); i > 0; --i) {
        matched[i] = (matched[i - 1] && path[i - 1] == '/') || before[i];
      }
      matched[0] = before[0];
      continue;
    }
    for (size_t i = path.size(); i > 0; --i) {
      matched[i] =
          matched[i - 1] && (glob[at] == '?' ? path[i - 1] != '/' : path[i - 1] == glob[at]);
    }
    matched[0] = false;
  }
  return matched[path.size()];
}

bool glob_matches_file(std::string_view glob, std::string_view path) {
  if (glob_matches(glob, path)) return true;
  return glob.find('/') == std::string_view::npos &&
         glob_matches(glob, path.substr(path.rfind('/') + 1));
}

}  // namespace wafcheck
