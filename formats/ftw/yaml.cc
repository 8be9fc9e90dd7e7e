// Turns libyaml's events into a tree with an explicit stack: no recursion, whatever the nesting.

#include "formats/ftw/yaml.h"

#include <fmt/format.h>
#include <yaml.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "formats/ftw/codec.h"
#include "parser/base/base64.h"

namespace wafcheck::formats::inline ftw {

namespace {

constexpr size_t kCharactersPerPlace = 64;
constexpr size_t kNodeCost = 256;         // what a node costs a reader besides its bytes
constexpr size_t kMaxTagDirectives = 16;  // libyaml compares each with all before
constexpr std::string_view kBinaryTag = "tag:yaml.org,2002:binary";

std::string_view bytes_of(const yaml_char_t* text) {
  return text ? std::string_view(reinterpret_cast<const char*>(text)) : std::string_view();
}

size_t count_tag_directives(std::string_view text) {
  size_t count = 0;
  for (size_t at = text.find("%TAG"); at != text.npos; at = text.find("%TAG", at + 1)) {
    count += at == 0 || text[at - 1] == '\n' || text[at - 1] == '\r';
  }
  return count;
}

YamlStyle style_of(yaml_scalar_style_t style) {
  switch (style) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE:
      return YamlStyle::single_quoted;
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
      return YamlStyle::double_quoted;
    case YAML_LITERAL_SCALAR_STYLE:
      return YamlStyle::literal;
    case YAML_FOLDED_SCALAR_STYLE:
      return YamlStyle::folded;
    default:
      return YamlStyle::plain;
  }
}

struct Event {
  yaml_event_t raw{};
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { yaml_event_delete(&raw); }
};

}  // namespace

bool YamlNode::is_null() const {
  if (kind != Kind::scalar || !plain) return false;
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

/// Builds one document; lives as long as its construction.
class YamlBuilder {
 public:
  YamlBuilder(YamlDocument& document, const YamlDocument::Limits& limits, bool many)
      : document_(document), limits_(limits), many_(many) {
    yaml_parser_initialize(&parser_);
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_,
                                 reinterpret_cast<const unsigned char*>(document.text_.data()),
                                 document.text_.size());
  }
  YamlBuilder(const YamlBuilder&) = delete;
  YamlBuilder& operator=(const YamlBuilder&) = delete;
  ~YamlBuilder() { yaml_parser_delete(&parser_); }

  void build() {
    bool done = false;
    while (!done) {
      Event event;
      if (!yaml_parser_parse(&parser_, &event.raw)) return report_syntax();
      if (!take(event.raw, done)) return;
    }
  }

 private:
  /// False: the document cannot be read past this.
  bool take(const yaml_event_t& event, bool& done) {
    switch (event.type) {
      case YAML_SCALAR_EVENT:
        scalar(event);
        return true;
      case YAML_SEQUENCE_START_EVENT:
        return open(event, YamlNode::Kind::list, event.data.sequence_start.anchor);
      case YAML_MAPPING_START_EVENT:
        return open(event, YamlNode::Kind::map, event.data.mapping_start.anchor);
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        close();
        return true;
      case YAML_ALIAS_EVENT:
        return alias(event);
      case YAML_DOCUMENT_START_EVENT:
        anchors_.clear();
        if (documents_++ == 0 || many_) return true;
        return stop(event, "a second document starts here: a file holds one");
      case YAML_STREAM_END_EVENT:
        done = true;
        return true;
      default:
        return true;
    }
  }

  uint32_t add(const yaml_event_t& event, YamlNode::Kind kind, const yaml_char_t* anchor) {
    const auto id = static_cast<uint32_t>(document_.nodes_.size());
    YamlNode& node = document_.nodes_.emplace_back();
    node.kind = kind;
    node.at = static_cast<uint32_t>(event.start_mark.index);
    node.cost = kNodeCost;
    if (anchor) anchors_[std::string(bytes_of(anchor))] = id;
    return id;
  }

  void attach(uint32_t id) {
    if (open_.empty()) {
      document_.roots_.push_back(id);
      return;
    }
    YamlNode& parent = document_.nodes_[open_.back()];
    parent.items.push_back(id);
    parent.cost += document_.nodes_[id].cost;
  }

  void scalar(const yaml_event_t& event) {
    const auto& data = event.data.scalar;
    const std::string_view tag = bytes_of(data.tag);
    const uint32_t id = add(event, YamlNode::Kind::scalar, data.anchor);
    YamlNode& node = document_.nodes_[id];
    node.plain = data.plain_implicit && data.style == YAML_PLAIN_SCALAR_STYLE && tag.empty();
    node.closed = true;
    node.style = style_of(data.style);
    node.end = static_cast<uint32_t>(event.end_mark.index);
    node.text.assign(reinterpret_cast<const char*>(data.value), data.length);
    if (tag == kBinaryTag) {
      if (auto decoded = base64_decode_lenient(node.text)) {
        node.text = *std::move(decoded);
      } else {
        complain(node, "expected base64 after !!binary");
      }
    }
    node.cost += node.text.size();
    attach(id);
  }

  bool open(const yaml_event_t& event, YamlNode::Kind kind, const yaml_char_t* anchor) {
    if (open_.size() >= limits_.depth) {
      return stop(event, fmt::format("nested more than {} levels deep", limits_.depth));
    }
    open_.push_back(add(event, kind, anchor));
    return true;
  }

  // A node is attached when it is complete, so that its cost is known; one that the file breaks
  // off inside is attached at the end.
  void close() {
    const uint32_t id = open_.back();
    YamlNode& node = document_.nodes_[id];
    node.closed = true;
    if (node.kind == YamlNode::Kind::map) finish_map(node);
    open_.pop_back();
    attach(id);
  }

  bool alias(const yaml_event_t& event) {
    const std::string name(bytes_of(event.data.alias.anchor));
    const auto anchor = anchors_.find(name);
    if (anchor == anchors_.end()) {
      return stop(event, fmt::format("alias *{} has no anchor before it", name));
    }
    const YamlNode& target = document_.nodes_[anchor->second];
    if (!target.closed) {
      return stop(event, fmt::format("alias *{} stands inside its own anchor", name));
    }
    if (!afford(target.cost)) {
      return stop(event, fmt::format("aliases expand to more than {} bytes", limits_.alias_cost));
    }
    attach(anchor->second);
    return true;
  }

  bool afford(size_t cost) {
    if (cost > limits_.alias_cost - spent_) return false;
    spent_ += cost;
    return true;
  }

  // Reports keys that occur twice and folds `<<` in. The first of two equal keys stands.
  void finish_map(YamlNode& map) {
    std::vector<uint32_t> items, merged;
    std::unordered_set<std::string_view> seen;
    for (size_t i = 0; i + 1 < map.items.size(); i += 2) {
      const YamlNode& key = document_.nodes_[map.items[i]];
      if (key.kind != YamlNode::Kind::scalar) {
        complain(key, "expected a key, found a list or a map");
      } else if (key.plain && key.text == "<<") {
        collect_merged(document_.nodes_[map.items[i + 1]], merged);
      } else if (!seen.insert(key.text).second) {
        complain(key, fmt::format("key '{}' occurs twice in this map", key.text));
      } else {
        items.insert(items.end(), {map.items[i], map.items[i + 1]});
      }
    }
    for (size_t i = 0; i + 1 < merged.size(); i += 2) {
      if (!seen.insert(document_.nodes_[merged[i]].text).second) continue;
      items.insert(items.end(), {merged[i], merged[i + 1]});
    }
    map.items = std::move(items);
  }

  void collect_merged(const YamlNode& value, std::vector<uint32_t>& merged) {
    const auto take_map = [&](const YamlNode& map) {
      if (map.kind == YamlNode::Kind::map) {
        merged.insert(merged.end(), map.items.begin(), map.items.end());
      } else {
        complain(map, "expected a map to merge");
      }
    };
    if (value.kind != YamlNode::Kind::list) return take_map(value);
    for (const uint32_t id : value.items) take_map(document_.nodes_[id]);
  }

  bool stop(const yaml_event_t& event, std::string message) {
    const size_t offset = document_.byte_of_character(event.start_mark.index);
    document_.problems_.push_back(document_.problem_at_byte(offset, std::move(message)));
    attach_open();
    return false;
  }
  void complain(const YamlNode& node, std::string message) {
    document_.problems_.push_back(document_.problem_at(node, std::move(message)));
  }

  void report_syntax() {
    std::string message = parser_.problem ? parser_.problem : "out of memory";
    if (parser_.context) message = fmt::format("{}: {}", parser_.context, message);
    const size_t offset = parser_.error == YAML_READER_ERROR
                              ? parser_.problem_offset
                              : document_.byte_of_character(parser_.problem_mark.index);
    document_.problems_.push_back(document_.problem_at_byte(offset, std::move(message)));
    attach_open();
  }

  // Hangs what was left open into the tree. A key without its value goes.
  void attach_open() {
    while (!open_.empty()) {
      const uint32_t id = open_.back();
      YamlNode& node = document_.nodes_[id];
      if (node.kind == YamlNode::Kind::map && node.items.size() % 2 != 0) node.items.pop_back();
      if (node.kind == YamlNode::Kind::map) finish_map(node);
      open_.pop_back();
      attach(id);
    }
  }

  YamlDocument& document_;
  const YamlDocument::Limits& limits_;
  const bool many_;  ///< documents
  yaml_parser_t parser_{};
  std::vector<uint32_t> open_;
  std::unordered_map<std::string, uint32_t> anchors_;
  size_t spent_ = 0;
  size_t documents_ = 0;
};

YamlDocument::YamlDocument(std::string_view text, const Limits& limits)
    : YamlDocument(text, limits, false) {}

YamlDocument YamlDocument::stream(std::string_view text) {
  return {text, Limits{}, true};
}

YamlDocument::YamlDocument(std::string_view text, const Limits& limits, bool many) : text_(text) {
  if (text.size() > limits.bytes) {
    problems_.push_back({1, 1, fmt::format("larger than {} bytes", limits.bytes)});
    return;
  }
  index_places();
  if (count_tag_directives(text) > kMaxTagDirectives) {
    problems_.push_back({1, 1, fmt::format("more than {} %TAG lines", kMaxTagDirectives)});
    return;
  }
  YamlBuilder(*this, limits, many).build();
}

void YamlDocument::index_places() {
  line_starts_.push_back(0);
  for (size_t at = text_.find('\n'); at != text_.npos; at = text_.find('\n', at + 1)) {
    line_starts_.push_back(static_cast<uint32_t>(at + 1));
  }
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (std::ranges::all_of(text_, is_ascii)) return;
  size_t characters = 0;
  for (size_t at = 0; at < text_.size(); ++at) {
    if ((static_cast<unsigned char>(text_[at]) & 0xC0) == 0x80) continue;
    if (characters++ % kCharactersPerPlace == 0) {
      character_starts_.push_back(static_cast<uint32_t>(at));
    }
  }
}

size_t YamlDocument::byte_of_character(size_t index) const {
  if (character_starts_.empty()) return std::min(index, text_.size());
  const size_t place = index / kCharactersPerPlace;
  if (place >= character_starts_.size()) return text_.size();
  size_t at = character_starts_[place];
  for (size_t left = index % kCharactersPerPlace; left > 0 && at < text_.size(); --left) {
    ++at;
    while (at < text_.size() && (static_cast<unsigned char>(text_[at]) & 0xC0) == 0x80) ++at;
  }
  return at;
}

FtwProblem YamlDocument::problem_at_byte(size_t offset, std::string message) const {
  const auto next = std::ranges::upper_bound(line_starts_, offset);
  const auto line = static_cast<uint32_t>(next - line_starts_.begin());
  const auto column = static_cast<uint32_t>(offset - line_starts_[line - 1] + 1);
  return {line, column, std::move(message)};
}

FtwProblem YamlDocument::problem_at(const YamlNode& node, std::string message) const {
  return problem_at_byte(byte_of_character(node.at), std::move(message));
}

}  // namespace wafcheck::formats::inline ftw
