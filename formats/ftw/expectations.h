#pragma once
// What recorded traffic is expected to do: a YAML file beside it.
//
//   traffic: traffic.har
//   tests:
//     - request: GET /admin**
//       expect: block
//       rules: [949110]

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/ftw/ftw.h"
#include "formats/records/outcome.h"

namespace wafcheck::formats::inline ftw {

struct Expectation {
  std::string name;   ///< empty: the file gives none
  uint32_t line = 0;  ///< where it stands

  // Which transactions: one of these.
  bool all = false;
  std::optional<std::string> transaction;   ///< an id
  std::optional<uint64_t> entry;            ///< from 0
  std::optional<std::string> method, path;  ///< a glob, for all of the path

  // What each of them does.
  std::optional<bool> blocked;
  std::optional<int> status;
  std::vector<uint64_t> rules, no_rules;

  /// Its name, or else what it selects and expects.
  std::string id() const;
  bool selects(const Exchange& exchange) const;
  /// What the outcome is instead, with its entry; empty: it is as expected. The outcome must hold
  /// all matches.
  std::string fault(const Outcome& outcome) const;
};

struct ExpectationFile {
  std::string path;
  std::string traffic;  ///< as it stands; from the folder of the file
  std::vector<Expectation> expectations;
  std::vector<FtwProblem> problems;  ///< errors; an unknown key is one
};

/// An expectation as it stands in a file, two blanks before each line.
std::string expectation_text(const Expectation& expectation);

/// Whether YAML holds expectations, and no tests: a key `traffic` stands at its beginning.
bool looks_like_expectations(std::string_view yaml);
ExpectationFile parse_expectations(std::string path, std::string_view yaml);

}  // namespace wafcheck::formats::inline ftw
