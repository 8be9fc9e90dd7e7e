#pragma once
// What an engine of a certain version makes of a word or construct: the tables of the language, and
// what versions.def adds to them.

#include <cstdint>
#include <span>
#include <string_view>

#include "lint/engines.h"
#include "parser/language.h"

namespace wafcheck::lint {

enum class WordKind : uint8_t {
  Directive,
  Setting,  ///< a directive and its value, "SecCookieFormat 1"
  Variable,
  Operator,
  Transformation,
  Action,
  Ctl,        ///< an option, alone or with its value: "requestBodyProcessor=RAW"
  Construct,  ///< no word, but something that is written: below
};

/// From harmless to fatal; the last two concern words that are known.
enum class Standing : uint8_t {
  Known,     ///< means what it means elsewhere
  Needless,  ///< has no effect, and none is missed
  Ignored,   ///< has no effect
  Misread,   ///< means something else
  Unknown,   ///< the engine refuses to load it
  Optional,  ///< there if the engine was built for it
  Unsafe,    ///< an attacker can crash or stall the engine through it
};

namespace construct {
inline constexpr std::string_view kAuditPartsAbsolute = "ctl:auditLogParts without + or -";
inline constexpr std::string_view kAuditPartsRelative = "ctl:auditLogParts with + or -";
inline constexpr std::string_view kCtlAttribute = "@ in the target of ctl";
inline constexpr std::string_view kCtlAttributeByTag =
    "an XML attribute in ctl:ruleRemoveTargetByTag";
inline constexpr std::string_view kCtlCase = "this spelling of the option of ctl";
inline constexpr std::string_view kCtlIdRange = "a range of ids in ctl:ruleRemoveTargetById";
inline constexpr std::string_view kCtlSelectorRegex = "an expression in the target of ctl";
inline constexpr std::string_view kDirectiveTab = "a directive with a tab after its name";
inline constexpr std::string_view kIdList = "a list of ids with commas";
inline constexpr std::string_view kNamesSelector = "a selector on a collection of names";
inline constexpr std::string_view kOperatorCase = "this spelling of the operator";
inline constexpr std::string_view kQuotedSetting = "quotes around this value";
inline constexpr std::string_view kRxMacro = "a macro in an expression";
inline constexpr std::string_view kSetvarPersistent = "setvar on a persistent collection";
inline constexpr std::string_view kUnquotedMetadata = "a number without quotes here";
inline constexpr std::string_view kUnquotedVersion = "ver without quotes";
inline constexpr std::string_view kUpdateTargetRange = "a range of ids in SecRuleUpdateTargetById";
inline constexpr std::string_view kXpath = "this XPath";
}  // namespace construct

/// A row of versions.def.
struct VersionFact {
  WordKind kind;
  std::string_view word;
  parser::Engines engines;
  Standing standing;
  std::string_view since, until;  ///< as in the table; empty: open
  std::string_view note;

  /// Whether it is about that engine at that version.
  bool holds(const EngineTarget& target) const;
};
std::span<const VersionFact> version_facts();

struct Capability {
  Standing standing = Standing::Known;
  const VersionFact* fact = nullptr;  ///< that says so; null: the table of the language
};

/// How a word stands with an engine: Known to Unknown. A Setting without facts of its own stands as
/// its directive does. `known` are the engines that the table of the
/// language names; constructs are known to all.
Capability capability(const EngineTarget& target, WordKind kind, std::string_view word,
                      parser::Engines known = parser::kAllEngines);

/// The fact that makes a word Optional or Unsafe in an engine; null: there is none.
const VersionFact* caution(const EngineTarget& target, WordKind kind, std::string_view word,
                           Standing standing);

/// Whether there are facts about how a word stands, of any engine.
bool has_facts(WordKind kind, std::string_view word);

}  // namespace wafcheck::lint
