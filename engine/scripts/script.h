#pragma once
// Scripts in Lua, as rules run them: compiled when rules are loaded, shared by all threads, each
// run in a Lua of its own.

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/program.h"
#include "parser/base/result.h"

namespace wafcheck::engine::inline scripts {

/// A value that m.getvars() returns: "ARGS:q" and its bytes.
struct ScriptValue {
  std::string_view name, value;
};

/// What a script can do to a transaction. Views that it returns outlive the run; it may throw,
/// which ends the run.
class ScriptHost {
 public:
  virtual ~ScriptHost() = default;
  virtual void log(int level, std::string_view text) = 0;
  /// The first value of a variable, "ARGS.q" or "ARGS:q", after transformations.
  virtual std::optional<std::string_view> value(
      std::string_view name, std::span<const std::string_view> transformations) = 0;
  /// All of them, put into `values`.
  virtual void values(std::string_view name, std::span<const std::string_view> transformations,
                      std::vector<ScriptValue>& values) = 0;
  /// "tx.name"; without a value it is unset.
  virtual void set(std::string_view name, std::optional<std::string_view> value) = 0;
};

struct ScriptLimits {
  size_t steps = 0;   ///< instructions, and what takes as long
  size_t memory = 0;  ///< bytes
};

struct ScriptResult {
  std::optional<std::string> matched;  ///< what main() returned, unless that is nil or empty
  std::string error;                   ///< why it did not come to an end; empty: it did
  bool over_limit = false;             ///< that is the error
};

class Script {
 public:
  virtual ~Script() = default;
  /// Runs the text, then its main(); `argument` is what that is called with.
  virtual ScriptResult run(ScriptHost& host, std::optional<std::string_view> argument,
                           const ScriptLimits& limits) const = 0;
};

/// `path` is what errors name. Fails with the path, the line and what is wrong.
Result<std::unique_ptr<const Script>> compile_script(std::string_view path, std::string_view text,
                                                     ScriptAccess access);

}  // namespace wafcheck::engine::inline scripts
