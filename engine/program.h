#pragma once
// A compiled ruleset, ready for transactions.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "parser/diagnostic.h"

namespace wafcheck::parser {
inline namespace language {
struct Semantics;
}
inline namespace ruleset {
class RulesetModel;
}
class FileSystem;
class Ruleset;
}  // namespace wafcheck::parser

namespace wafcheck::engine {

inline namespace program {
struct ProgramData;
struct Settings;
}  // namespace program

/// Which scripts of rules are run, and what they may use.
enum class ScriptAccess : uint8_t {
  none,              ///< none is: each is reported
  limited,           ///< without files, programs and the network
  unsafe_libraries,  ///< with all that Lua has
};

class Program;

struct ProgramOptions {
  /// Variables set before the first rule; later plain assignments to them are ignored.
  std::vector<std::pair<std::string, std::string>> pinned_tx;
  parser::FileSystem* files = nullptr;  ///< null: the disk
  /// What ENV holds besides what setenv puts there. Never the environment of the process by itself:
  /// rules of others would print it.
  std::vector<std::pair<std::string, std::string>> environment = {};
  ScriptAccess scripts = ScriptAccess::none;
  /// Of a model that adds to another (see extend_model()): that one's Program, itself without base.
  std::shared_ptr<const Program> base = nullptr;
};

/// Built once, immutable but for what is compiled when it is first asked; shared by all threads.
class Program {
 public:
  struct Compiled {
    /// Null when there are errors, and without any where the settings leave no use for the base.
    std::shared_ptr<const Program> program;
    parser::Diagnostics diagnostics;
  };
  /// Compiles a ruleset that loaded without errors; the Program keeps it alive.
  static Compiled compile(const std::shared_ptr<const parser::Ruleset>& ruleset,
                          ProgramOptions options = {});
  static Compiled compile(std::shared_ptr<const parser::RulesetModel> ruleset,
                          ProgramOptions options = {});

  explicit Program(std::unique_ptr<const ProgramData> data);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  /// Compiles at once what is otherwise compiled when it is first asked: expressions, phrases, and
  /// what patterns need. Other threads may ask meanwhile.
  void prepare() const;

  const parser::RulesetModel& ruleset() const;
  const parser::Semantics& semantics() const;
  const Settings& settings() const;
  /// Whether rules read or write members of persistent collections, so that the order of
  /// transactions matters.
  bool ordered() const;

  /// Names of pinned variables that no rule reads or sets by that name.
  const std::vector<std::string>& unnamed_pins() const;

  /// For the engine itself and its tests; see engine/program/program_data.h.
  const ProgramData& data() const { return *data_; }

 private:
  std::unique_ptr<const ProgramData> data_;
};

}  // namespace wafcheck::engine
