#pragma once
// The rules of a text, as an index sees them.

#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "lint/checks/check.h"
#include "lint/checks/example.h"
#include "lint/index/facts.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::lint {

struct Indexed {
  explicit Indexed(std::string_view text) : example(text) {}

  /// The rule with this id, which has to be there.
  const RuleFacts& operator[](uint64_t id) const {
    for (const RuleFacts& row : facts) {
      if (row.id == id) return row;
    }
    throw std::out_of_range("no such rule");
  }

  Example example;
  parser::RulesetModel ruleset = example.load();
  Analysis analysis{ruleset, example.options.files};
  std::vector<RuleFacts> facts = rule_facts(analysis);
};

}  // namespace wafcheck::lint
