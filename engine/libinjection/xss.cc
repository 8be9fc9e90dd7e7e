// The verdict on XSS: the input, read in each context, has a tag, an attribute or a comment that
// can run script.

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/libinjection/html_tokenizer.h"
#include "engine/libinjection/libinjection.h"
#include "parser/base/ascii.h"

namespace wafcheck::engine::libinjection {
namespace {

enum class AttributeKind {
  kHarmless,
  kAlways,    ///< with any value
  kUrl,       ///< with a URL that runs script
  kNamesOne,  ///< with a value that names such an attribute
};

struct Attribute {
  std::string_view name;
  AttributeKind kind;
};

constexpr std::string_view kTags[] = {
#include "engine/libinjection/html_tags.inc"
};

constexpr Attribute kAttributes[] = {
#include "engine/libinjection/html_attributes.inc"
};

/// True if `text` without its NULs, which browsers skipped, is `name` (in upper case).
bool names(std::string_view text, std::string_view name) {
  size_t matched = 0;
  for (const char c : text) {
    if (c == '\0') continue;
    if (matched == name.size() || to_upper(c) != name[matched]) return false;
    ++matched;
  }
  return matched == name.size();
}

bool is_active_tag(std::string_view tag) {
  if (tag.size() < 3) return false;
  return istarts_with(tag, "SVG") || istarts_with(tag, "XSL") ||
         std::ranges::any_of(kTags, [&](std::string_view name) { return names(tag, name); });
}

AttributeKind attribute_kind(std::string_view attribute) {
  if (attribute.size() < 2) return AttributeKind::kHarmless;
  if (attribute.size() >= 5 && (istarts_with(attribute, "ON") || istarts_with(attribute, "XMLNS") ||
                                istarts_with(attribute, "XLINK"))) {
    return AttributeKind::kAlways;
  }
  for (const Attribute& known : kAttributes) {
    if (names(attribute, known.name)) return known.kind;
  }
  return AttributeKind::kHarmless;
}

/// The character at the start of `text`, which is not empty, with a numeric reference decoded.
/// A reference above the method's limit is its '&'. Takes what it read off `text`.
uint32_t take_character(std::string_view& text) {
  constexpr uint32_t kLimit = 0x1000FF;
  const auto literal = [&text] {
    const auto byte = uint8_t(text[0]);
    text.remove_prefix(1);
    return byte;
  };
  if (text.size() < 3 || !text.starts_with("&#")) return literal();
  const bool hex = text[2] == 'x' || text[2] == 'X';
  const auto is_member = [hex](char c) {
    return hex ? is_hex(static_cast<unsigned char>(c)) : is_digit(static_cast<unsigned char>(c));
  };
  const size_t begin = hex ? 3 : 2;
  uint32_t value = 0;
  size_t end = begin;
  for (; end < text.size() && is_member(text[end]); ++end) {
    value = value * (hex ? 16 : 10) + hex_value(static_cast<unsigned char>(text[end]));
    if (value > kLimit) return literal();
  }
  if (end == begin) return literal();
  if (end < text.size() && text[end] == ';') ++end;
  text.remove_prefix(end);
  return value;
}

/// True if `url` decodes to something that starts with `scheme` (in upper case).
/// White space in front, NULs and line feeds do not count.
bool has_scheme(std::string_view url, std::string_view scheme) {
  size_t matched = 0;
  while (!url.empty()) {
    if (matched == scheme.size()) return true;
    const uint32_t c = take_character(url);
    if ((matched == 0 && c <= 0x20) || c == 0 || c == '\n') continue;
    // The method compares the low byte, and takes no notice of letter case beyond ASCII.
    const char byte = static_cast<char>(c);
    if ((c < 0x80 ? to_upper(byte) : byte) != scheme[matched]) return false;
    ++matched;
  }
  return matched == scheme.size();
}

bool runs_script(std::string_view url) {
  while (!url.empty() && (uint8_t(url[0]) <= 0x20 || uint8_t(url[0]) >= 0x7F)) url.remove_prefix(1);
  static constexpr std::string_view kSchemes[] = {"DATA", "VIEW-SOURCE", "JAVA", "VBSCRIPT"};
  return std::ranges::any_of(kSchemes,
                             [&](std::string_view scheme) { return has_scheme(url, scheme); });
}

bool is_active_comment(std::string_view comment) {
  // Old Internet Explorers end a tag with a backtick and know <!--[if ...]>, <?xml and <?import.
  return comment.find('`') != std::string_view::npos ||
         (comment.size() > 3 && (istarts_with(comment, "[IF") || istarts_with(comment, "XML"))) ||
         (comment.size() > 5 &&
          (names(comment.substr(0, 6), "IMPORT") || names(comment.substr(0, 6), "ENTITY")));
}

bool is_active_value(AttributeKind kind, std::string_view value) {
  switch (kind) {
    case AttributeKind::kHarmless:
      return false;
    case AttributeKind::kAlways:
      return true;
    case AttributeKind::kUrl:
      return runs_script(value);
    case AttributeKind::kNamesOne:
      return attribute_kind(value) != AttributeKind::kHarmless;
  }
  return false;
}

bool is_xss_in(std::string_view input, HtmlContext context) {
  HtmlTokenizer tokens(input, context);
  AttributeKind attribute = AttributeKind::kHarmless;
  while (tokens.next()) {
    const std::string_view text = tokens.piece().text;
    switch (tokens.piece().type) {
      case HtmlType::DOCTYPE:
        return true;
      case HtmlType::TAG_NAME_OPEN:
        if (is_active_tag(text)) return true;
        break;
      case HtmlType::ATTR_NAME:
        attribute = attribute_kind(text);
        continue;
      case HtmlType::ATTR_VALUE:
        if (is_active_value(attribute, text)) return true;
        break;
      case HtmlType::TAG_COMMENT:
        if (is_active_comment(text)) return true;
        break;
      default:
        break;
    }
    attribute = AttributeKind::kHarmless;
  }
  return false;
}

constexpr std::string_view type_name(HtmlType type) {
  switch (type) {
    case HtmlType::DATA_TEXT:
      return "DATA_TEXT";
    case HtmlType::TAG_NAME_OPEN:
      return "TAG_NAME_OPEN";
    case HtmlType::TAG_NAME_CLOSE:
      return "TAG_NAME_CLOSE";
    case HtmlType::TAG_NAME_SELFCLOSE:
      return "TAG_NAME_SELFCLOSE";
    case HtmlType::TAG_CLOSE:
      return "TAG_CLOSE";
    case HtmlType::ATTR_NAME:
      return "ATTR_NAME";
    case HtmlType::ATTR_VALUE:
      return "ATTR_VALUE";
    case HtmlType::TAG_COMMENT:
      return "TAG_COMMENT";
    case HtmlType::DOCTYPE:
      return "DOCTYPE";
  }
  return "";
}

}  // namespace

bool detect_xss(std::string_view input) {
  const auto has = [input](char c) { return input.find(c) != std::string_view::npos; };
  // Tags and comments take a '<', attribute values a '='.
  const bool has_tag = has('<');
  if (!has_tag && !has('=')) return false;
  return (has_tag && is_xss_in(input, HtmlContext::kData)) ||
         is_xss_in(input, HtmlContext::kUnquotedValue) ||
         (has('\'') && is_xss_in(input, HtmlContext::kSingleQuoted)) ||
         (has('"') && is_xss_in(input, HtmlContext::kDoubleQuoted)) ||
         (has('`') && is_xss_in(input, HtmlContext::kBackQuoted));
}

std::vector<HtmlToken> tokenize_html(std::string_view input) {
  std::vector<HtmlToken> list;
  HtmlTokenizer tokens(input, HtmlContext::kData);
  while (tokens.next()) list.push_back({type_name(tokens.piece().type), tokens.piece().text});
  return list;
}

}  // namespace wafcheck::engine::libinjection
