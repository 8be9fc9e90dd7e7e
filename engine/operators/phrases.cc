#include "engine/operators/phrases.h"

#include "parser/base/ascii.h"

namespace wafcheck::engine::operators {

std::string resolve_hex(std::string_view text, bool blanks) {
  const std::string_view raw = text;
  if (text.size() >= 2 && text.starts_with('"') && text.ends_with('"')) {
    text = text.substr(1, text.size() - 2);
  }
  std::string bytes;
  bytes.reserve(text.size());
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      if (++at == text.size()) return std::string(raw);
      if (std::string_view(":;\\\"").find(text[at]) == std::string_view::npos) {
        return std::string(raw);
      }
      bytes += text[at];
    } else if (text[at] == '|') {
      const size_t close = text.find('|', at + 1);
      if (close == std::string_view::npos) return std::string(raw);
      while (++at < close) {
        if (blanks && is_blank(static_cast<unsigned char>(text[at]))) continue;
        const auto high = static_cast<unsigned char>(text[at]);
        const auto low = static_cast<unsigned char>(text[at + 1]);  // at worst the closing bar
        if (!is_hex(high) || !is_hex(low)) return std::string(raw);
        bytes += static_cast<char>(hex_value(high) << 4 | hex_value(low));
        ++at;
      }
    } else {
      bytes += text[at];
    }
  }
  return bytes;
}

std::string resolve_hex_letters(std::string_view text) {
  const std::string_view raw = text;
  if (text.size() >= 2 && text.starts_with('"') && text.ends_with('"')) {
    text = text.substr(1, text.size() - 2);
  }
  std::string bytes;
  bytes.reserve(text.size());
  bool in_bars = false, escaped = false;
  int high = -1;  ///< the first digit of a pair; -1: none yet
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '|') {
      in_bars = !in_bars;
    } else if (c == '\\' && !escaped) {
      escaped = true;
    } else if (in_bars) {
      if (!is_hex(byte) || is_digit(byte)) continue;
      const int digit = static_cast<int>(hex_value(byte));
      if (high >= 0) bytes += static_cast<char>(high << 4 | digit);
      high = high >= 0 ? -1 : digit;
    } else if (escaped) {
      if (std::string_view(":;\\\"").find(c) == std::string_view::npos) return std::string(raw);
      bytes += c;
      escaped = false;
    } else {
      bytes += c;
    }
  }
  bytes += text.substr(bytes.size());
  return bytes;
}

std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> words;
  const auto space_at = [&](size_t at) { return is_space(static_cast<unsigned char>(text[at])); };
  for (size_t at = 0; at < text.size();) {
    if (space_at(at)) {
      ++at;
      continue;
    }
    const size_t begin = at;
    while (at < text.size() && !space_at(at)) ++at;
    words.push_back(text.substr(begin, at - begin));
  }
  return words;
}

}  // namespace wafcheck::engine::operators
