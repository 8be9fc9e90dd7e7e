#include "lint/engines.h"

#include <fmt/format.h>

#include <charconv>

#include "parser/nearest.h"

namespace wafcheck::lint {
namespace {

struct Engine {
  parser::Engines bit;
  std::string_view name, title;
};
constexpr Engine kEngines[] = {
    {parser::M2, "modsecurity2", "ModSecurity"},
    {parser::M3, "modsecurity3", "ModSecurity"},
    {parser::CZ, "coraza", "Coraza"},
};

const Engine& row_of(parser::Engines bit) {
  for (const Engine& engine : kEngines) {
    if (engine.bit == bit) return engine;
  }
  return kEngines[0];
}

}  // namespace

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
  return fail(fmt::format("\"{}\" is no version: expected 3, 3.0 or 3.0.9", whole));
}

std::string to_string(const Version& version) {
  std::string text;
  for (const uint16_t part : {version.major, version.minor, version.patch}) {
    if (part == Version::kNewest) break;
    text += fmt::format("{}{}", text.empty() ? "" : ".", part);
  }
  return text;
}

Result<EngineTarget> parse_engine(std::string_view text) {
  const size_t at = text.find('@');
  const std::string_view name = text.substr(0, at);
  for (const Engine& engine : kEngines) {
    if (engine.name != name) continue;
    EngineTarget target{engine.bit, {}};
    if (at == std::string_view::npos) return target;
    const Result<Version> version = parse_version(text.substr(at + 1));
    if (!version) return std::unexpected(version.error());
    target.version = *version;
    return target;
  }
  const std::string_view near =
      parser::nearest(name, kEngines, [](const Engine& engine) { return engine.name; });
  return fail(fmt::format("\"{}\" is no engine{}", name,
                          near.empty() ? ": expected modsecurity2, modsecurity3 or coraza"
                                       : fmt::format("; did you mean {}?", near)));
}

std::string_view name_of(parser::Engines engine) {
  return row_of(engine).name;
}

std::string title_of(const EngineTarget& target) {
  const std::string version = to_string(target.version);
  // Without a version, the name has to tell the two generations of ModSecurity apart.
  if (version.empty()) {
    return target.engine == parser::M2   ? "ModSecurity 2"
           : target.engine == parser::M3 ? "ModSecurity 3"
                                         : "Coraza";
  }
  return fmt::format("{} {}", row_of(target.engine).title, version);
}

}  // namespace wafcheck::lint
