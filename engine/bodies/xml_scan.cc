// The start tag of an element holds no '<' but its first, so the bytes from one '<' to the next are
// looked at by themselves: as many '=' as stand there outside quotes, as many attributes there may
// be. Comments, CDATA sections and processing instructions are passed over only where libxml2 must
// take them for such. With a DTD nothing is passed over: the text of an entity may hold elements.

#include "engine/bodies/xml_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "parser/base/ascii.h"
#include "parser/base/utf8.h"

namespace wafcheck::engine::inline bodies {
namespace {

constexpr size_t kNotFound = std::string_view::npos;
/// libxml2 gives up a comment or section of 10,000,000 bytes, and reads on inside of it.
constexpr size_t kLongestSection = 9'000'000;
/// libxml2 reports each hyphen pair in a comment that does not end where it should.
constexpr size_t kMostOpenComments = 1000;
/// Stands for a character that is not ASCII.
constexpr char kOther = '\x80';

/// Characters of two or four bytes as one each.
std::string ascii_of(std::string_view body, size_t width, bool big_endian) {
  std::string text;
  text.reserve(body.size() / width);
  for (size_t at = 0; at + width <= body.size(); at += width) {
    const std::string_view unit = body.substr(at, width);
    const char low = big_endian ? unit.back() : unit.front();
    const auto high = big_endian ? unit.substr(0, width - 1) : unit.substr(1);
    const bool ascii = static_cast<unsigned char>(low) < 0x80 &&
                       std::ranges::all_of(high, [](char byte) { return byte == '\0'; });
    text += ascii ? low : kOther;
  }
  return text;
}

/// Encodings whose bytes below 0x40 always are the characters of ASCII, so that no '<', '=' or
/// quote is hidden.
bool shows_markup(std::string_view encoding) {
  static constexpr std::string_view kNames[] = {
      "UTF-8", "UTF8", "US-ASCII", "ASCII", "ISO-8859-", "ISO8859-", "ISO_8859-", "LATIN", "CP125",
      "WINDOWS-", "KOI8-", "EUC-", "GB2312", "GBK", "GB18030", "BIG5", "SHIFT_JIS", "SHIFT-JIS",
      "SJIS", "TIS-620", "MACINTOSH",
      // For libxml2 these are wrong where the first bytes are ASCII, and change nothing.
      "UTF-16", "UTF16"};
  return std::ranges::any_of(kNames,
                             [&](std::string_view name) { return istarts_with(encoding, name); });
}

class XmlScan {
 public:
  XmlScan(std::string_view text, bool wide, const Limits& limits)
      : text_(text), wide_(wide), limits_(limits), dtd_(text.contains("<!DOCTYPE")) {}

  std::string run() {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
    read_declaration();
    size_t at = text_.find('<');
    while (fault_.empty() && at != kNotFound) {
      if (const size_t end = dtd_ ? 0 : section_end(at); end != 0) {
        count_node();
        at = text_.find('<', end);
        continue;
      }
      const bool comment = text_.substr(at).starts_with("<!--");
      if (comment && ++open_comments_ > kMostOpenComments) {
        fault_ = fmt::format("XML: More than {} comments are open or faulty.", kMostOpenComments);
      }
      const size_t next = std::min(text_.find('<', at + 1), text_.size());
      read_segment(text_.substr(at + 1, next - at - 1));
      at = next == text_.size() ? kNotFound : next;
    }
    return std::move(fault_);
  }

 private:
  /// <?xml version="1.0" encoding="..."?>: whatever stands in its quotes may be the encoding.
  void read_declaration() {
    if (!text_.starts_with("<?xml")) return;
    std::string_view rest = text_.substr(0, text_.find("?>"));
    while (fault_.empty()) {
      const size_t open = rest.find_first_of("\"'");
      if (open == kNotFound) return;
      const size_t close = rest.find(rest[open], open + 1);
      if (close == kNotFound) return;
      const std::string_view word = rest.substr(open + 1, close - open - 1);
      rest.remove_prefix(close + 1);
      const bool version = word.find_first_not_of("0123456789.") == kNotFound;
      if (version || iequals(word, "yes") || iequals(word, "no")) continue;
      utf8_ = istarts_with(word, "UTF-8");
      if (wide_ ? istarts_with(word, "UTF") || istarts_with(word, "UCS") : shows_markup(word)) {
        continue;
      }
      fault_ = fmt::format("XML: Its encoding is not known: {}.", word.substr(0, 40));
    }
  }

  /// Where a comment, section or instruction that begins at `at` ends; 0: it is none for certain.
  size_t section_end(size_t at) {
    struct Section {
      std::string_view begin, end;
    };
    static constexpr std::array<Section, 3> kSections = {
        {{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}}};
    const std::string_view rest = text_.substr(at);
    for (size_t kind = 0; kind < kSections.size(); ++kind) {
      const auto& [begin, end] = kSections[kind];
      if (!rest.starts_with(begin)) continue;
      const size_t from = at + begin.size();
      const bool unnamed = begin == "<?" && (from == text_.size() ||
                                             !is_alpha(static_cast<unsigned char>(text_[from])));
      if (unnamed) return 0;
      // What is found serves for all that begin before it, or all of this would be quadratic.
      size_t& found = ends_[kind];
      if (found != kNotFound && found < from) found = text_.find(end, from);
      if (found == kNotFound || found - at > kLongestSection || first_fault(from) < found) return 0;
      return found + end.size();
    }
    return 0;
  }

  /// The first byte at or after `from` that libxml2 may take for no character.
  size_t first_fault(size_t from) {
    if (fault_at_ >= from && scanned_) return fault_at_;
    scanned_ = true;
    size_t at = from;
    while (at < text_.size()) {
      const auto byte = static_cast<unsigned char>(text_[at]);
      if (byte < 0x80) {
        if (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') break;
        ++at;
        continue;
      }
      const std::string_view rest = text_.substr(at, 4);
      const size_t length = utf8_ && !wide_ ? wafcheck::utf8_length(rest) : 0;
      const bool none = rest.starts_with("\xEF\xBF\xBE") || rest.starts_with("\xEF\xBF\xBF");
      if (length == 0 || none) break;
      at += length;
    }
    return fault_at_ = at == text_.size() ? kNotFound : at;
  }

  /// What follows a '<', up to the next.
  void read_segment(std::string_view segment) {
    if (!segment.starts_with('/')) count_node();
    if (dtd_) return read_beside_dtd(segment);
    size_t attributes = 0;
    size_t at = 0;
    for (; at < segment.size() && segment[at] != '>'; ++at) {
      if (segment[at] == '=') ++attributes;
      if (segment[at] != '"' && segment[at] != '\'') continue;
      at = segment.find(segment[at], at + 1);
      if (at == kNotFound) break;
    }
    count_attributes(attributes);
    if (at < segment.size()) read_text(segment.substr(at + 1));
  }

  /// A character reference in the text of an entity is the character itself to its elements.
  void read_beside_dtd(std::string_view segment) {
    if (segment.starts_with('!') && !segment.starts_with("!--") &&
        !segment.starts_with("![CDATA[")) {
      declared_ += segment.size();
      const std::string_view entity = segment.starts_with("!ENTITY") ? segment.substr(7) : "";
      // A parameter entity may make up declarations of any size.
      if (trim(entity).starts_with('%')) declared_ = std::max(declared_, text_.size());
      if (declared_ > limits_.xml_declarations) {
        fault_ =
            fmt::format("XML: Its declarations take more than {} bytes.", limits_.xml_declarations);
      }
    }
    size_t attributes = 0;
    for (size_t at = 0; at < segment.size(); ++at) {
      if (segment[at] == '=' || (segment[at] == '#' && is_equals(segment.substr(at + 1)))) {
        ++attributes;
      }
    }
    count_attributes(attributes);
    read_text(segment);
  }

  /// "61;" or "x3D;", perhaps with zeros before it.
  static bool is_equals(std::string_view reference) {
    const bool hex = reference.starts_with('x');
    if (hex) reference.remove_prefix(1);
    reference.remove_prefix(std::min(reference.find_first_not_of('0'), reference.size()));
    return hex ? istarts_with(reference, "3D;") : reference.starts_with("61;");
  }

  /// Each run of text is a node, and each reference to an entity.
  void read_text(std::string_view text) {
    if (!text.empty()) count_node();
    static constexpr std::string_view kNoNode[] = {"&amp;",  "&lt;",   "&gt;",
                                                   "&quot;", "&apos;", "&#"};
    for (size_t at = text.find('&'); at != kNotFound; at = text.find('&', at + 1)) {
      const std::string_view rest = text.substr(at, 6);
      const bool character = std::ranges::any_of(
          kNoNode, [&](std::string_view begin) { return rest.starts_with(begin); });
      if (!character) count_node();
    }
  }

  void count_attributes(size_t attributes) {
    count_node(attributes);
    if (attributes > limits_.xml_attributes) fault_ = over_attributes(limits_);
  }

  void count_node(size_t more = 1) {
    nodes_ += more;
    if (nodes_ > limits_.xml_nodes) fault_ = over_nodes(limits_);
  }

  std::string_view text_;
  const bool wide_;
  const Limits& limits_;
  const bool dtd_;
  bool utf8_ = true;
  size_t nodes_ = 0;
  size_t declared_ = 0;           ///< bytes of declarations
  std::array<size_t, 3> ends_{};  ///< by kind of section: where one was found to end
  size_t fault_at_ = 0;           ///< see first_fault()
  bool scanned_ = false;
  size_t open_comments_ = 0;  ///< that were not passed over
  std::string fault_;
};

}  // namespace

std::string over_attributes(const Limits& limits) {
  return fmt::format("XML: An element has more than {} attributes.", limits.xml_attributes);
}

std::string over_nodes(const Limits& limits) {
  return fmt::format("XML: It has more than {} elements, attributes and texts.", limits.xml_nodes);
}

std::string xml_over_limit(std::string_view body, XmlUnits units, const Limits& limits) {
  switch (units) {
    case XmlUnits::bytes:
      return XmlScan(body, false, limits).run();
    case XmlUnits::utf16_le:
    case XmlUnits::utf16_be:
    case XmlUnits::ucs4_le:
    case XmlUnits::ucs4_be: {
      const bool four = units == XmlUnits::ucs4_le || units == XmlUnits::ucs4_be;
      const bool big = units == XmlUnits::utf16_be || units == XmlUnits::ucs4_be;
      std::string text = ascii_of(body, four ? 4 : 2, big);
      if (text.starts_with(kOther)) text.erase(0, 1);  // the byte order mark
      return XmlScan(text, true, limits).run();
    }
    case XmlUnits::unknown:
      break;
  }
  return "XML: Its encoding is not known.";
}

}  // namespace wafcheck::engine::inline bodies
