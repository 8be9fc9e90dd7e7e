#pragma once
// What a trace wants to know while rules run. A transaction without an observer pays one test of a
// pointer for each.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wafcheck::parser {
inline namespace language {
enum class Transformation : uint8_t;
enum class Variable : uint8_t;
}  // namespace language
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
  std::string_view transformed;            ///< what the operator saw
  bool matched = false;                    ///< negation applied
  std::vector<std::string_view> captures;  ///< where the rule captures; no data: took no part

  // Of a value that matched:
  parser::Variable variable{};
  std::string_view key;  ///< member name; empty for scalars
  bool counted = false;  ///< '&': the value is a count
  /// Where in `transformed` the operator found what it looks for: offset and length, as it tells
  /// them for ModSecurity 3's log.
  std::optional<std::pair<size_t, size_t>> found;
  std::string_view finding;    ///< see Match::finding
  std::string_view parameter;  ///< the operator's argument, macros expanded
};

class Observer {
 public:
  virtual ~Observer() = default;
  /// Whether values that do not match, and rules that cannot, are of interest. If not, they are not
  /// reported, and a transaction takes hardly longer than one without an observer.
  virtual bool sees_unmatched() const { return true; }
  /// A link of a chain (0: the starter) is about to be tested.
  virtual void rule_begins(const parser::Rule& rule, int phase) = 0;
  virtual void value_tested(const TestedValue& value) = 0;
  virtual void action_run(const parser::ActionUse& action) = 0;
  /// `before` and `after` have no data where the variable is unset.
  virtual void tx_changed(std::string_view name, std::string_view before,
                          std::string_view after) = 0;
  /// A script has something to say, at a level of SecDebugLogLevel.
  virtual void script_logged([[maybe_unused]] int level, [[maybe_unused]] std::string_view text) {}
  virtual void rule_ends(bool matched) = 0;
  /// A rule was passed over; `reason` says why.
  virtual void rule_skipped(const parser::Rule& rule, int phase, const std::string& reason) = 0;
};

/// Tells two of everything; of unmatched values, if one of them wants these.
class ObserverPair : public Observer {
 public:
  ObserverPair(Observer& first, Observer& second) : observers_{&first, &second} {}
  bool sees_unmatched() const override {
    return observers_[0]->sees_unmatched() || observers_[1]->sees_unmatched();
  }
  void rule_begins(const parser::Rule& rule, int phase) override {
    for (Observer* const each : observers_) each->rule_begins(rule, phase);
  }
  void value_tested(const TestedValue& value) override {
    for (Observer* const each : observers_) {
      if (value.matched || each->sees_unmatched()) each->value_tested(value);
    }
  }
  void action_run(const parser::ActionUse& action) override {
    for (Observer* const each : observers_) each->action_run(action);
  }
  void tx_changed(std::string_view name, std::string_view before, std::string_view after) override {
    for (Observer* const each : observers_) each->tx_changed(name, before, after);
  }
  void script_logged(int level, std::string_view text) override {
    for (Observer* const each : observers_) each->script_logged(level, text);
  }
  void rule_ends(bool matched) override {
    for (Observer* const each : observers_) each->rule_ends(matched);
  }
  void rule_skipped(const parser::Rule& rule, int phase, const std::string& reason) override {
    for (Observer* const each : observers_) each->rule_skipped(rule, phase, reason);
  }

 private:
  Observer* observers_[2];
};

}  // namespace wafcheck::engine
