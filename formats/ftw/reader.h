#pragma once
// Reading typed values out of a YAML tree: what is wrong becomes a problem with its place, a key
// that nobody knows becomes a note. Used by the readers of tests and of overrides.

#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/ftw/yaml.h"

namespace wafcheck::formats::inline ftw {

class FtwReader;

/// A row of the table of a map's keys. A null value is not handed to `read`: the default stays.
template <typename T>
struct FtwField {
  std::string_view name;
  void (*read)(FtwReader& reader, const YamlNode& value, T& into);
};

class FtwReader {
 public:
  explicit FtwReader(std::string_view yaml) : document(yaml), problems(document.problems()) {}

  const YamlDocument document;
  std::vector<FtwProblem> problems;
  std::vector<std::string> notes;
  bool strict = false;  ///< an unknown key is a problem, not a note

  /// Where the file breaks off, that is said already: nothing more about what is cut.
  void problem(const YamlNode& node, std::string message) {
    if (!node.closed) return;
    problems.push_back(document.problem_at(node, std::move(message)));
  }
  void note(const YamlNode& node, std::string_view message);
  uint32_t line(const YamlNode& node) const { return document.problem_at(node, {}).line; }

  /// The bytes of any scalar, numbers and booleans as written; null gives an empty string.
  std::optional<std::string> text(const YamlNode& node);
  std::optional<uint64_t> number(const YamlNode& node, uint64_t max = UINT64_MAX);
  std::optional<bool> boolean(const YamlNode& node);
  std::vector<uint64_t> numbers(const YamlNode& list);
  std::vector<std::string> texts(const YamlNode& list);

  /// The entries of a list; none, and a problem, where `node` is something else.
  std::span<const uint32_t> items(const YamlNode& node);

  /// Calls `each(key, value)` for every entry of a map; a problem where `node` is something else.
  template <typename Each>
  void entries(const YamlNode& node, Each each) {
    if (!expect(node, YamlNode::Kind::map)) return;
    for (size_t i = 0; i + 1 < node.items.size(); i += 2) {
      each(document.node(node.items[i]), document.node(node.items[i + 1]));
    }
  }

  /// Reads a map by the table of its keys. `where` names the map in notes ("input").
  template <typename T, std::ranges::range Fields>
  void map(const YamlNode& node, std::string_view where, const Fields& fields, T& into) {
    entries(node, [&](const YamlNode& key, const YamlNode& value) {
      for (const FtwField<T>& field : fields) {
        if (field.name != key.text) continue;
        if (!value.is_null()) field.read(*this, value, into);
        return;
      }
      std::vector<std::string_view> names;
      for (const FtwField<T>& field : fields) names.push_back(field.name);
      unknown_key(key, where, names);
    });
  }

 private:
  bool expect(const YamlNode& node, YamlNode::Kind kind);
  void unknown_key(const YamlNode& key, std::string_view where,
                   std::span<const std::string_view> names);
};

/// What `output` holds, deprecated spellings folded in.
FtwOutput read_ftw_output(FtwReader& reader, const YamlNode& node);

}  // namespace wafcheck::formats::inline ftw
