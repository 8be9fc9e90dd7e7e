#pragma once
// What a transaction has to say: which rules matched, and what would have been done about it.

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "parser/rule.h"
#include "parser/ruleset.h"

namespace wafcheck::engine {

enum class EngineMode : uint8_t { off, detection_only, on };
enum class AuditMode : uint8_t { unset, off, relevant_only, on };

/// One value that an operator matched. Views live as long as the transaction.
struct Match {
  parser::Variable variable = parser::Variable::ARGS;
  bool counted = false;          ///< '&': the value is a count
  std::string_view key;          ///< member name; empty for scalars
  std::string_view value;        ///< the target's value
  std::string_view transformed;  ///< what the operator saw
  std::string_view captured;     ///< TX:0 of this match, where there is one
  uint32_t link = 0;             ///< which link of the chain

  /// "ARGS:id", "REQUEST_URI", "&ARGS": as logs print it.
  std::string name() const;
};

struct MatchedRule {
  const parser::Rule* rule = nullptr;  ///< the chain's starter
  const parser::Rule* last = nullptr;  ///< the link that completed the chain
  uint8_t phase = 0;
  std::string_view message;  ///< expanded; empty: none
  std::string_view data;     ///< logdata, expanded
  std::vector<std::string_view> tags;
  int severity = -1;         ///< 0 (EMERGENCY) to 7 (DEBUG); -1: none
  bool log = true;
  bool auditlog = true;
  bool disrupted = false;    ///< it interrupted the transaction, or would have in DetectionOnly
  std::vector<Match> matches;
};

enum class Disruption : uint8_t { deny, drop, redirect, allow, proxy };
std::string_view to_string(Disruption disruption);

struct Interruption {
  Disruption action = Disruption::deny;
  int status = 403;
  std::optional<uint64_t> rule_id;  ///< none: a limit, no rule
  uint8_t phase = 0;
  std::string url;      ///< redirect and proxy
  std::string message;  ///< the rule's msg, expanded, or what the limit was
};

/// What sanitise actions keep out of the audit log. Sets: a rule that matches a thousand times
/// names each thing once.
struct Masks {
  /// Bytes to be hidden wherever they stand, but for some at either end. A view that lives as long
  /// as the transaction.
  struct Bytes {
    std::string_view text;
    uint32_t keep_front = 0, keep_back = 0;
    auto operator<=>(const Bytes&) const = default;
  };
  using Names = std::set<std::string, std::less<>>;  ///< lower-cased

  Names arguments, request_headers, response_headers;
  std::set<Bytes> bytes;

  bool empty() const {
    return arguments.empty() && request_headers.empty() && response_headers.empty() && bytes.empty();
  }
};

/// Something that was cut off, failed or could not be evaluated; never silent.
struct Problem {
  std::string kind;  ///< "request-body", "limit", "regex-limit", "offline", ...
  std::string message;
};

}  // namespace wafcheck::engine
