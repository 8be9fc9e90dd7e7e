#pragma once
// A ruleset's index as people and programs read it.

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lint/index/facts.h"

namespace wafcheck::lint {

struct IndexView {
  const Context& context;
  std::vector<RuleFacts> rules;  ///< those that were asked for
  bool resolved = false;         ///< show each rule as the engine sees it
  bool whole = true;             ///< all rules: totals make sense
};

/// A line a rule, then what the ruleset holds; or the rules as SecLang when `resolved`.
std::string index_text(const IndexView& view);
/// {"schema":1,"files":[...],"rules":[...],"tags":{...},...}, without a line end.
std::string index_json(const IndexView& view);
/// A header line and a line a rule, quoted after RFC 4180; lists are separated by '|'.
std::string index_csv(const IndexView& view);
/// A directed graph for Graphviz: rules, the names in TX that lead from one to another, and markers.
std::string index_dot(const IndexView& view);

struct IndexFormat {
  std::string_view name;
  std::string (*write)(const IndexView& view);
  std::string_view doc;
};
std::span<const IndexFormat> index_formats();

}  // namespace wafcheck::lint
