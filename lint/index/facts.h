#pragma once
// What a rule is about, a chain taken whole: what `index` lists and its queries ask.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lint/check.h"
#include "parser/ruleset.h"

namespace wafcheck::lint {

struct RuleFacts {
  const parser::Rule* rule = nullptr;  ///< the starter
  std::optional<uint64_t> id;
  uint8_t phase = 2;
  uint32_t links = 1;
  std::optional<uint64_t> severity;    ///< 0 (EMERGENCY) to 7 (DEBUG)
  std::optional<uint64_t> paranoia_level;   ///< of the tag paranoia-level/N
  std::string message;
  std::string version;
  std::string disruptive;              ///< the action that holds; empty: none
  std::string file;
  uint32_t line = 0;
  bool removed = false;
  // In order of appearance, each once, of all links.
  std::vector<std::string> tags;
  std::vector<std::string> variables;  ///< names that are inspected: ARGS, REQUEST_HEADERS
  std::vector<std::string> targets;    ///< as written: &ARGS, !REQUEST_COOKIES:/^_/
  std::vector<std::string> operators;  ///< names without @
  std::vector<std::string> transformations;
  std::vector<std::string> actions;
  std::vector<std::string> reads;      ///< names in TX, in lower case; a pattern as it is written
  std::vector<std::string> writes;
  std::vector<std::string> skips_to;   ///< markers that its skipAfter names
};

/// A row for every rule and chain, in load order.
std::vector<RuleFacts> rule_facts(const Context& context);

/// "942100", or FILE:LINE of a rule without an id.
std::string name_of(const RuleFacts& facts);

/// A target as SecLang writes it.
std::string target_text(const parser::Target& target);

}  // namespace wafcheck::lint
