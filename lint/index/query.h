#pragma once
// Queries over the rules of a ruleset: `tag=attack-sqli and pl<=2 and not variable=REQUEST_BODY`.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/index/facts.h"
#include "parser/base/result.h"

namespace wafcheck::lint::inline index {

/// A field of a query.
struct QueryField {
  std::string_view name;
  std::string_view doc;
  /// Its values in a rule, as text; numbers in decimal.
  std::vector<std::string> (*values)(const RuleFacts& facts);
  /// The number of a word, for comparisons (critical: 2); null: the field takes only numbers.
  std::optional<uint64_t> (*number)(std::string_view word);
};
const std::vector<QueryField>& query_fields();

/// A parsed query. Terms are FIELD OP VALUE; they combine with `and`, `or`, `not` and parentheses.
/// `=` and `!=` compare without regard to case, `*` and `?` in the value standing for any bytes;
/// numbers may be ranges (942000-942999). `~` and `!~` search a regular expression. `<`, `<=`, `>`
/// and `>=` compare numbers. If a field has several values, one of them has to match; for `!=` and
/// `!~`, none may.
class Query {
 public:
  /// The error's `at` is an offset into `text`.
  static Result<Query> parse(std::string_view text);
  bool matches(const RuleFacts& facts) const;

  struct Node;

 private:
  std::shared_ptr<const Node> root_;
};

}  // namespace wafcheck::lint::inline index
