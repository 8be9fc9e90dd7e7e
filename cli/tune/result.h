#pragma once
// What wafcheck tune found, as its reports show it.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/tune/exclusion.h"

namespace wafcheck::cli::inline tune {

/// A good request as reports name it.
struct NamedRequest {
  std::string id, source;
  std::optional<size_t> entry;
  uint64_t offset = 0;
  std::string line;    ///< "POST /api/orders"
  std::string reason;  ///< why it is suspicious, or still held back
};

/// An attack that is no longer detected.
struct LostAttack {
  std::string id;             ///< of the test or transaction; empty: a payload put into a target
  uint64_t exclusion = 0;     ///< index in TuneResult::exclusions of the one that lost it
  bool by_exclusion = false;  ///< that is known
  uint64_t rule_id = 0;
  std::string target, payload;
};

/// Exclusions of one rule of the files; each has its line in reports.
struct Proposal {
  Exclusion exclusion;
  size_t number = 0;    ///< in the order of the search
  uint64_t id = 0;      ///< of the rule that holds it; 0: a directive, which has none
  std::string message;  ///< of the rule that it is about
  std::vector<NamedRequest> freed;
  uint64_t tried = 0, lost = 0;  ///< payloads put into the target
  /// One of the requests, and what it has in the target.
  std::string sample_method, sample_path, value;
  std::string text;  ///< the rule or directive that holds it
  std::string file;
};

struct TuneResult {
  uint64_t transactions = 0;
  uint64_t before = 0;             ///< good ones held back, suspicious ones not counted
  std::vector<NamedRequest> left;  ///< still held back
  std::vector<NamedRequest> suspicious;
  uint64_t attacks_before = 0, attacks_after = 0;  ///< detected
  bool has_attacks = false;                        ///< there was something to measure with
  std::vector<LostAttack> lost;
  std::vector<Proposal> proposals;
  std::string warnings;                 ///< of lint, about the files
  std::string date;                     ///< of the newest traffic; empty: it has none
  std::string before_file, after_file;  ///< paths
  std::string before_text, after_text;  ///< contents
  std::string plugin;                   ///< its name; empty: the files are those of CRS's places
  uint64_t id_base = 0;
  /// Of a plugin: its other files, by their paths below it.
  std::vector<std::pair<std::string, std::string>> plugin_files;
  size_t without_tests = 0;  ///< exclusions of a plugin for which no test could be made
};

}  // namespace wafcheck::cli::inline tune
