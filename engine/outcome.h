#pragma once
// What a transaction has to say: which rules matched, and what would have been done about it.

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace wafcheck::parser {
inline namespace language {
enum class Variable : uint8_t;
}
inline namespace ruleset {
struct Rule;
}
}  // namespace wafcheck::parser

namespace wafcheck::engine {

enum class EngineMode : uint8_t { off, detection_only, on };
enum class AuditMode : uint8_t { unset, off, relevant_only, on };

/// One value that an operator matched. Views live as long as the transaction.
struct Match {
  parser::Variable variable{};
  bool counted = false;          ///< '&': the value is a count
  std::string_view key;          ///< member name; empty for scalars
  std::string_view value;        ///< the target's value
  std::string_view transformed;  ///< what the operator saw
  std::string_view captured;     ///< TX:0 of this match, where there is one
  /// What in particular matched, where the operator can tell: the phrase of @pm, the fingerprint of
  /// @detectSQLi.
  std::string_view finding;
  uint32_t link = 0;  ///< which link of the chain
  /// What the engine calls the value where that is not `variable:key`; null data(): it is.
  std::string_view called = {};
  std::string_view parameter = {};  ///< the operator's, macros expanded; empty where it has none
  /// Of the rule at this match, expanded, where the engine tells them of each.
  std::string_view message = {}, data = {};
  /// The operator was negated and gave up at a limit: that it does not match is not known.
  bool undecided = false;

  /// "ARGS:id", "REQUEST_URI", "&ARGS": as logs print it.
  std::string name() const;
};

struct MatchedRule {
  std::optional<uint64_t> id;
  std::string_view file;  ///< where the rule stands, as its path was given; lives with the Program
  uint32_t line = 0;      ///< counts from 1
  const parser::Rule* rule = nullptr;  ///< the chain's starter
  const parser::Rule* last = nullptr;  ///< the link that completed the chain
  uint8_t phase = 0;
  std::string_view message;  ///< expanded; empty: none
  std::string_view data;     ///< logdata, expanded
  std::vector<std::string_view> tags;
  int severity = -1;  ///< 0 (EMERGENCY) to 7 (DEBUG); -1: none
  bool log = true;
  bool auditlog = true;
  bool disrupted = false;  ///< it interrupted the transaction, or would have in DetectionOnly
  /// Where its matches stand, as libmodsecurity's `ref` has it: for each, what the operator found
  /// in the value (`o`), the value in the request (`v`), and the transformations. Offsets count
  /// from the request line's first byte, a line end being one byte. What stands nowhere is left
  /// out. Empty without TransactionOptions::references.
  std::string_view reference;
  std::vector<Match> matches;
};

enum class Disruption : uint8_t { deny, drop, redirect, allow, proxy };
std::string_view to_string(Disruption disruption);

struct Interruption {
  Disruption action = Disruption::deny;
  int status = 403;
  std::optional<uint64_t> rule_id;  ///< none: a limit or a body that breaks off, no rule
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
    return arguments.empty() && request_headers.empty() && response_headers.empty() &&
           bytes.empty();
  }
};

/// A body, or the end of one, that was let through although no rule could look into it.
struct Uninspected {
  enum class Why : uint8_t {
    no_access,        ///< Sec...BodyAccess is Off, or a rule turned it off
    no_processor,     ///< none was chosen for its type, and it was not forced
    type_not_listed,  ///< response: not in SecResponseBodyMimeType
    over_limit,       ///< what is behind the limit
    compressed,       ///< rules looked at it as it was sent: compressed
  };
  bool response = false;
  Why why = Why::no_access;
  std::string type;  ///< its media type, lower-cased, as far as it was sent

  bool operator==(const Uninspected&) const = default;
};

/// A ctl:ruleRemove... that a rule ran, or a target that an update directive excludes and that kept
/// something out.
struct ExclusionUse {
  const parser::Rule* rule = nullptr;  ///< that ran the ctl; null: a directive's
  std::string text;                    ///< "ctl:ruleRemoveTargetById=942100;ARGS:q", "!ARGS:q"
  std::string_view file;               ///< where it stands, as its path was given
  uint32_t line = 0;
  bool removed = false;  ///< it kept a value from a rule, or a rule from running

  bool operator==(const ExclusionUse&) const = default;
};

/// Something that was cut off, failed or could not be evaluated; never silent.
struct Problem {
  std::string kind;  ///< "request-body", "limit", "regex-limit", "offline", ...
  std::string message;
  /// A limit ended something that a rule's verdict hangs on: it might have been another.
  bool undecided = false;
};

}  // namespace wafcheck::engine
