#pragma once
// The properties of a rule or chain that `index` lists and queries test.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lint/analysis/analysis.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::lint::inline index {

struct RuleFacts {
  const parser::Rule* rule = nullptr;  ///< the starter
  std::optional<uint64_t> id;
  uint8_t phase = 2;
  uint32_t links = 1;
  std::optional<uint64_t> severity;        ///< 0 (EMERGENCY) to 7 (DEBUG)
  std::optional<uint64_t> paranoia_level;  ///< from the tag paranoia-level/N
  std::string message;
  std::string version;
  std::string disruptive;  ///< the effective disruptive action; empty: none
  std::string file;
  uint32_t line = 0;
  bool removed = false;
  // Of all links, in order of appearance, without duplicates.
  std::vector<std::string> tags;
  std::vector<std::string> variables;  ///< inspected variables: ARGS, REQUEST_HEADERS
  std::vector<std::string> targets;    ///< as written: &ARGS, !REQUEST_COOKIES:/^_/
  std::vector<std::string> operators;  ///< names without @
  std::vector<std::string> transformations;
  std::vector<std::string> actions;
  std::vector<std::string> reads;  ///< names in TX, in lower case; a pattern as it is written
  std::vector<std::string> writes;
  std::vector<std::string> skips_to;  ///< markers that its skipAfter names
};

/// One element per rule or chain, in load order.
std::vector<RuleFacts> rule_facts(const Analysis& analysis);

/// "942100", or FILE:LINE of a rule without an id.
std::string name_of(const RuleFacts& facts);

/// A target as SecLang writes it.
std::string target_text(const parser::Target& target);

}  // namespace wafcheck::lint::inline index
