#pragma once
// Loading rulesets, for programs that embed wafcheck.

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "parser/base/result.h"
#include "parser/diagnostic.h"
#include "parser/profile.h"
#include "parser/source.h"

namespace wafcheck::parser {

inline namespace language {
struct Semantics;
}
inline namespace ruleset {
class RulesetModel;
}

/// How files are reached; tests use one in memory.
class FileSystem {
 public:
  virtual ~FileSystem() = default;
  virtual Result<std::string> read(const std::string& path) = 0;
  virtual bool is_directory(const std::string& path) = 0;
  /// Paths that match a glob of `*`, `?` and `[]`, sorted by bytes.
  virtual std::vector<std::string> glob(const std::string& pattern) = 0;
  /// A path's canonical form, for finding Include cycles.
  virtual std::string canonical(const std::string& path) = 0;
  /// Where the text that read() gives for `path` stands inside another file; null: nowhere.
  virtual std::shared_ptr<const Embedding> embedding(const std::string& path) {
    static_cast<void>(path);
    return nullptr;
  }
};
FileSystem& disk();

struct LoadOptions {
  Profile profile = Profile::standard;
  Version version;                       ///< of the profile's engine
  const Semantics* semantics = nullptr;  ///< copied; null: those of profile and version
  FileSystem* files = nullptr;           ///< null: the disk
  std::vector<std::string> directives;   ///< appended; they win
  std::string crs;                       ///< what @owasp_crs stands for; empty: none
  std::string shipped_rules;             ///< where @recommended-conf and @crs-setup-conf stand
  /// A file that is read before the inputs, and passed over where they name it again.
  std::string first = {};
  /// Inputs that are read before the others, and that lint does not report on.
  std::vector<std::string> context = {};
  /// Rules and directives that do not load are left out, with a warning; files that cannot be read
  /// stay errors.
  bool skip_invalid = false;
  /// An input that is a directory without *.conf of its own means those in the folders below.
  bool search_below = false;
  /// Inputs are sets of rules that libmodsecurity merges: of a setting, what an earlier input says
  /// holds, and each may have default actions of its own, of which the last hold for all.
  bool merge_inputs = false;
};

/// Limits of loading; what is over them is a diagnostic.
inline constexpr size_t kMaxIncludeDepth = 64;
inline constexpr size_t kMaxFileBytes = size_t{64} << 20;
inline constexpr size_t kMaxIncludes = 10'000;
/// Directives, their arguments, targets and actions: of one directive, and of all that is read.
inline constexpr size_t kMaxItemsOfDirective = 100'000;
inline constexpr size_t kMaxItems = 1'050'000;
/// Findings that are kept; the others are counted.
inline constexpr size_t kMaxFindingsOfFile = 5'000;
inline constexpr size_t kMaxFindings = 20'000;

/// What load() read. A handle: copies share one model, which never changes.
class Ruleset {
 public:
  explicit Ruleset(std::shared_ptr<const RulesetModel> model);

  const Diagnostics& diagnostics() const;
  /// What the spans of diagnostics point into.
  const Sources& sources() const;
  /// For wafcheck itself; see parser/ruleset/ruleset.h.
  const std::shared_ptr<const RulesetModel>& model() const { return model_; }

 private:
  std::shared_ptr<const RulesetModel> model_;
};

/// Loads files, directories (their *.conf, sorted by bytes) and globs, in the order given. Goes on
/// after an error; everything wrong is in diagnostics(). Never throws.
Ruleset load(const std::vector<std::string>& inputs, const LoadOptions& options = {});

}  // namespace wafcheck::parser
