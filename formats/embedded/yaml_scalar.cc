#include "formats/embedded/yaml_scalar.h"

#include <algorithm>
#include <charconv>

#include "formats/json/escape.h"
#include "parser/base/ascii.h"
#include "parser/base/lines.h"
#include "parser/base/utf8.h"

namespace wafcheck::formats::inline embedded {
namespace {

constexpr std::string_view kBlank = " \t";
constexpr std::string_view kWhitespace = " \t\r\n";

struct Written {
  std::string_view file;
  size_t begin = 0, end = 0;

  Written(std::string_view of, const YamlDocument& document, const YamlNode& node)
      : file(of),
        begin(document.byte_of_character(node.at)),
        end(document.byte_of_character(node.end)) {}
  std::string_view text() const { return file.substr(begin, end - begin); }
};

// --- block scalars ---

/// The indentation of a literal block: what the first line that is not blank has more in the file
/// than in the value.
size_t indentation_of(std::string_view written, std::string_view value) {
  const auto blanks_of = [](std::string_view text) -> size_t {
    for (const std::string_view line : Lines(text)) {
      const size_t blanks = line.find_first_not_of(' ');
      if (blanks != line.npos && line[blanks] != '\r') return blanks;
    }
    return 0;
  };
  const size_t header = written.find('\n');
  if (header == written.npos) return 0;
  const size_t outside = blanks_of(written.substr(header + 1)), inside = blanks_of(value);
  return outside > inside ? outside - inside : 0;
}

MappedText mapped_literal(const Written& written, std::string_view value) {
  const size_t indentation = indentation_of(written.text(), value);
  MappedText mapped;
  size_t at = written.file.find('\n', written.begin);
  at = at == written.file.npos ? written.file.size() : at + 1;
  while (mapped.bytes.size() < value.size() && at < written.file.size()) {
    size_t line_end = written.file.find('\n', at);
    if (line_end == written.file.npos) line_end = written.file.size();
    std::string_view line = written.file.substr(at, line_end - at);
    size_t indented = line.find_first_not_of(' ');
    if (indented == line.npos) indented = line.size();
    const size_t skipped = std::min(indented, indentation);
    line.remove_prefix(skipped);
    if (line.ends_with('\r')) line.remove_suffix(1);
    mapped.add(line, at + skipped);
    if (mapped.bytes.size() < value.size()) mapped.add('\n', at + skipped + line.size());
    at = std::min(line_end + 1, written.file.size());
  }
  // Behind the last line end of the value, or behind its last byte.
  mapped.end(value.ends_with('\n') || mapped.at.empty() ? at : mapped.at.back() + 1);
  return mapped;
}

// --- flow scalars ---

struct Escape {
  std::string text;
  size_t length = 0;  ///< as written, with the backslash; 0: none that YAML knows
};

Escape escape_at(std::string_view written) {
  struct Simple {
    char letter;
    std::string_view text;
  };
  static constexpr Simple kSimple[] = {
      {'0', std::string_view("\0", 1)},
      {'a', "\a"},
      {'b', "\b"},
      {'t', "\t"},
      {'\t', "\t"},
      {'n', "\n"},
      {'v', "\v"},
      {'f', "\f"},
      {'r', "\r"},
      {'e', "\x1B"},
      {' ', " "},
      {'"', "\""},
      {'/', "/"},
      {'\\', "\\"},
      {'N', "\xC2\x85"},
      {'_', "\xC2\xA0"},
      {'L', "\xE2\x80\xA8"},
      {'P', "\xE2\x80\xA9"},
  };
  if (written.size() < 2) return {};
  const auto* simple = std::ranges::find(kSimple, written[1], &Simple::letter);
  if (simple != std::end(kSimple)) return {std::string(simple->text), 2};
  const size_t digits = written[1] == 'x' ? 2 : written[1] == 'u' ? 4 : written[1] == 'U' ? 8 : 0;
  uint32_t point = 0;
  const std::string_view hex = written.substr(2, digits);
  const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), point, 16);
  if (digits == 0 || error != std::errc() || end != hex.data() + digits) return {};
  Escape escape{{}, 2 + digits};
  append_utf8(escape.text, static_cast<char32_t>(point));
  return escape;
}

/// Follows a value through what is written for it, whitespace with line ends in it as folded.
class Follower {
 public:
  Follower(std::string_view written, size_t offset, std::string_view value, YamlStyle style)
      : written_(written), offset_(offset), value_(value), style_(style) {}

  std::optional<MappedText> run() {
    while (mapped_.bytes.size() < value_.size()) {
      if (at_ >= written_.size() || !step()) return std::nullopt;
    }
    mapped_.end(offset_ + at_);
    return std::move(mapped_);
  }

 private:
  char next() const { return value_[mapped_.bytes.size()]; }

  bool take(std::string_view text, size_t length) {
    if (!value_.substr(mapped_.bytes.size()).starts_with(text)) return false;
    for (const char byte : text) mapped_.add(byte, offset_ + at_);
    at_ += length;
    return true;
  }

  bool step() {
    const std::string_view rest = written_.substr(at_);
    if (style_ == YamlStyle::double_quoted && rest.front() == '\\') {
      const size_t line_end = rest.find_first_not_of(" \t\r", 1);
      if (line_end != rest.npos && rest[line_end] == '\n') {
        // The line end and the next line's indentation mean nothing.
        at_ += std::min(rest.find_first_not_of(kBlank, line_end + 1), rest.size());
        return true;
      }
      const Escape escape = escape_at(rest);
      return escape.length != 0 && take(escape.text, escape.length);
    }
    if (style_ == YamlStyle::single_quoted && rest.starts_with("''")) return take("'", 2);
    const size_t run = std::min(rest.find_first_not_of(kWhitespace), rest.size());
    if (rest.substr(0, run).find('\n') == rest.npos) return take(rest.substr(0, 1), 1);
    // All of the whitespace stands for all of the value's whitespace.
    const std::string_view folded = value_.substr(mapped_.bytes.size());
    const size_t length = std::min(folded.find_first_not_of(kWhitespace), folded.size());
    return take(folded.substr(0, length), run);
  }

  std::string_view written_;
  size_t offset_ = 0;
  std::string_view value_;
  YamlStyle style_;
  size_t at_ = 0;
  MappedText mapped_;
};

std::optional<MappedText> followed(const Written& written, std::string_view value,
                                   YamlStyle style) {
  std::string_view text = written.text();
  size_t skipped = 0;
  if (style == YamlStyle::folded) {
    skipped = std::min(text.find('\n'), text.size() - 1) + 1;
    const size_t first = text.find_first_not_of(kWhitespace, skipped);
    // Blank lines in front are the value's own line ends.
    if (!value.empty() && value.front() != '\n' && first != text.npos) skipped = first;
  } else if (style != YamlStyle::plain) {
    skipped = 1;
    text = text.substr(0, text.size() - 1);
  }
  return Follower(text.substr(skipped), written.begin + skipped, value, style).run();
}

// --- writing ---

std::string in_double_quotes(std::string_view text) {
  std::string out;
  for (const char byte : text) append_escaped_byte(out, byte);
  return out;
}

/// Each line end is followed by the indentation, except in front of an empty line and at the end.
std::string in_block(std::string_view text, std::string_view following, size_t indentation) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if (text[i] != '\n') continue;
    const std::string_view rest = i + 1 < text.size() ? text.substr(i + 1) : following;
    if (!rest.empty() && rest.front() != '\n') out.append(indentation, ' ');
  }
  return out;
}

}  // namespace

MappedText mapped_scalar(std::string_view file, const YamlDocument& document,
                         const YamlNode& node) {
  const Written written(file, document, node);
  std::optional<MappedText> mapped = node.style == YamlStyle::literal
                                         ? mapped_literal(written, node.text)
                                         : followed(written, node.text, node.style);
  if (mapped && mapped->bytes == node.text) return *std::move(mapped);
  MappedText whole;
  for (const char byte : node.text) whole.add(byte, written.begin);
  whole.end(written.begin);
  return whole;
}

WriteText scalar_writer(std::string_view file, const YamlDocument& document, const YamlNode& node) {
  const Written written(file, document, node);
  switch (node.style) {
    case YamlStyle::literal:
      return [indentation = indentation_of(written.text(), node.text)](std::string_view text,
                                                                       std::string_view following) {
        return std::optional(in_block(text, following, indentation));
      };
    case YamlStyle::double_quoted:
      return [](std::string_view text, std::string_view) {
        return std::optional(in_double_quotes(text));
      };
    case YamlStyle::single_quoted:
      return [](std::string_view text, std::string_view) -> std::optional<std::string> {
        if (text.find('\n') != text.npos) return std::nullopt;
        std::string out;
        for (const char byte : text) out.append(byte == '\'' ? 2 : 1, byte);
        return out;
      };
    case YamlStyle::plain:
    case YamlStyle::folded:
      break;
  }
  return [](std::string_view text, std::string_view) -> std::optional<std::string> {
    if (text.find('\n') != text.npos) return std::nullopt;
    return std::string(text);
  };
}

}  // namespace wafcheck::formats::inline embedded
