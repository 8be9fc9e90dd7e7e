#pragma once
// The loader of rulesets: what load_model() is made of. Internal to the room.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "parser/ruleset/files.h"
#include "parser/ruleset/includes.h"
#include "parser/ruleset/ruleset.h"
#include "parser/ruleset/updates.h"
#include "parser/syntax/finding_limit.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::parser::inline ruleset {

/// Reads a ruleset once: files in load order (load.cc), rules and default actions (load_rules.cc).
class Loader {
 public:
  explicit Loader(const LoadOptions& options)
      : options_(options),
        files_(options.files != nullptr ? *options.files : disk()),
        finder_(files_, options_),
        ruleset_(options.semantics != nullptr
                     ? *options.semantics
                     : semantics_of(Engine{options.profile, options.version})),
        diagnostics_(ruleset_.diagnostics) {}

  RulesetModel load(const std::vector<std::string>& inputs);
  /// See extend_model().
  std::optional<RulesetModel> extend(std::shared_ptr<const RulesetModel> base,
                                     const std::vector<std::string>& inputs);

 private:
  struct Pending {
    RuleIndex starter;
    Span chain;  ///< the action that asks for a link
  };
  struct OpenFile {
    std::string canonical;
    std::optional<Span> included_by;
    uint32_t lines_uncounted = 0;  ///< so far, see uncounted_lines()
  };

  RuleIndex count() const { return static_cast<RuleIndex>(ruleset_.rules.size()); }

  Diagnostic& tell(SyntaxCheck check, Span span, std::string message, std::string help = {});

  /// Removes the findings that are over the limit. Not while a directive is read, as what is made
  /// of it depends on what was found in it.
  void settle();

  /// An error that is never overlooked, and not subject to a limit.
  void tell_hard(SyntaxCheck check, Span span, std::string message, std::string help = {});

  // -- files

  void read_inputs(const std::vector<std::string>& inputs);

  // -- what a model adds to another (extend.cc)

  bool may_extend(const RulesetModel& base) const;
  /// Removes or copies what `update` reaches there; false: it cannot be told what comes of it.
  bool reach(const Update& update);
  void copy_chain(ChangedChain& chain);

  void read_first();

  /// What the inputs name is reported on, wherever it is read.
  void read_context(const std::vector<std::string>& inputs);
  void load_input(const std::string& input);
  void load_found(Found found, std::optional<Span> included_by);
  void load_directives();
  void load_file(std::string path, std::string bytes, std::optional<Span> included_by);

  /// A file that is included once more gives its rules once more, and no finding twice.
  void read_again(size_t place, OpenFile open);
  void read_tree(size_t place, OpenFile open);
  void read_directives(size_t place);

  /// What is read takes many times the memory of its bytes, and includes multiply it.
  void count_items(const DirectiveNode& node);
  bool may_open(const std::string& canonical, size_t size, std::optional<Span> included_by);
  void read_include(const DirectiveNode& node, const DirectiveInfo& row);

  /// Reports what is there and cannot be read, be it optional; whether there is such a thing.
  bool tell_unread(const Found& found, Span span);

  // -- directives

  void read_directive(const DirectiveNode& node);
  void read_known(const DirectiveNode& node, const DirectiveInfo& row);
  void read_unknown(const DirectiveNode& node);

  /// A directive of the server's in a file that it includes: RequestHeader, ErrorDocument.
  bool is_apaches(const DirectiveNode& node);

  /// The directive may have been meant to be a rule, even one of a chain; neither it nor what would
  /// have been chained to it is worth a second report.
  void lose_rule();

  // -- what is left out

  bool drops_rules() const { return ignore_rule_errors_ || options_.skip_invalid; }

  /// The first error among the diagnostics from `begin` on; null: there is none.
  const Diagnostic* error_since(size_t begin) const;

  void drop(Span span, std::optional<uint64_t> id, std::string reason);

  /// A part of a chain is another rule: where a link is lost, nothing of the chain stays.
  void remove_chain(RuleIndex starter);

  /// With --skip-invalid the errors of rules and directives are warnings, as these are left out.
  void spare_invalid();

  /// SecStreamInBodyInspection Off and its like ask for nothing.
  static bool ignorable(const DirectiveNode& node);
  void read_marker(const DirectiveNode& node, const DirectiveInfo& row);
  void read_dataset(const DirectiveNode& node, const DirectiveInfo& row);
  void read_setting_directive(const DirectiveNode& node, const DirectiveInfo& row);

  /// The map is the same everywhere: where the one that is named is missing, the shipped one
  /// serves.
  void find_map(Text& path);
  void check_data_file(const Text& path);
  void read_update_directive(const DirectiveNode& node, const DirectiveInfo& row);

  /// What an update names by its number alone has to be there; of a range, any or none.
  void check_updated(const Update& update, Span names);
  void apply(Update& update, RuleIndex end);

  // -- default actions

  void read_default_action(const DirectiveNode& node, const DirectiveInfo& row);
  void check_default(const ActionUse& use);
  void check_default_transformation(const ActionUse& use);
  void check_complete(const DirectiveNode& node, const ActionUse* phase, bool disruptive);
  void check_only_one(const DefaultAction& action);

  // -- rules

  void read_rule(const DirectiveNode& node, const DirectiveInfo& row);

  /// Says which rule is left out, or has no effect, for what was found from `begin` on.
  void tell_drop(const DirectiveNode& node, std::optional<uint64_t> id, size_t begin);
  std::optional<Rule> parse_rule(const DirectiveNode& node, const DirectiveInfo& row);
  static const ActionUse* last(const Rule& rule, Action action);
  void check_operator_file(const OperatorUse& op);

  /// What some engines refuse of a rule's variables, with a selector or without one.
  void check_forms(const Rule& rule);

  /// Whether ModSecurity 2 takes a variable for one that has a single value.
  static bool is_single(const VariableInfo& row);

  /// SecRule TX "^0" ...: this engine reads on, and takes the expression for a part of the name.
  void check_bare_collection(const DirectiveNode& node, const Rule& rule);

  /// Joins a rule to the chain that waits for it, or begins a new one.
  void place_rule(Rule rule);
  void place_link(Rule rule);
  void place_starter(Rule rule);

  /// deny and its like, a rule's own or those of its defaults, where the engine refuses them in the
  /// last phase.
  void check_logging_rule(const Rule& rule);
  uint8_t default_phase() const;

  void take_id(Rule& rule, const ActionUse* id, RuleIndex at);

  /// Whether the rule being read has a quote that swallows what follows it.
  bool quote_lost() const;

  void check_link(const Rule& rule, const Rule& starter);
  void check_link_action(const ActionUse& use, const Rule& starter);

  /// Something that is no rule comes, or the last file ends: a chain that still waits for its next
  /// rule never gets it.
  void end_chain(bool at_end);

  /// A SecAction that stands between the links of a chain comes after it.
  void hold_action(Rule rule);
  void place_held_actions();

  /// Names the rule in everything that was said about a place inside one.
  void name_rules();
  const LoadOptions& options_;
  FileSystem& files_;
  Finder finder_;
  RulesetModel ruleset_;
  Diagnostics& diagnostics_;
  std::string first_;                      ///< LoadOptions::first, once it was read
  std::unordered_set<std::string> named_;  ///< by the inputs, where there is a context
  std::unordered_set<std::string> read_in_context_;
  bool in_context_ = false;
  std::vector<size_t> hard_;    ///< errors that are never overlooked
  std::vector<OpenFile> open_;  ///< the file being read and those that include it
  std::optional<Pending> pending_;
  std::vector<Rule> held_actions_;
  Span rest_;                    ///< from the directive being read to the next
  bool link_lost_ = false;       ///< the starter of the rule that comes could not be read
  size_t rule_diagnostics_ = 0;  ///< where those of the rule being read begin
  std::map<uint8_t, Span> default_actions_;  ///< the first of each phase
  bool ignore_rule_errors_ = false;
  bool over_limit_ = false;
  size_t total_bytes_ = 0;
  size_t included_ = 0;
  size_t items_ = 0;
  size_t items_of_ = 0;                           ///< rules before it are counted among the items
  std::unordered_map<std::string, size_t> read_;  ///< place among the files, by canonical path
  FindingLimit limit_;
  size_t settled_ = 0;  ///< findings that have gone through the limit
  Updater updater_{ruleset_};
  size_t updated_rules_ = 0;
};

}  // namespace wafcheck::parser::inline ruleset
