#pragma once
// One rule exclusion: what it takes out of which rule, where it holds, and its SecLang.

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wafcheck::cli::inline tune {

enum class ExclusionKind : uint8_t {
  setting,        ///< of crs-setup.conf: no exclusion at all
  ctl_target,     ///< a target of a rule
  ctl_tag,        ///< a target of every rule with a tag
  ctl_rule,       ///< a rule
  update_target,  ///< a target of a rule, for all requests
  remove,         ///< a rule, for all requests
};
/// "ctl-target": as JSON has it.
std::string_view to_string(ExclusionKind kind);

/// The requests for which an exclusion holds. What is empty is no condition.
struct Scope {
  std::string path;     ///< an anchored expression; empty: any path, and no other condition either
  std::string literal;  ///< the one path that it matches; empty: there are several
  std::vector<std::string> methods, hosts;  ///< sorted

  auto operator<=>(const Scope&) const = default;
  /// "POST /api/orders": for people.
  std::string text() const;
};

struct Exclusion {
  ExclusionKind kind = ExclusionKind::ctl_target;
  uint64_t rule_id = 0;
  std::string tag;              ///< of ctl_tag
  std::string target;           ///< "ARGS:note"; empty: the whole rule
  std::string variable, value;  ///< of a setting, the first without "tx."
  Scope scope;

  auto operator<=>(const Exclusion&) const = default;

  /// Whether it is an action of a rule, which has an id; else it is a directive.
  bool has_id() const { return kind < ExclusionKind::update_target; }
  /// What the exclusions of one rule share: where they hold, and what they take out. The lock file
  /// knows ids by it.
  std::string group() const;
  /// The action or directive itself.
  std::string seclang() const;
};

/// A rule or directive of SecLang for exclusions of one group, without a line end. `id` is that of
/// the rule; 0 where it is a directive. `gate`: an operator on UNIQUE_ID as a condition besides;
/// empty: none.
std::string seclang_of(std::span<const Exclusion> exclusions, uint64_t id,
                       std::string_view gate = {});

}  // namespace wafcheck::cli::inline tune
