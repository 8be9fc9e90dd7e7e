#include <algorithm>

#include "formats/reduce/bodies.h"
#include "parser/base/ascii.h"

namespace wafcheck::formats::inline reduce {
namespace {

constexpr size_t kXmlDepth = 200;

/// Takes XML apart by its tags alone: entities and names stay as they are written.
class XmlReader {
 public:
  explicit XmlReader(std::string_view text) : text_(text) {}

  std::optional<Piece> read() {
    Piece root;
    if (!read_content(root, "", 0) || at_ != text_.size()) return std::nullopt;
    return root;
  }

 private:
  /// What stands up to the end tag of `name`, or to the end; false where it does not pair.
  bool read_content(Piece& parent, const std::string& name, size_t depth) {
    if (depth > kXmlDepth) return false;
    while (at_ < text_.size()) {
      if (text_[at_] != '<') {
        parent.parts.push_back(value_piece(up_to("<"), "XML:" + name));
      } else if (text_.substr(at_).starts_with("</")) {
        return !name.empty();
      } else if (!read_markup(parent, name, depth)) {
        return false;
      }
    }
    return name.empty();
  }

  bool read_markup(Piece& parent, const std::string& name, size_t depth) {
    struct Section {
      std::string_view begin, end;
    };
    constexpr Section kSections[] = {{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}};
    for (const auto& [begin, end] : kSections) {
      if (!text_.substr(at_).starts_with(begin)) continue;
      at_ += begin.size();
      Piece section = value_piece(up_to(end), "XML:" + name);
      if (at_ == text_.size()) return false;
      at_ += end.size();
      section.before = begin;
      section.after = end;
      parent.parts.push_back(std::move(section));
      return true;
    }
    if (text_.substr(at_).starts_with("<!")) return read_doctype(parent);
    return read_element(parent, depth);
  }

  bool read_doctype(Piece& parent) {
    const size_t begin = at_;
    size_t brackets = 0;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '[') ++brackets;
      if (text_[at_] == ']' && brackets > 0) --brackets;
      if (text_[at_] == '>' && brackets == 0) break;
    }
    if (at_ == text_.size()) return false;
    ++at_;
    parent.parts.push_back(value_piece(text_.substr(begin, at_ - begin), "XML"));
    return true;
  }

  bool read_element(Piece& parent, size_t depth) {
    const size_t begin = at_++;
    const std::string name(up_to_any(" \t\r\n/>"));
    if (name.empty()) return false;
    Piece element, attributes, content;
    element.stands_alone = true;
    element.before = text_.substr(begin, at_ - begin);
    if (!read_attributes(attributes)) return false;
    const bool is_empty = text_[at_] == '/';
    const size_t close = at_;
    at_ = text_.find('>', at_);
    if (at_ == std::string_view::npos) return false;
    ++at_;
    attributes.after = text_.substr(close, at_ - close);
    attributes.fixed = content.fixed = true;
    element.parts.push_back(std::move(attributes));
    if (!is_empty) {
      if (!read_content(content, name, depth + 1)) return false;
      const size_t end = at_;
      at_ += 2;
      if (up_to_any(" \t\r\n>") != name || (at_ = text_.find('>', at_)) == text_.npos) return false;
      ++at_;
      content.after = text_.substr(end, at_ - end);
      element.parts.push_back(std::move(content));
    }
    parent.parts.push_back(std::move(element));
    return true;
  }

  /// Up to the '>' or '/' that ends the tag.
  bool read_attributes(Piece& attributes) {
    while (at_ < text_.size() && text_[at_] != '>' && text_[at_] != '/') {
      const size_t begin = at_;
      while (at_ < text_.size() && is_space(static_cast<unsigned char>(text_[at_]))) ++at_;
      const size_t name = at_;
      up_to_any("=>/");
      if (at_ == name) {                 // blanks alone
        if (at_ == begin) return false;  // an attribute without a name
        attributes.parts.push_back(value_piece(text_.substr(begin, at_ - begin), "XML"));
        continue;
      }
      const std::string_view attribute = trim(text_.substr(name, at_ - name));
      const size_t quote = text_.find_first_of("\"'>", at_);
      if (quote == text_.npos || text_[quote] == '>') return false;
      at_ = quote + 1;
      Piece piece = value_piece(up_to(text_.substr(quote, 1)), "XML:" + std::string(attribute));
      if (at_ == text_.size()) return false;
      ++at_;
      piece.before = text_.substr(begin, quote + 1 - begin);
      piece.after = text_.substr(quote, 1);
      attributes.parts.push_back(std::move(piece));
    }
    return at_ < text_.size();
  }

  std::string_view up_to(std::string_view end) { return take(text_.find(end, at_)); }
  std::string_view up_to_any(std::string_view bytes) {
    return take(text_.find_first_of(bytes, at_));
  }
  std::string_view take(size_t end) {
    const size_t begin = std::exchange(at_, std::min(end, text_.size()));
    return text_.substr(begin, at_ - begin);
  }

  const std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

std::optional<Piece> xml_piece(std::string_view text) {
  return XmlReader(text).read();
}

}  // namespace wafcheck::formats::inline reduce
