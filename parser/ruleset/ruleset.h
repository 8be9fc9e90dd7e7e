#pragma once
// The ruleset model: directives resolved in load order. Lint, index, explain and the engine's
// compiler read this one model; every fact points back to its source.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "parser/base/result.h"
#include "parser/diagnostic.h"
#include "parser/language/semantics_forward.h"
#include "parser/ruleset.h"
#include "parser/ruleset/rule.h"
#include "parser/source.h"
#include "parser/syntax/syntax.h"

namespace wafcheck::parser::inline ruleset {

using RuleIndex = uint32_t;
inline constexpr RuleIndex kNoRule = UINT32_MAX;

enum class RuleKind : uint8_t { rule, action, script };

/// A SecRule, SecAction or SecRuleScript. Links of a chain follow their starter in
/// RulesetModel::rules.
struct Rule {
  RuleKind kind = RuleKind::rule;
  Span span;                    ///< the whole directive
  Span name_span;               ///< its first word
  std::vector<Target> targets;  ///< as written, then what updates added
  OperatorUse op;
  std::vector<ActionUse> actions;  ///< own ones as written, then what updates added
  std::string script;              ///< SecRuleScript's path

  RuleIndex starter = kNoRule;    ///< of the chain; itself when it is the starter or stands alone
  uint32_t link = 0;              ///< 0: the starter
  uint32_t links = 1;             ///< starter only: how many rules the chain has
  bool open_chain = false;        ///< starter only: its last rule is chained to none, see Semantics
  uint32_t lines_uncounted = 0;   ///< before it in its file, see Semantics::lines_as_scanned
  bool block_overridden = false;  ///< an update put its own `block` out of force

  // Resolved: defaults of its phase, its own actions and updates taken together.
  std::optional<uint64_t> id;
  Span id_span;
  uint8_t phase = 2;  ///< 1-5; of the starter
  /// Every action that holds: inherited ones first, then its own; `t` and replaced ones left out.
  std::vector<const ActionUse*> effective;
  std::vector<Transformation> pipeline;  ///< after t:none and inheritance
  std::optional<Span> removed_by;        ///< the directive that removed it

  bool is_starter() const { return link == 0; }
  bool removed() const { return removed_by.has_value(); }
  /// Where to point at it as a whole: its id, or the directive's name.
  Span anchor() const { return id ? id_span : name_span; }
  /// The last action `action` that holds; null: none.
  const ActionUse* find(Action action) const;
  bool has(Action action) const { return find(action) != nullptr; }
};

/// The rule that begins the chain of `link`, which stands among the rules of a model.
inline const Rule& starter_of(const Rule& link) {
  return *(&link - link.link);
}

struct Marker {
  std::string name;
  Span span;
  RuleIndex before = 0;  ///< the first rule that comes after it
};

struct DefaultAction {
  uint8_t phase = 2;
  std::vector<ActionUse> actions;
  Span span;
  RuleIndex before = 0;  ///< the first rule that comes after it
};

/// A directive that sets the engine up, as validated by its row of the table.
struct Setting {
  Directive id = Directive::SecRuleEngine;
  std::vector<Text> arguments;
  int64_t number = 0;  ///< Number and Octal forms
  Span span;
};

/// A removal or update, kept for lint and for engines in which it reaches later rules.
struct Update {
  Directive id = Directive::SecRuleRemoveById;
  RuleFilter filter;
  std::vector<Target> targets;   ///< of SecRuleUpdateTarget...
  std::vector<Target> replaced;  ///< its optional third argument
  std::vector<ActionUse> actions;
  std::optional<uint32_t> link;  ///< SecRuleUpdateActionById ID:LINK
  Span span;
  RuleIndex before = 0;
  uint32_t hits = 0;  ///< rules it changed
};

struct Dataset {
  std::string name;
  std::vector<std::string> entries;
  Span span;
};

/// A rule, a whole chain or another directive that is written and has no effect: it does not load,
/// and that was to be overlooked, or the engine in question drops it.
struct Dropped {
  Span span;
  std::optional<uint64_t> id;
  std::string reason;
};

/// One file that was read, and the Include that named it.
struct LoadedFile {
  FileId file = kNoFile;
  std::optional<Span> included_by;
  SyntaxTree tree;
  bool context = false;   ///< of LoadOptions::context alone
  bool repeated = false;  ///< it was included again: its rules are there more than once
};

/// A chain of the model that another one adds rules to, where that one's updates reach it.
struct ChangedChain {
  RuleIndex of_base = 0;     ///< its starter there
  RuleIndex copy = kNoRule;  ///< its starter here, as it now is; kNoRule: it is removed
};

class RulesetModel {
 public:
  RulesetModel();
  explicit RulesetModel(const Semantics& semantics);  ///< a copy of them
  RulesetModel(RulesetModel&&) = default;
  RulesetModel& operator=(RulesetModel&&) = default;
  RulesetModel(const RulesetModel&) = delete;  // rules point into one another
  RulesetModel& operator=(const RulesetModel&) = delete;

  const Semantics& semantics() const { return *semantics_; }

  Sources sources;
  std::vector<LoadedFile> files;  ///< in the order they were opened
  std::vector<Rule> rules;        ///< in load order, removed ones included
  std::vector<Marker> markers;
  std::vector<std::unique_ptr<DefaultAction>> default_actions;
  std::vector<Setting> settings;  ///< in load order; the last one wins unless its doc says it adds
  std::vector<Update> updates;
  std::vector<Dataset> datasets;
  std::vector<Dropped> dropped;  ///< in load order
  /// The model whose rules come after those of this one, which has its settings, sources and
  /// updates too: see extend_model(). Null: there is none.
  std::shared_ptr<const RulesetModel> base;
  std::vector<ChangedChain> changed;  ///< by of_base; copies stand behind all other rules
  RuleIndex own_rules() const {
    return base == nullptr ? static_cast<RuleIndex>(rules.size()) : own_rules_;
  }
  Diagnostics diagnostics;

  const Rule* find(uint64_t id) const;
  /// The last one, which holds; null: there is none.
  const Setting* last_setting(Directive directive) const;
  std::unordered_map<uint64_t, RuleIndex> by_id;

  /// Sets how many rules stand before the copies.
  void end_own_rules() { own_rules_ = static_cast<RuleIndex>(rules.size()); }

 private:
  std::shared_ptr<const Semantics> semantics_;
  RuleIndex own_rules_ = 0;
};

/// load() of parser/ruleset.h, for those who read the model itself.
RulesetModel load_model(const std::vector<std::string>& inputs, const LoadOptions& options = {});

/// The set that load_model() with LoadOptions::merge_inputs reads from `inputs` and then those of
/// `base`, without reading these anew: only what `inputs` add and change is in the result. Nothing
/// where that cannot be told from the inputs alone; errors are such a case.
std::optional<RulesetModel> extend_model(std::shared_ptr<const RulesetModel> base,
                                         const std::vector<std::string>& inputs,
                                         const LoadOptions& options);

/// The bytes of a data file named in a rule (`@pmFromFile`): relative to the file that holds `at`,
/// then to the working directory. The error lists what was tried.
Result<std::string> read_data_file(const RulesetModel& ruleset, FileSystem& files, Span at,
                                   const std::string& path);

/// Where read_data_file() would find it on the disk, for libraries that open files themselves; the
/// first place that was tried where there is none.
std::string find_data_file(const RulesetModel& ruleset, Span at, const std::string& path);

}  // namespace wafcheck::parser::inline ruleset
