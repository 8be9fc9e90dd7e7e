#pragma once
// The output formats of a ruleset's index.

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lint/index/facts.h"

namespace wafcheck::lint::inline index {

struct IndexView {
  const Analysis& analysis;
  std::vector<RuleFacts> rules;  ///< the rules to list
  bool resolved = false;         ///< show each rule as the engine sees it
  bool whole = true;             ///< `rules` are all rules: print totals
};

/// One line per rule, then totals; or the rules as SecLang if `resolved`.
std::string index_text(const IndexView& view);
/// {"schema":1,"files":[...],"rules":[...],"tags":{...},...}, without a line end.
std::string index_json(const IndexView& view);
/// A header line and one line per rule, quoted as in RFC 4180; lists are separated by '|'.
std::string index_csv(const IndexView& view);
/// A directed graph for Graphviz: rules, the names in TX that lead from one to another, and
/// markers.
std::string index_dot(const IndexView& view);

struct IndexFormat {
  std::string_view name;
  std::string (*write)(const IndexView& view);
  std::string_view doc;
};
std::span<const IndexFormat> index_formats();

}  // namespace wafcheck::lint::inline index
