#pragma once
// Files that are changed in place, by fmt and by lint --fix.

#include <string>
#include <string_view>

#include "parser/base/result.h"

namespace wafcheck::cli {

/// Puts `bytes` into the file that `path` names, which exists: whole or not at all, with the
/// permissions and all the names it has, and behind a symbolic link where it is one. The error says
/// why it could not be done; the file is then as it was.
Result<void> rewrite_file(const std::string& path, std::string_view bytes);

}  // namespace wafcheck::cli
