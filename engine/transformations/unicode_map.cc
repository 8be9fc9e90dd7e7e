#include "engine/transformations/unicode_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/transformations/hex.h"

namespace wafcheck::engine::transformations {
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

const UnicodeMap& coraza_best_fit() {
  static constexpr std::pair<uint16_t, uint16_t> kHas[] = {
      {0x00a0, 0x00a2}, {0x00a4, 0x00a6}, {0x00a9, 0x00ab}, {0x00ad, 0x00ae}, {0x00b2, 0x00b3},
      {0x00b7, 0x00bb}, {0x00c0, 0x00d6}, {0x00d8, 0x00dd}, {0x00e0, 0x00ef}, {0x00f1, 0x00f6},
      {0x00f8, 0x00fd}, {0x00ff, 0x0131}, {0x0134, 0x0137}, {0x0139, 0x013e}, {0x0141, 0x0148},
      {0x014c, 0x0179}, {0x017b, 0x017e}, {0x0180, 0x0180}, {0x0189, 0x0189}, {0x0191, 0x0192},
      {0x0197, 0x0197}, {0x019a, 0x019a}, {0x019f, 0x01a1}, {0x01ab, 0x01ab}, {0x01ae, 0x01b0},
      {0x01b6, 0x01b6}, {0x01cd, 0x01dc}, {0x01de, 0x01df}, {0x01e4, 0x01ed}, {0x01f0, 0x01f0},
      {0x02b9, 0x02ba}, {0x02bc, 0x02bc}, {0x02c4, 0x02c4}, {0x02c6, 0x02c6}, {0x02c8, 0x02c8},
      {0x02cb, 0x02cb}, {0x02cd, 0x02cd}, {0x02dc, 0x02dc}, {0x2000, 0x2006}, {0x2010, 0x2011},
      {0x2013, 0x2014}, {0x2018, 0x201a}, {0x201c, 0x201e}, {0x2022, 0x2022}, {0x2026, 0x2026},
      {0x2032, 0x2032}, {0x2035, 0x2035}, {0x2039, 0x203a}, {0x2122, 0x2122}, {0xff01, 0xff1e},
      {0xff20, 0xff5e}};
  static constexpr std::pair<uint16_t, char> kMore[] = {{0x0261, 'g'}, {0x0300, '`'}, {0x0302, '^'},
                                                        {0x0303, '~'}, {0x030e, '"'}, {0x0331, '_'},
                                                        {0x0332, '_'}};
  static const UnicodeMap kMap = [] {
    const UnicodeMap& whole = us_ascii_best_fit();
    UnicodeMap map;
    map.fill(-1);
    for (const auto& [first, last] : kHas) {
      std::copy(whole.begin() + first, whole.begin() + last + 1, map.begin() + first);
    }
    for (const auto& [code_unit, byte] : kMore) map[code_unit] = byte;
    return map;
  }();
  return kMap;
}

}  // namespace wafcheck::engine::transformations
