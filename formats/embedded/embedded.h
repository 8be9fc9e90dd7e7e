#pragma once
// Rules inside files of other formats: Kubernetes manifests, coraza-spoa's YAML, proxy-wasm's JSON,
// Caddyfiles, configurations of nginx and Apache. Each format finds the texts of rules in a file,
// and which of them make up a ruleset.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wafcheck::formats::inline embedded {

/// A text and where each of its bytes stands in the file around it.
struct MappedText {
  std::string bytes;
  std::vector<uint32_t> at;  ///< one more than there are bytes: the last is of the end

  void add(std::string_view text, size_t offset);  ///< bytes that follow one another in the file
  void add(char byte, size_t offset) {
    bytes += byte;
    at.push_back(static_cast<uint32_t>(offset));
  }
  void end(size_t offset) { at.push_back(static_cast<uint32_t>(offset)); }
  /// This text, found inside `outer`, as one of the file that `outer` stands in.
  MappedText inside(const MappedText& outer) const;
};

/// How text is written in a file, in front of the text that follows it: indented, escaped. Nothing:
/// it cannot be written there.
using WriteText =
    std::function<std::optional<std::string>(std::string_view text, std::string_view following)>;

struct EmbeddedText {
  MappedText text;
  WriteText written;
  /// The lines are indented in the text itself, as the file around is; a formatter keeps that.
  bool indented = false;
};

/// One of what a ruleset is loaded from, in order: a text of this file, a file on the disk, or a
/// text that has a name in this or another file.
struct EmbeddedPart {
  std::optional<size_t> text;
  std::string path;
  std::string reference;
  uint32_t at = 0;  ///< where it is named
};

struct EmbeddedRuleset {
  std::string name;  ///< unique in the file: "Ingress:shop"
  std::vector<EmbeddedPart> parts;
};

struct EmbeddedProblem {
  uint32_t at = 0;
  std::string message;
};

/// What a file holds.
struct EmbeddedFile {
  std::vector<EmbeddedText> texts;
  std::vector<EmbeddedRuleset> rulesets;
  std::map<std::string, size_t> named;      ///< texts that rulesets refer to by name
  std::map<std::string, std::string> data;  ///< data files for @pmFromFile, by name
  std::vector<EmbeddedProblem> problems;    ///< because of which rules may be missing
  std::vector<std::string> left_out;        ///< what is not followed: "include conf.d/*.conf"
};

struct EmbeddedFormat {
  std::string_view name;  ///< for people: "a Caddyfile"
  /// Whether a file of that name and content may hold rules in this format.
  bool (*looks_like)(std::string_view name, std::string_view bytes);
  EmbeddedFile (*read)(std::string_view bytes);
};

/// The formats, in the order in which they are asked.
std::span<const EmbeddedFormat> embedded_formats();
/// Null: the file is rules itself, or something else altogether.
const EmbeddedFormat* embedded_format(std::string_view path, std::string_view bytes);

// The formats.
bool looks_like_yaml(std::string_view name, std::string_view bytes);
EmbeddedFile read_yaml(std::string_view bytes);
bool looks_like_nginx(std::string_view name, std::string_view bytes);
EmbeddedFile read_nginx(std::string_view bytes);
bool looks_like_caddyfile(std::string_view name, std::string_view bytes);
EmbeddedFile read_caddyfile(std::string_view bytes);
bool looks_like_apache(std::string_view name, std::string_view bytes);
EmbeddedFile read_apache(std::string_view bytes);

/// Whether a word is a directive of SecLang, or looks like a misspelled one: "SecRuleEngin".
bool looks_like_directive(std::string_view word);
/// Whether the first word that is no comment looks like a directive.
bool begins_with_rules(std::string_view text);
/// The number of the line at an offset, from 1.
size_t line_of(std::string_view text, size_t offset);
/// As it stands.
std::optional<std::string> write_verbatim(std::string_view text, std::string_view following);

/// What is found in a text of another file, as found in that file. Names of rulesets begin with
/// `name` where that is given.
void add_nested(EmbeddedFile& to, EmbeddedFile nested, const EmbeddedText& around,
                std::string_view name);
/// Makes the names of rulesets unique, by the lines where they begin.
void name_apart(EmbeddedFile& file, std::string_view bytes);

}  // namespace wafcheck::formats::inline embedded
