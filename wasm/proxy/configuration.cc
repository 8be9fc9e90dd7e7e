#include "wasm/proxy/configuration.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "formats/json/reader.h"
#include "wasm/core/json_lines.h"

namespace wafcheck::wasm::inline proxy {
namespace {

using formats::JsonValue;
using Kind = JsonValue::Kind;

constexpr size_t kDepth = 8;
/// What the set of the older form is called.
constexpr std::string_view kOnlySet = "default";

Result<void> wrong(std::string_view key, std::string_view wanted, JsonValue value) {
  return fail(fmt::format("{} has to be {}, and is {}", key, wanted, formats::json_kind(value)));
}

/// An object of strings, each read by `read`.
template <typename Read>
Result<void> read_members(std::string_view key, JsonValue object, Configuration::Names& to,
                          Read read) {
  if (!object.is(Kind::object)) return wrong(key, "an object", object);
  if (const std::string twice = repeated_member(object); !twice.empty()) {
    return fail(fmt::format("{} holds \"{}\" twice", key, twice));
  }
  formats::JsonMembers members(object);
  while (const auto member = members.next()) {
    std::string name = member->name.string();
    if (name.empty()) return fail(fmt::format("{} holds an empty name", key));
    Result<std::string> value = read(member->value, fmt::format("{}.{}", key, name));
    if (!value) return std::unexpected(value.error());
    to.emplace_back(std::move(name), *std::move(value));
  }
  return {};
}

Result<std::string> read_string(JsonValue value, std::string_view key) {
  if (!value.is(Kind::string)) {
    return std::unexpected(wrong(key, "a string", value).error());
  }
  return value.string();
}

Result<void> read_key(std::string_view key, JsonValue value, Configuration& to) {
  if (key == "directives_map") {
    return read_members(key, value, to.directives, directives_of);
  }
  if (key == "per_authority_directives") {
    return read_members(key, value, to.per_authority, read_string);
  }
  if (key == "metric_labels") return read_members(key, value, to.metric_labels, read_string);
  if (key == "default_directives") {
    auto name = read_string(value, key);
    if (!name) return std::unexpected(name.error());
    to.standard = *std::move(name);
    return to.standard.empty() ? fail("default_directives is empty") : Result<void>();
  }
  if (key == "rules") {
    auto text = directives_of(value, key);
    if (!text) return std::unexpected(text.error());
    to.directives.emplace_back(kOnlySet, *std::move(text));
    to.is_outdated = true;
    return {};
  }
  return fail(
      fmt::format("unknown key \"{}\"; there are directives_map, default_directives, "
                  "per_authority_directives and metric_labels",
                  key));
}

/// Whether the parts fit each other.
Result<void> check(Configuration& configuration) {
  if (configuration.is_outdated) {
    if (configuration.directives.size() != 1 || !configuration.standard.empty() ||
        !configuration.per_authority.empty()) {
      return fail(
          "rules, the older form, goes with none of directives_map, default_directives "
          "and per_authority_directives");
    }
    configuration.standard = kOnlySet;
  }
  if (configuration.directives.empty()) return fail("there are no directives: directives_map");
  if (configuration.standard.empty() && configuration.per_authority.empty()) {
    return fail("no set of directives is in use: default_directives");
  }
  const auto missing = [&](const std::string& name) { return configuration.find(name) == nullptr; };
  if (!configuration.standard.empty() && missing(configuration.standard)) {
    return fail(fmt::format("default_directives names \"{}\", which directives_map does not hold",
                            configuration.standard));
  }
  for (const auto& [authority, name] : configuration.per_authority) {
    if (!missing(name)) continue;
    return fail(
        fmt::format("per_authority_directives names \"{}\" for {}, which directives_map "
                    "does not hold",
                    name, authority));
  }
  return {};
}

}  // namespace

const std::string* Configuration::find(std::string_view name) const {
  const auto set = std::ranges::find(directives, name, &Names::value_type::first);
  return set == directives.end() ? nullptr : &set->second;
}

Result<Configuration> read_configuration(std::string_view json) {
  if (json.find_first_not_of(" \t\r\n") == std::string_view::npos) return fail("it is empty");
  const auto document = formats::parse_json(json, kDepth);
  if (!document) return fail(syntax_error(json, document.error()));
  const JsonValue root = document->root();
  if (!root.is(Kind::object)) return fail("it has to be a JSON object");
  if (const std::string twice = formats::repeated_member(root); !twice.empty()) {
    return fail(fmt::format("it holds \"{}\" twice", twice));
  }
  Configuration configuration;
  formats::JsonMembers members(root);
  while (const auto member = members.next()) {
    if (auto read = read_key(member->name.string(), member->value, configuration); !read) {
      return std::unexpected(read.error());
    }
  }
  if (auto fits = check(configuration); !fits) return std::unexpected(fits.error());
  return configuration;
}

}  // namespace wafcheck::wasm::inline proxy
