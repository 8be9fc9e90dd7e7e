#pragma once
// A YAML document as a tree of nodes that know their place. Scalars keep their bytes as written
// (whatever type YAML would give them); aliases share the node they point to. Depth, size and what
// aliases expand to are bounded, so that a small file cannot become a large one.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "formats/ftw/ftw.h"

namespace wafcheck::formats::inline ftw {

/// How a scalar is written.
enum class YamlStyle : uint8_t { plain, single_quoted, double_quoted, literal, folded };

struct YamlNode {
  enum class Kind : uint8_t { scalar, list, map };
  Kind kind = Kind::scalar;
  YamlStyle style = YamlStyle::plain;  ///< of a scalar
  bool plain = false;   ///< a scalar without quotes or a tag: `null` and `~` mean nothing there
  bool closed = false;  ///< its end was read; false: the file broke off inside it
  uint32_t at = 0;      ///< place, in characters from the start; see byte_of_character()
  uint32_t end = 0;     ///< the same of the end of a scalar
  size_t cost = 0;      ///< what one more copy of this would weigh, aliases expanded
  std::string text;     ///< of a scalar
  std::vector<uint32_t> items;  ///< list: nodes; map: key, value, key, value; ids in the document

  /// Whether this is YAML's null: nothing, `~` or `null` without quotes.
  bool is_null() const;
};

class YamlDocument {
 public:
  struct Limits {
    size_t bytes = size_t{64} << 20;
    size_t depth = 64;
    size_t alias_cost = size_t{16} << 20;  ///< of all aliases together
  };

  /// Reads `text`, which must outlive this, up to a second document, which is a problem. What is
  /// wrong is in problems(); the nodes before it are there.
  explicit YamlDocument(std::string_view text) : YamlDocument(text, Limits{}) {}
  YamlDocument(std::string_view text, const Limits& limits);
  /// The same of a text that may hold many documents.
  static YamlDocument stream(std::string_view text);

  /// The top node; null: only comments, or nothing that could be read.
  const YamlNode* root() const { return roots_.empty() ? nullptr : &nodes_[roots_[0]]; }
  /// The top nodes of all documents that hold one.
  const std::vector<uint32_t>& roots() const { return roots_; }
  const YamlNode& node(uint32_t id) const { return nodes_[id]; }
  const std::vector<FtwProblem>& problems() const { return problems_; }

  /// Where a node starts, with a message: line and column count from 1, columns count bytes.
  FtwProblem problem_at(const YamlNode& node, std::string message) const;
  FtwProblem problem_at_byte(size_t offset, std::string message) const;
  /// The offset of a node's `at` or `end` in the text.
  size_t byte_of_character(size_t index) const;

 private:
  friend class YamlBuilder;
  YamlDocument(std::string_view text, const Limits& limits, bool many);
  void index_places();

  std::string_view text_;
  std::vector<uint32_t> roots_;
  std::vector<YamlNode> nodes_;
  std::vector<FtwProblem> problems_;
  std::vector<uint32_t> line_starts_;       ///< byte offsets
  std::vector<uint32_t> character_starts_;  ///< of every 64th character; empty: all ASCII
};

}  // namespace wafcheck::formats::inline ftw
