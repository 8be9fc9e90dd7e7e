// What stands in for Lua where wafcheck is built without it.

#include <fmt/format.h>

#include "engine/scripts/script.h"

namespace wafcheck::engine::inline scripts {

Result<std::unique_ptr<const Script>> compile_script(std::string_view path, std::string_view,
                                                     ScriptAccess) {
  return fail(fmt::format("{}: this wafcheck is built without Lua", path));
}

}  // namespace wafcheck::engine::inline scripts
