#include "formats/privacy/shapes.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "parser/base/ascii.h"
#include "parser/base/base64.h"
#include "parser/base/escape.h"

namespace wafcheck::formats::inline privacy {
namespace {

using Text = std::string_view;

bool is_letter_or_digit(char byte) {
  return is_alnum(static_cast<unsigned char>(byte));
}
bool is_number(char byte) {
  return is_digit(static_cast<unsigned char>(byte));
}
/// Of base64 in either alphabet.
bool is_of_base64(char byte) {
  return base64_value_of_both(byte) >= 0;
}
bool is_of_token(char byte) {
  return is_letter_or_digit(byte) || byte == '_' || byte == '-';
}
bool is_of_bearer(char byte) {
  return is_of_base64(byte) || byte == '.' || byte == '~' || byte == '=';
}

/// The first place from `at` on whose byte is not in the class.
template <typename InClass>
size_t end_of(Text text, size_t at, InClass in_class) {
  while (at < text.size() && in_class(text[at])) ++at;
  return at;
}

/// Whether a word may begin there: no letter or digit stands before it.
bool begins_word(Text text, size_t at) {
  return at == 0 || !is_letter_or_digit(text[at - 1]);
}

// --- tokens that tell what they are ---

/// Three parts in base64 with dots between, the first a JSON object: "eyJ" is its '{"'.
void hide_jwt(Hidden& hidden) {
  constexpr Text kObject = "eyJ";
  constexpr size_t kShortest = 20;
  const Text text = hidden.value();
  for (size_t at = text.find(kObject); at != Text::npos; at = text.find(kObject, at)) {
    const size_t end = end_of(text, at, [](char byte) { return is_of_token(byte) || byte == '.'; });
    const Text run = text.substr(at, end - at);
    if (begins_word(text, at) && run.size() >= kShortest && std::ranges::count(run, '.') >= 2) {
      hidden.hide(at, end);
    }
    at = end;
  }
}

struct KeyPrefix {
  Text text;
  size_t least;  ///< bytes of a token behind it
};
// As the services document them: AWS, GitHub, GitLab, Slack, Stripe, Google, SendGrid, npm.
constexpr KeyPrefix kKeyPrefixes[] = {
    {"AKIA", 16},     {"ASIA", 16},     {"ghp_", 36},   {"gho_", 36},        {"ghu_", 36},
    {"ghs_", 36},     {"ghr_", 36},     {"glpat-", 20}, {"github_pat_", 22}, {"xoxb-", 10},
    {"xoxp-", 10},    {"xoxa-", 10},    {"xoxr-", 10},  {"xoxs-", 10},       {"sk_live_", 16},
    {"rk_live_", 16}, {"sk_test_", 16}, {"AIza", 35},   {"SG.", 22},         {"npm_", 36},
};

void hide_known_keys(Hidden& hidden) {
  const Text text = hidden.value();
  for (size_t at = 0; at < text.size(); ++at) {
    if (!begins_word(text, at)) continue;
    for (const KeyPrefix& key : kKeyPrefixes) {
      if (!text.substr(at).starts_with(key.text)) continue;
      const size_t begin = at + key.text.size();
      const size_t end = end_of(text, begin, is_of_token);
      if (end - begin >= key.least) hidden.hide(at, end);
      at = end - 1;
      break;
    }
  }
}

/// "Bearer TOKEN", and "Basic" before what decodes to "user:password".
void hide_bearers(Hidden& hidden) {
  constexpr size_t kLongWord = 20;
  const Text text = hidden.value();
  for (const Text scheme : {Text("bearer"), Text("basic")}) {
    for (size_t at = 0; at + scheme.size() < text.size(); ++at) {
      if (!begins_word(text, at) || !iequals(text.substr(at, scheme.size()), scheme)) continue;
      size_t begin = at + scheme.size();
      if (text.substr(begin).starts_with("%20")) {
        begin += 3;
      } else if (text[begin] == ' ' || text[begin] == '+') {
        begin = end_of(text, begin, [](char byte) { return byte == ' ' || byte == '+'; });
      } else {
        continue;
      }
      const size_t end = end_of(text, begin, is_of_bearer);
      const Text token = text.substr(begin, end - begin);
      const auto decoded = base64_decode_lenient(token);
      const bool secret = scheme == "basic"
                              ? decoded && decoded->contains(':')
                              : token.size() >= kLongWord || std::ranges::any_of(token, is_number);
      if (secret) hidden.hide(begin, end);
      at = end - 1;
    }
  }
}

void hide_private_keys(Hidden& hidden) {
  constexpr Text kBegin = "-----BEGIN ", kEnd = "-----END ", kDashes = "-----";
  const Text text = hidden.value();
  for (size_t at = text.find(kBegin); at != Text::npos; at = text.find(kBegin, at)) {
    at += kBegin.size();
    const size_t begin = text.find(kDashes, at);
    if (begin == Text::npos) return;
    const bool is_private = text.substr(at, begin - at).ends_with("PRIVATE KEY");
    at = begin + kDashes.size();
    if (!is_private) continue;
    const size_t end = std::min(text.find(kEnd, at), text.size());
    hidden.hide(at, end);
    at = end;
  }
}

/// The password of "scheme://user:password@host".
void hide_url_passwords(Hidden& hidden) {
  constexpr Text kSlashes = "://";
  const Text text = hidden.value();
  for (size_t at = text.find(kSlashes); at != Text::npos; at = text.find(kSlashes, at)) {
    at += kSlashes.size();
    const size_t end = std::min(text.find_first_of("/?# \"'<>", at), text.size());
    const Text authority = text.substr(at, end - at);
    const size_t user_end = authority.rfind('@'), colon = authority.find(':');
    if (user_end != Text::npos && colon < user_end) hidden.hide(at + colon + 1, at + user_end);
    at = end;
  }
}

/// What stands before the '@' of a mail address.
void hide_mail_addresses(Hidden& hidden) {
  constexpr ptrdiff_t kLongestName = 64;
  constexpr size_t kLongestHost = 255;
  const Text text = hidden.value();
  for (size_t at = 0; at < text.size(); ++at) {
    const size_t sign = text[at] == '@' ? 1 : text.substr(at).starts_with("%40") ? 3 : 0;
    if (sign == 0) continue;
    size_t begin = at;
    const auto is_of_name = [](char byte) {
      return is_of_token(byte) || Text(".+%").contains(byte);
    };
    while (begin > 0 && static_cast<ptrdiff_t>(at - begin) < kLongestName &&
           is_of_name(text[begin - 1])) {
      --begin;
    }
    Text host = text.substr(at + sign, kLongestHost);
    host = host.substr(0, end_of(host, 0, [](char byte) {
                         return is_letter_or_digit(byte) || byte == '-' || byte == '.';
                       }));
    while (host.ends_with('.')) host.remove_suffix(1);
    const size_t dot = host.rfind('.');
    const Text last = dot == Text::npos ? Text() : host.substr(dot + 1);
    if (last.size() >= 2 && dot > 0 && std::ranges::none_of(last, is_number))
      hidden.hide(begin, at);
  }
}

// --- numbers of cards ---

/// Whether a card's number may begin and be as long as that (ISO/IEC 7812).
bool is_card_length(Text digits) {
  const size_t size = digits.size();
  switch (digits[0]) {
    case '2':
    case '5':
      return size == 16;
    case '3':
      return size == 14 || size == 15 || size == 16;
    case '4':
      return size == 13 || size == 16 || size == 19;
    case '6':
      return size == 16 || size == 19;
    default:
      return false;
  }
}

bool passes_luhn(Text digits) {
  unsigned sum = 0;
  for (size_t i = 0; i < digits.size(); ++i) {
    unsigned digit = static_cast<unsigned>(digits[digits.size() - 1 - i] - '0');
    if (i % 2 == 1) digit = digit < 5 ? digit * 2 : digit * 2 - 9;
    sum += digit;
  }
  return sum % 10 == 0;
}

/// A run of digits, with single blanks or hyphens between groups of four and more.
void hide_cards(Hidden& hidden) {
  constexpr size_t kLongest = 19;
  const Text text = hidden.value();
  for (size_t at = 0; at < text.size(); ++at) {
    if (!is_number(text[at])) continue;
    const size_t begin = at;
    std::string digits;
    size_t group = 0;
    for (; at < text.size(); ++at) {
      if (is_number(text[at])) {
        if (digits.size() <= kLongest) digits += text[at];
        ++group;
      } else if (group >= 4 && Text(" -+").contains(text[at]) && at + 1 < text.size() &&
                 is_number(text[at + 1])) {
        group = 0;
      } else {
        break;
      }
    }
    const bool whole =
        begins_word(text, begin) && (at == text.size() || !is_letter_or_digit(text[at]));
    if (whole && is_card_length(digits) && passes_luhn(digits)) hidden.hide(begin, at);
  }
}

// --- random keys ---

/// Lengths in hexadecimal digits of what names contents: MD5, SHA-1, SHA-224, -256, -384, -512.
constexpr size_t kHashDigits[] = {32, 40, 56, 64, 96, 128};

bool is_hash(Text text) {
  return std::ranges::find(kHashDigits, text.size()) != std::end(kHashDigits) &&
         std::ranges::all_of(text,
                             [](char byte) { return is_hex(static_cast<unsigned char>(byte)); });
}

/// A number as SQL and programs write it.
bool is_hex_literal(Text text) {
  return istarts_with(text, "0x") && std::ranges::all_of(text.substr(2), [](char byte) {
           return is_hex(static_cast<unsigned char>(byte));
         });
}

/// Base64 of text is a payload or a message: at random, three bytes of eight are printable.
bool decodes_to_text(Text text) {
  const auto decoded = base64_decode_lenient(text);
  if (!decoded) return false;
  const auto printable = std::ranges::count_if(*decoded, is_printable);
  return printable * 4 >= static_cast<ptrdiff_t>(decoded->size()) * 3;
}

/// What a run of bytes consists of.
struct Mixture {
  size_t upper = 0, lower = 0, digits = 0, others = 0;
  size_t changes = 0;  ///< from one of these to another
};

Mixture mixture_of(Text text) {
  Mixture mixture;
  const size_t* before = nullptr;
  for (const char byte : text) {
    const auto code = static_cast<unsigned char>(byte);
    size_t& count = is_upper(code)   ? mixture.upper
                    : is_lower(code) ? mixture.lower
                    : is_digit(code) ? mixture.digits
                                     : mixture.others;
    if (before != nullptr && before != &count) ++mixture.changes;
    before = &count;
    ++count;
  }
  return mixture;
}

/// Long, mixed, and changing between letters and digits as no name does. In base64 three of five
/// bytes are of another kind than the one before, in base 36 and in hexadecimal two; of words
/// joined in camel case one of three.
bool is_random(Text text) {
  constexpr size_t kShortest = 20;
  if (text.size() < kShortest || is_hash(text) || is_hex_literal(text)) return false;
  const Mixture mixture = mixture_of(text);
  if (mixture.digits < 3 || mixture.upper + mixture.lower < 3) return false;
  if (mixture.others * 10 > text.size()) return false;
  const bool both_cases = mixture.upper >= 2 && mixture.lower >= 2;
  if (mixture.changes * (both_cases ? 5 : 4) < text.size() * (both_cases ? 2 : 1)) return false;
  return !decodes_to_text(text);
}

/// Base64 with slashes in it, which a path is not.
bool is_random_with_slashes(Text text) {
  constexpr size_t kShortest = 40;
  if (text.size() < kShortest || text.starts_with('/')) return false;
  const Mixture mixture = mixture_of(text);
  const size_t least = text.size() / 10;
  return mixture.upper >= least && mixture.lower >= least && is_random(text);
}

void hide_random_keys(Hidden& hidden) {
  const Text text = hidden.value();
  for (size_t at = 0; at < text.size(); ++at) {
    if (!is_of_base64(text[at])) continue;
    const size_t begin = at;
    at = end_of(text, at, is_of_base64);
    const size_t padded = end_of(text, at, [](char byte) { return byte == '='; });
    if (is_random_with_slashes(text.substr(begin, at - begin))) {
      hidden.hide(begin, padded);
      continue;
    }
    for (size_t part = begin; part < at; ++part) {
      const size_t end = std::min(text.find('/', part), at);
      if (is_random(text.substr(part, end - part))) hidden.hide(part, end == at ? padded : end);
      part = end;
    }
  }
}

// The table of shapes: each hides what it finds.
constexpr void (*kShapes[])(Hidden&) = {
    hide_jwt,           hide_known_keys,     hide_bearers, hide_private_keys,
    hide_url_passwords, hide_mail_addresses, hide_cards,   hide_random_keys,
};

}  // namespace

void hide_shapes(Hidden& hidden) {
  for (const auto hide : kShapes) hide(hidden);
}

}  // namespace wafcheck::formats::inline privacy
