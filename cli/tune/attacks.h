#pragma once
// Attacks: what the rules' own tests and other attack traffic send, and which values in it the
// rules detect.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cli/console.h"
#include "cli/traffic_runner.h"
#include "cli/tune/workbench.h"
#include "formats/traffic/traffic.h"

namespace wafcheck::cli::inline tune {

struct Attack {
  std::string id;      ///< of the test or transaction
  std::string source;  ///< the file
  formats::Exchange exchange;
};

class AttackCorpus {
 public:
  /// Reads and runs the attacks that `inputs` name: FTW tests or traffic. False, with the reason
  /// printed, where one cannot be read.
  bool read(const std::vector<std::string>& inputs, const TrafficOptions& traffic,
            Workbench& workbench, Console& console);

  /// The attacks that the rules, as they are, hold back.
  const std::vector<Attack>& detected() const { return detected_; }
  /// Values that a rule matches in them: all, or `limit` of them, spread evenly.
  std::vector<std::string_view> payloads(uint64_t rule_id, size_t limit = SIZE_MAX) const;
  /// The attack that a value is or contains; empty: none.
  std::string_view find_in(std::string_view value) const;
  /// All requests that were run, detected or not.
  uint64_t size() const { return count_; }

 private:
  struct Found;
  bool read_tests(const std::string& input, Workbench& workbench, Console& console);
  bool read_traffic(const std::string& input, const TrafficOptions& traffic, Workbench& workbench,
                    Console& console);
  void take(Found&& found);

  std::vector<Attack> detected_;
  std::map<uint64_t, std::set<std::string>> by_rule_;
  std::set<std::string, std::less<>> payloads_;  ///< of rules against attacks on applications
  std::set<std::string, std::less<>> others_;    ///< the same of paths and names
  std::vector<std::string_view> contained_;      ///< those of payloads_ that are long enough
  uint64_t count_ = 0;
};

/// Where the tests of the loaded rules stand, as CRS has them beside its rules; empty: nowhere.
std::string find_tests(const parser::RulesetModel& ruleset);

}  // namespace wafcheck::cli::inline tune
