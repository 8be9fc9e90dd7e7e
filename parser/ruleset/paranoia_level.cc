#include "parser/ruleset/paranoia_level.h"

#include <charconv>

namespace wafcheck::parser::inline ruleset {

std::optional<uint64_t> paranoia_level(std::string_view tag) {
  constexpr std::string_view kPrefix = "paranoia-level/";
  if (!tag.starts_with(kPrefix)) return std::nullopt;
  tag.remove_prefix(kPrefix.size());
  uint64_t level = 0;
  const auto [end, error] = std::from_chars(tag.data(), tag.data() + tag.size(), level);
  if (error != std::errc() || end != tag.data() + tag.size()) return std::nullopt;
  return level;
}

std::optional<uint64_t> paranoia_level(const Rule& rule) {
  for (const ActionUse* use : rule.effective) {
    if (use->id != Action::tag) continue;
    if (const auto level = paranoia_level(use->raw)) return level;
  }
  return std::nullopt;
}

}  // namespace wafcheck::parser::inline ruleset
