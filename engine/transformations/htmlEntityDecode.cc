#include <array>

#include "engine/transformations/bytes.h"
#include "engine/transformations/code_points.h"
#include "engine/transformations/html5_entities.h"
#include "engine/transformations/transformation.h"
#include "parser/base/ascii.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::transformations {
namespace {

// What a reference yields and how many bytes after the '&' it takes, 0 when it is none.
struct Reference {
  char byte;
  size_t length;
};

constexpr uint64_t kLargest = INT64_MAX;

struct Digits {
  uint64_t value = 0;  // saturates at kLargest
  size_t count = 0;
};

Digits read_digits(std::string_view in, bool hex, size_t most) {
  const uint64_t base = hex ? 16 : 10;
  Digits digits;
  for (; digits.count < most && digits.count < in.size(); ++digits.count) {
    const auto c = static_cast<unsigned char>(in[digits.count]);
    if (!(hex ? is_hex(c) : is_digit(c))) break;
    const uint64_t digit = hex_value(c);
    const bool fits = digits.value <= (kLargest - digit) / base;
    digits.value = fits ? digits.value * base + digit : kLargest;
  }
  return digits;
}

size_t alnum_run(std::string_view in) {
  size_t length = 0;
  while (length < in.size() && is_alnum(static_cast<unsigned char>(in[length]))) ++length;
  return length;
}

bool has_hex_mark(std::string_view number) {
  return number.starts_with('x') || number.starts_with('X');
}

size_t with_semicolon(std::string_view in, size_t length) {
  return length + (in.substr(length).starts_with(';') ? 1 : 0);
}

// The references of ModSecurity: to single bytes. `fixed_digits` takes two hexadecimal or three
// decimal digits and needs a name only to begin a run of letters and digits.
Reference read_byte_reference(std::string_view in, bool fixed_digits) {
  if (in.starts_with('#')) {
    const bool hex = has_hex_mark(in.substr(1));
    const size_t mark = hex ? 2 : 1;
    const size_t most = !fixed_digits ? in.size() : hex ? 2 : 3;
    const Digits digits = read_digits(in.substr(mark), hex, most);
    if (digits.count == 0) return {};
    return {static_cast<char>(digits.value), with_semicolon(in, mark + digits.count)};
  }
  struct Name {
    std::string_view name;
    char byte;
  };
  static constexpr std::array<Name, 5> kNames{
      {{"quot", '"'}, {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"nbsp", '\xa0'}}};
  const size_t length = alnum_run(in);
  const std::string_view run = in.substr(0, length);
  for (const auto& [name, byte] : kNames) {
    if (fixed_digits ? istarts_with(run, name) : iequals(run, name)) {
      return {byte, with_semicolon(in, length)};
    }
  }
  return {};
}

char32_t html5_character(uint64_t number) {
  // The C1 range stands for Windows-1252, HTML standard, "numeric character reference end state".
  static constexpr std::array<char16_t, 32> kWindows1252{
      0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
      0x2039, 0x0152, 0x8d,   0x017d, 0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
      0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178};
  if (number >= 0x80 && number <= 0x9f) return kWindows1252[static_cast<size_t>(number - 0x80)];
  if (number == 0 || number > 0x10ffff) return kReplacementCharacter;
  return static_cast<char32_t>(number);
}

// The references of HTML5, to UTF-8. Appends what `in` (the text after the '&') begins with and
// returns the bytes taken, 0 when it is no reference.
size_t append_html5_reference(std::string_view in, std::string& out) {
  if (in.starts_with('#')) {
    const bool hex = has_hex_mark(in.substr(1));
    const size_t mark = hex ? 2 : 1;
    const Digits digits = read_digits(in.substr(mark), hex, in.size());
    if (digits.count == 0) return 0;
    append_utf8(out, html5_character(digits.value));
    return with_semicolon(in, mark + digits.count);
  }
  const size_t length = alnum_run(in);
  const size_t closed = with_semicolon(in, length);
  if (append_html5_entity(in.substr(0, length), closed > length, out)) return closed;
  // Without its semicolon an old name is known even where more letters follow.
  for (size_t prefix = std::min(length, kLongestBareEntity); prefix > 1; --prefix) {
    if (append_html5_entity(in.substr(0, prefix), false, out)) return prefix;
  }
  return 0;
}

bool decode_html5(std::string_view in, std::string& out) {
  out.clear();
  out.reserve(in.size());
  size_t from = 0;
  for (size_t amp = in.find('&'); amp != std::string_view::npos; amp = in.find('&', from)) {
    out.append(in, from, amp - from);
    const size_t taken = append_html5_reference(in.substr(amp + 1), out);
    if (taken == 0) out += '&';
    from = amp + 1 + taken;
  }
  out.append(in, from);
  return out != in;
}

}  // namespace

/// Decodes the character references of HTML; the semicolon is optional.
/// Semantics::html_entities decides digits, names and output: bytes or UTF-8.
/// Size: at most in.size(), UTF-8 less than 2 * in.size(). Source: seclang reference, section 5.3.
bool htmlEntityDecode(std::string_view in, std::string& out, const TransformationContext& context) {
  size_t amp = in.find('&');
  if (amp == std::string_view::npos) return false;
  const parser::HtmlEntities mode = context.semantics.html_entities;
  if (mode == parser::HtmlEntities::html5) return decode_html5(in, out);

  write_bytes(out, in.size(), [&](char* to) {
    size_t from = 0;
    for (; amp != std::string_view::npos; amp = in.find('&', from)) {
      to = put(to, in.substr(from, amp - from));
      const Reference reference =
          read_byte_reference(in.substr(amp + 1), mode == parser::HtmlEntities::fixed_digits);
      *to++ = reference.length > 0 ? reference.byte : '&';
      from = amp + 1 + reference.length;
    }
    return put(to, in.substr(from));
  });
  return out != in;
}

}  // namespace wafcheck::engine::transformations
