#pragma once
// Where the time of a run went, as tables: for people and as JSON.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/profiling/profile.h"
#include "engine/program.h"
#include "formats/records/summary.h"
#include "parser/profile.h"

namespace wafcheck::formats::inline records {

/// What was counted besides the profile.
struct ProfileRun {
  uint64_t transactions = 0;
  uint64_t rejected = 0;      ///< requests that a front refused; no rule saw them
  uint64_t unreadable = 0;    ///< entries that could not be read
  uint64_t skipped = 0;       ///< entries that are no requests to a server
  uint64_t not_selected = 0;  ///< entries that the options leave out
  std::vector<DroppedRule> dropped = {};
  size_t threads = 1;
  double load_us = 0;       ///< rules read and resolved
  double compile_us = 0;    ///< their expressions
  double elapsed_us = 0;    ///< summed over transactions and threads
  double preempted_us = 0;  ///< besides: something else had the processor
  /// Transactions that were evaluated both ways without being preempted.
  uint64_t compared = 0;
  double profiled_us = 0;  ///< of these, with a profile
  double plain_us = 0;     ///< and without

  double overhead_percent() const { return plain_us > 0 ? (profiled_us / plain_us - 1) * 100 : 0; }
};

/// A part of the whole; all of them add up to it.
struct ProfilePart {
  std::string name;
  double time_us = 0;
};

/// Of the tables of rules, expressions and phases.
struct ProfileCounts {
  double time_us = 0;
  double operator_us = 0;  ///< of that, the operator alone
  uint64_t runs = 0;
  uint64_t evaluations = 0;
  uint64_t candidates = 0;
  uint64_t cached = 0;
  uint64_t matches = 0;
  // Match steps, by a sample of the candidates.
  uint64_t searched = 0;         ///< candidates that an expression was run on
  uint64_t step_candidates = 0;  ///< of these, candidates of the rules whose steps were counted
  double steps = 0;              ///< of those, as far as the sample tells
  uint64_t sampled = 0;          ///< candidates whose steps were counted; 0: unknown
  uint64_t most_steps = 0;       ///< of one candidate
  bool stopped = false;          ///< a search was counted in part only

  void add(const ProfileCounts& more);
};

struct ProfiledRule {
  std::optional<uint64_t> id;  ///< of the chain
  uint32_t link = 0;
  uint8_t phase = 2;
  std::string file;
  uint32_t line = 0;
  ProfileCounts counts;
  size_t place = 0;  ///< in load order
};
struct ProfiledExpression {
  std::string name;          ///< of the operator, without @
  std::string argument;      ///< macros as they are written
  std::set<uint64_t> rules;  ///< ids of those that were reached
  ProfileCounts counts;
  size_t place = 0;  ///< of the first rule that has it
};
struct ProfiledTransformation {
  std::string name;
  uint64_t rules = 0;  ///< rules and links that use it
  double time_us = 0;
  uint64_t runs = 0, changed = 0, bytes = 0;
  size_t place = 0;  ///< in the table of transformations
};
struct ProfiledPhase {
  int phase = 0;
  ProfileCounts counts;  ///< `runs`: of its rules
};

enum class ProfileTable : uint8_t { rule, expression, transformation, phase };
enum class ProfileOrder : uint8_t { time, evaluations, candidates, matches, steps };
struct ProfileTableName {
  std::string_view name;
  ProfileTable table;
};
struct ProfileOrderName {
  std::string_view name;
  ProfileOrder order;
};
inline constexpr ProfileTableName kProfileTables[] = {
    {"rule", ProfileTable::rule},
    {"expression", ProfileTable::expression},
    {"transformation", ProfileTable::transformation},
    {"phase", ProfileTable::phase}};
inline constexpr ProfileOrderName kProfileOrders[] = {{"time", ProfileOrder::time},
                                                      {"evaluations", ProfileOrder::evaluations},
                                                      {"candidates", ProfileOrder::candidates},
                                                      {"matches", ProfileOrder::matches},
                                                      {"steps", ProfileOrder::steps}};

struct ProfileView {
  std::optional<ProfileTable> only = std::nullopt;  ///< none: all of them
  ProfileOrder order = ProfileOrder::time;
  size_t top = SIZE_MAX;  ///< rows of a table
  size_t columns = 80;    ///< of the text
};

struct ProfileReport {
  ProfileRun run;
  parser::Engine engine;  ///< whose semantics
  std::vector<ProfilePart> parts;
  std::vector<ProfiledPhase> phases;
  std::vector<ProfiledRule> rules;  ///< that were reached, in load order
  std::vector<ProfiledExpression> expressions;
  std::vector<ProfiledTransformation> transformations;

  /// Adds what other traffic came to with the same rules.
  void merge(const ProfileReport& other);
  /// Brings the tables but that of phases into an order, most first; equal rows keep theirs.
  void sort(ProfileOrder order);
};

ProfileReport make_profile_report(const engine::Program& program, const engine::Profile& profile,
                                  const std::vector<engine::MatchSteps>& steps, double us_per_tick,
                                  ProfileRun run);

std::string profile_text(ProfileReport report, const ProfileView& view);
std::string profile_json(ProfileReport report, const ProfileView& view);
std::string profile_page(ProfileReport report, const ProfileView& view);

struct ProfileFormat {
  std::string_view name;  ///< as --format takes it
  std::string_view doc;
  size_t rows;  ///< of a table, unless the view is asked for more or fewer
  std::string (*write)(ProfileReport report, const ProfileView& view);
  bool page = false;  ///< for a browser, not for a terminal
};
inline constexpr ProfileFormat kProfileFormats[] = {
    {"text", "tables for people", 20, profile_text},
    {"json", "one JSON document", SIZE_MAX, profile_json},
    {"html", "a page to look at", SIZE_MAX, profile_page, true}};

}  // namespace wafcheck::formats::inline records
