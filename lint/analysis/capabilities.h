#pragma once
// Whether an engine of a certain version supports a word or construct, from the tables of the
// language and versions.def.

#include <cstdint>
#include <span>
#include <string_view>

#include "lint/analysis/engines.h"
#include "parser/language/language.h"

namespace wafcheck::lint::inline analysis {

enum class WordKind : uint8_t {
  Directive,
  Setting,  ///< a directive and its value, "SecCookieFormat 1"
  Variable,
  Operator,
  Transformation,
  Action,
  Ctl,        ///< an option, alone or with its value: "requestBodyProcessor=RAW"
  Construct,  ///< a form of writing, listed below
};

/// From harmless to fatal; the last two apply to supported words.
enum class Standing : uint8_t {
  Known,     ///< has the same meaning as elsewhere
  Needless,  ///< has no effect and needs none
  Ignored,   ///< has no effect
  Misread,   ///< has another meaning
  Unknown,   ///< the engine refuses to load it
  Optional,  ///< depends on how the engine was built
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
  const VersionFact* fact = nullptr;  ///< its source; null: the table of the language
};

/// The standing of a word in an engine: Known to Unknown. A Setting without facts of its own has
/// the standing of its directive. `known` are the engines that the table of the language names;
/// constructs are known to all.
Capability capability(const EngineTarget& target, WordKind kind, std::string_view word,
                      parser::Engines knowing = parser::kAllEngines);

/// The fact that makes a word Optional or Unsafe in an engine; null: there is none.
const VersionFact* caution(const EngineTarget& target, WordKind kind, std::string_view word,
                           Standing standing);

/// Whether there are facts about the word, for any engine.
bool has_facts(WordKind kind, std::string_view word);

}  // namespace wafcheck::lint::inline analysis
