#include "parser/profile.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "parser/base/nearest.h"

namespace wafcheck::parser {
namespace {

struct ProfileRow {
  std::string_view name;
  std::string_view title, title_without_version;
};

// In the order of Profile.
constexpr std::array<ProfileRow, 4> kProfiles{{
    {"default", "wafcheck", "wafcheck"},
    {"modsecurity2", "ModSecurity", "ModSecurity 2"},
    {"modsecurity3", "ModSecurity", "ModSecurity 3"},
    {"coraza", "Coraza", "Coraza"},
}};

const ProfileRow& row_of(Profile profile) {
  return kProfiles[static_cast<size_t>(profile)];
}

}  // namespace

std::string_view to_string(Profile profile) {
  return row_of(profile).name;
}

Result<Version> parse_version(std::string_view text) {
  Version version;
  const std::string_view whole = text;
  if (text.starts_with('v')) text.remove_prefix(1);
  uint16_t* const parts[] = {&version.major, &version.minor, &version.patch};
  for (uint16_t* part : parts) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *part);
    const auto used = static_cast<size_t>(end - text.data());
    if (error != std::errc() || *part == Version::kNewest) break;
    text.remove_prefix(used);
    if (text.empty()) return version;
    if (text.front() != '.') break;
    text.remove_prefix(1);
  }
  return fail(fmt::format("\"{}\" is not a version: expected 3, 3.0 or 3.0.9", whole));
}

std::string to_string(const Version& version) {
  std::string text;
  for (const uint16_t part : {version.major, version.minor, version.patch}) {
    if (part == Version::kNewest) break;
    text += fmt::format("{}{}", text.empty() ? "" : ".", part);
  }
  return text;
}

Result<Engine> parse_engine(std::string_view text) {
  const size_t at = text.find('@');
  const std::string_view name = text.substr(0, at);
  for (size_t i = 0; i < kProfiles.size(); ++i) {
    if (kProfiles[i].name != name) continue;
    Engine engine{static_cast<Profile>(i), {}};
    if (at == std::string_view::npos) return engine;
    if (engine.profile == Profile::standard) {
      return fail("\"default\" has no versions: it follows no single engine");
    }
    const Result<Version> version = parse_version(text.substr(at + 1));
    if (!version) return std::unexpected(version.error());
    engine.version = *version;
    return engine;
  }
  const std::string_view near =
      nearest(name, kProfiles, [](const ProfileRow& row) { return row.name; });
  return fail(fmt::format("\"{}\" is not an engine{}", name,
                          near.empty() ? ": expected modsecurity2, modsecurity3 or coraza"
                                       : fmt::format("; did you mean {}?", near)));
}

std::string to_string(const Engine& engine) {
  const std::string version = to_string(engine.version);
  return fmt::format("{}{}{}", to_string(engine.profile), version.empty() ? "" : "@", version);
}

std::string title_of(const Engine& engine) {
  const std::string version = to_string(engine.version);
  const ProfileRow& row = row_of(engine.profile);
  // Without a version, the title has to distinguish ModSecurity 2 and 3.
  if (version.empty()) return std::string(row.title_without_version);
  return fmt::format("{} {}", row.title, version);
}

}  // namespace wafcheck::parser
