#include "parser/ruleset/alphabet.h"

#include <algorithm>

#include "parser/base/ascii.h"

namespace wafcheck::parser::inline ruleset {
namespace {

using regex::ByteSet;

/// The effect of a transformation on any value: `removed` bytes do not occur after it, `added`
/// bytes may be new. A row holds for every engine.
struct ByteEffect {
  Transformation transformation;
  ByteSet removed;
  ByteSet added;
  std::array<std::string_view, 3> removed_sequences = {};
  /// Sequences that could not occur before still cannot.
  bool keeps_sequences = false;
};

constexpr ByteSet kUpper = ByteSet::range('A', 'Z');
constexpr ByteSet kLower = ByteSet::range('a', 'z');
constexpr ByteSet kDigits = ByteSet::range('0', '9');
constexpr ByteSet kSpaces = ByteSet::of(" \t\n\v\f\r");
constexpr ByteSet kHigh = ByteSet::range(0x80, 0xff);
constexpr ByteSet kHex = kDigits | ByteSet::range('a', 'f');
constexpr ByteSet kBase64 = kDigits | kUpper | kLower | ByteSet::of("+/=");
constexpr ByteSet kUrl = kDigits | kUpper | kLower | ByteSet::of("+%*");
constexpr ByteSet kNul = ByteSet::range(0, 0);

// Case mapping and white space of Unicode, which Coraza has, may make bytes of 0x80 and above.
constexpr ByteEffect kByteEffects[] = {
    {Transformation::base64Encode, ~kBase64, kBase64},
    // It removes quotes and separators, and maps letters.
    {Transformation::cmdLine,
     kUpper | ByteSet::of("\"'\\^,;\t\r\n"),
     kLower | ByteSet::of(" "),
     {"  ", " /", " ("}},
    {Transformation::compressWhitespace, kSpaces & ~ByteSet::of(" "), ByteSet::of(" "), {"  "}},
    {Transformation::hexEncode, ~kHex, kHex},
    {Transformation::length, ~kDigits, kDigits},
    {Transformation::lowercase, kUpper, kLower | kHigh, {}, true},
    {Transformation::normalizePath, {}, ByteSet::of("/"), {"//", "/./"}},
    {Transformation::normalizePathWin, ByteSet::of("\\"), ByteSet::of("/"), {"//", "/./"}},
    {Transformation::parityZero7bit, kHigh, ~kHigh},
    {Transformation::removeCommentsChar, ByteSet::of("#"), {}},
    {Transformation::removeNulls, kNul, {}},
    {Transformation::removeWhitespace, kSpaces, kHigh},
    {Transformation::replaceComments, {}, ByteSet::of(" "), {"/*"}},
    {Transformation::replaceNulls, kNul, ByteSet::of(" ")},
    // A part of a text has no sequence that the whole text does not have.
    {Transformation::trim, {}, {}, {}, true},
    {Transformation::trimLeft, {}, {}, {}, true},
    {Transformation::trimRight, {}, {}, {}, true},
    {Transformation::uppercase, kLower, kUpper | kHigh, {}, true},
    {Transformation::urlEncode, ~kUrl, kUrl},
};

}  // namespace

Alphabet::Alphabet(std::span<const Transformation> pipeline) {
  for (const Transformation transformation : pipeline) apply(transformation);
}

void Alphabet::apply(Transformation transformation) {
  const auto effect = std::ranges::find(kByteEffects, transformation, &ByteEffect::transformation);
  if (effect == std::end(kByteEffects)) {
    *this = Alphabet();  // a decoder may produce any bytes
    const bool url = transformation == Transformation::urlDecode ||
                     transformation == Transformation::urlDecodeUni;
    if (url) decoder_ = transformation;
    return;
  }
  // None of these makes an escape that was not there but the encoders.
  if (transformation == Transformation::urlEncode) decoder_ = Transformation::none;
  bytes_ = (bytes_ & ~effect->removed) | effect->added;
  effect->removed.each([&](uint8_t byte) { causes_[byte] = transformation; });
  if (!effect->keeps_sequences) absent_.clear();
  for (const std::string_view sequence : effect->removed_sequences) {
    if (!sequence.empty()) absent_.push_back({sequence, transformation});
  }
}

regex::Domain Alphabet::domain() const {
  regex::Domain domain{.bytes = bytes_};
  for (const Absent& absent : absent_) domain.absent.emplace_back(absent.sequence);
  return domain;
}

bool Alphabet::lacks(std::string_view sequence) const {
  return std::ranges::find(absent_, sequence, &Absent::sequence) != absent_.end();
}

Obstacle Alphabet::because_of(size_t begin, size_t end, uint8_t byte) const {
  const Transformation cause = causes_[byte];
  const bool lower = cause == Transformation::lowercase || cause == Transformation::cmdLine;
  const bool letter_case =
      (lower && is_upper(byte)) || (cause == Transformation::uppercase && is_lower(byte));
  return {begin, end, cause, letter_case};
}

std::optional<Obstacle> Alphabet::obstacle(std::string_view text, bool caseless) const {
  const auto possible = [&](char c) {
    const auto byte = static_cast<uint8_t>(c);
    return bytes_.contains(byte) ||
           (caseless && is_alpha(byte) && bytes_.contains(static_cast<uint8_t>(byte ^ 0x20)));
  };
  for (size_t i = 0; i < text.size(); ++i) {
    if (possible(text[i])) continue;
    size_t end = i + 1;
    while (end < text.size() && !possible(text[end])) ++end;
    return because_of(i, end, static_cast<uint8_t>(text[i]));
  }
  for (const Absent& absent : absent_) {
    const size_t at = text.find(absent.sequence);
    if (at == std::string_view::npos) continue;
    return Obstacle{at, at + absent.sequence.size(), absent.cause, false};
  }
  return std::nullopt;
}

std::optional<Obstacle> Alphabet::obstacle(const ByteSet& any_of) const {
  if (any_of.empty() || !(any_of & bytes_).empty()) return std::nullopt;
  return because_of(0, 1, any_of.first());
}

}  // namespace wafcheck::parser::inline ruleset
