#include "engine/transformations/unicode_map.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/transformations/hex.h"

namespace wafcheck::engine {
namespace {

constexpr std::string_view kSeparators = " \t\r\n";

// Full stops of other scripts, which end a domain label: set in every map.
constexpr unsigned kFullStops[] = {0x3002, 0xff61, 0xff0e, 0x002e};

void clear(UnicodeMap& map) {
  map.fill(-1);
  for (const unsigned code_unit : kFullStops) map[code_unit] = '.';
}

// Walks the blank-separated tokens of a text.
class Tokens {
 public:
  explicit Tokens(std::string_view text) : text_(text) { next(); }

  void next() {
    begin_ = std::min(text_.find_first_not_of(kSeparators, end_), text_.size());
    new_line_ = text_.substr(end_, begin_ - end_).contains('\n');
    end_ = std::min(text_.find_first_of(kSeparators, begin_), text_.size());
  }
  bool done() const { return begin_ == text_.size(); }
  std::string_view text() const { return text_.substr(begin_, end_ - begin_); }
  size_t at() const { return begin_; }
  bool begins_line() const { return new_line_; }

 private:
  std::string_view text_;
  size_t begin_ = 0;
  size_t end_ = 0;
  bool new_line_ = false;
};

// Reads one `hhhh:hh` pair into the map.
bool read_pair(std::string_view pair, UnicodeMap& map) {
  const size_t colon = pair.find(':');
  const std::string_view code = pair.substr(0, colon);
  const std::string_view byte = pair.substr(colon + 1);
  const auto is_number = [](std::string_view digits, size_t most) {
    return !digits.empty() && digits.size() <= most && hex_at(digits, 0, digits.size());
  };
  if (!is_number(code, 4) || !is_number(byte, 2)) return false;
  map[hex_number(code)] = static_cast<int16_t>(hex_number(byte));
  return true;
}

}  // namespace

Result<std::unique_ptr<UnicodeMap>> parse_unicode_map(std::string_view text, int code_page) {
  const std::string page = fmt::format("{}", code_page);
  Tokens tokens(text);
  while (!tokens.done() && tokens.text() != page) tokens.next();
  if (tokens.done()) return fail(fmt::format("the map has no code page {}", code_page));

  // The rest of the line is the page's label.
  tokens.next();
  while (!tokens.done() && !tokens.begins_line() && !tokens.text().contains(':')) tokens.next();

  auto map = std::make_unique<UnicodeMap>();
  clear(*map);
  for (; !tokens.done() && tokens.text().contains(':'); tokens.next()) {
    if (!read_pair(tokens.text(), *map)) {
      return fail(fmt::format("'{}' is not a pair of a code unit and a byte, such as 00c0:41",
                              tokens.text()),
                  tokens.at());
    }
  }
  return map;
}

const UnicodeMap& us_ascii_best_fit() {
  struct Pair {
    uint16_t code_unit;
    char byte;
  };
  // Made by rules/make-unicode-mapping.
  static constexpr Pair kPairs[] = {
#include "engine/transformations/us_ascii_best_fit.inc"
  };
  static const UnicodeMap kMap = [] {
    UnicodeMap map;
    clear(map);
    for (const Pair& pair : kPairs) map[pair.code_unit] = pair.byte;
    return map;
  }();
  return kMap;
}

}  // namespace wafcheck::engine
