#pragma once
// What a trace wants to know while rules run. A transaction without an observer pays one test of a
// pointer for each.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wafcheck::parser {
inline namespace language {
enum class Transformation : uint8_t;
}
inline namespace ruleset {
struct ActionUse;
struct Rule;
}  // namespace ruleset
}  // namespace wafcheck::parser

namespace wafcheck::engine {

/// One value that was tested against a rule's operator. Views live as long as the transaction.
struct TestedValue {
  std::string name;        ///< "ARGS:q"
  std::string_view value;  ///< as it was before transformations
  /// Each transformation that changed it, and what it became.
  std::vector<std::pair<parser::Transformation, std::string_view>> steps;
  bool matched = false;                    ///< negation applied
  std::vector<std::string_view> captures;  ///< where the rule captures; no data: took no part
};

class Observer {
 public:
  virtual ~Observer() = default;
  /// A link of a chain (0: the starter) is about to be tested.
  virtual void rule_begins(const parser::Rule& rule, int phase) = 0;
  virtual void value_tested(const TestedValue& value) = 0;
  virtual void action_run(const parser::ActionUse& action) = 0;
  /// `before` and `after` have no data where the variable is unset.
  virtual void tx_changed(std::string_view name, std::string_view before,
                          std::string_view after) = 0;
  virtual void rule_ends(bool matched) = 0;
  /// A rule was passed over; `reason` says why.
  virtual void rule_skipped(const parser::Rule& rule, int phase, const std::string& reason) = 0;
};

}  // namespace wafcheck::engine
