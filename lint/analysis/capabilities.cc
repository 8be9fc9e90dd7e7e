#include "lint/analysis/capabilities.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

#include "parser/base/ascii.h"

namespace wafcheck::lint::inline analysis {
namespace {

using parser::CZ;
using parser::M2;
using parser::M3;

constexpr VersionFact kFacts[] = {
#define WAFCHECK_VERSION(kind, word, engines, standing, since, until, note) \
  {WordKind::kind, word, engines, Standing::standing, since, until, note},
#include "lint/analysis/versions.def"
};

std::string key_of(WordKind kind, std::string_view word) {
  return std::to_string(static_cast<int>(kind)) + lowercase(word);
}

const std::vector<const VersionFact*>& facts_of(WordKind kind, std::string_view word) {
  static const auto index = [] {
    std::unordered_map<std::string, std::vector<const VersionFact*>> built;
    for (const VersionFact& fact : kFacts) built[key_of(fact.kind, fact.word)].push_back(&fact);
    return built;
  }();
  static const std::vector<const VersionFact*> none;
  const auto found = index.find(key_of(kind, word));
  return found == index.end() ? none : found->second;
}

bool concerns_loading(const VersionFact& fact) {
  return fact.standing <= Standing::Unknown;
}

}  // namespace

bool VersionFact::holds(const EngineTarget& target) const {
  if ((engines & target.engine) == 0) return false;
  // A test makes sure that the versions of the table parse.
  if (!since.empty() && target.version < *parse_version(since)) return false;
  return until.empty() || target.version < *parse_version(until);
}

std::span<const VersionFact> version_facts() {
  return kFacts;
}

Capability capability(const EngineTarget& target, WordKind kind, std::string_view word,
                      parser::Engines knowing) {
  for (const VersionFact* fact : facts_of(kind, word)) {
    if (concerns_loading(*fact) && fact->holds(target)) return {fact->standing, fact};
  }
  if (kind == WordKind::Setting) {
    return capability(target, WordKind::Directive, word.substr(0, word.find(' ')), knowing);
  }
  if ((knowing & target.engine) != 0) return {};
  const bool as_regex = kind == WordKind::Operator && target.engine == M3;
  return {as_regex ? Standing::Misread : Standing::Unknown, nullptr};
}

const VersionFact* caution(const EngineTarget& target, WordKind kind, std::string_view word,
                           Standing standing) {
  for (const VersionFact* fact : facts_of(kind, word)) {
    if (fact->standing == standing && fact->holds(target)) return fact;
  }
  return nullptr;
}

bool has_facts(WordKind kind, std::string_view word) {
  return std::ranges::any_of(facts_of(kind, word),
                             [](const VersionFact* fact) { return concerns_loading(*fact); });
}

}  // namespace wafcheck::lint::inline analysis
