#include "lint/checks/edits.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace wafcheck::lint::inline checks {
namespace {

using parser::Edit;
using parser::RulesetModel;
using parser::Span;

/// Removes uses[at] of a list, from its begin to that of the next, or from the end of the one
/// before; `between` are the bytes that may stand there. Updated elements stand elsewhere.
template <typename Use>
std::optional<Edit> remove_from(const RulesetModel& ruleset, const std::vector<Use>& uses,
                                const Use& use, std::string_view between) {
  const auto neighbour = [&](const Use& other) {
    return !other.updated && other.span.file == use.span.file;
  };
  const auto clean = [&](Span gap) {
    return gap.begin <= gap.end &&
           ruleset.sources.text(gap).find_first_not_of(between) == std::string_view::npos;
  };
  if (use.updated) return std::nullopt;
  const size_t at = static_cast<size_t>(&use - uses.data());
  if (at + 1 < uses.size() && neighbour(uses[at + 1])) {
    const Span next = uses[at + 1].span;
    if (!clean({use.span.file, use.span.end, next.begin})) return std::nullopt;
    return Edit{{use.span.file, use.span.begin, next.begin}, ""};
  }
  if (at > 0 && neighbour(uses[at - 1])) {
    const Span last = uses[at - 1].span;
    if (!clean({use.span.file, last.end, use.span.begin})) return std::nullopt;
    return Edit{{use.span.file, last.end, use.span.end}, ""};
  }
  return std::nullopt;
}

}  // namespace

Span part_of(const RulesetModel& ruleset, Span span, std::string_view part) {
  const size_t at = ruleset.sources.text(span).find(part);
  if (at == std::string_view::npos) return span;
  const uint32_t begin = span.begin + static_cast<uint32_t>(at);
  return {span.file, begin, begin + static_cast<uint32_t>(part.size())};
}

std::string with_edits(std::string_view bytes, std::vector<Edit> edits) {
  std::ranges::sort(edits, {}, [](const Edit& edit) { return edit.span.begin; });
  std::string out;
  size_t at = 0;
  for (const Edit& edit : edits) {
    out += bytes.substr(at, edit.span.begin - at);
    out += edit.replacement;
    at = edit.span.end;
  }
  out += bytes.substr(at);
  return out;
}

std::optional<Edit> remove_action(const RulesetModel& ruleset, const parser::Rule& rule,
                                  const parser::ActionUse& use) {
  return remove_from(ruleset, rule.actions, use, ", \t\\\r\n");
}

Edit insert_before(const parser::ActionUse& use, std::string_view action) {
  return {{use.span.file, use.span.begin, use.span.begin}, fmt::format("{},", action)};
}

std::optional<Edit> remove_target(const RulesetModel& ruleset, const parser::Rule& rule,
                                  const parser::Target& target) {
  return remove_from(ruleset, rule.targets, target, "|, \t\\\r\n");
}

Edit replace_value(const parser::ActionUse& use, std::string_view value) {
  return {use.value_span,
          use.quote != 0 ? fmt::format("{0}{1}{0}", use.quote, value) : std::string(value)};
}

}  // namespace wafcheck::lint::inline checks
