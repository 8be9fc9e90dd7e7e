// The walk keeps its own stack and one growing and shrinking member name, so that depth costs
// neither recursion nor a name per level. Where the document is wrong but its meaning is still
// plain (a raw line break in a string, a byte order mark) it is reported and read on: what a
// lenient application may accept, rules must see.

#include "engine/bodies/json.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "parser/base/ascii.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::inline bodies {
namespace {

constexpr size_t kNone = std::string_view::npos;

/// Names copied for one document may hold this many bytes: a long key above many members, or above
/// deep arrays, is repeated in each of their names.
constexpr size_t name_budget(size_t body_size) {
  return (size_t{1} << 20) + 4 * body_size;
}

/// What can be wrong with a document, in our words and in YAJL's.
struct Fault {
  std::string_view own, yajl;
};
constexpr Fault kBom{"a byte order mark before the text", ""};
constexpr Fault kLongNames{"the names of members are too long in total",
                           "the names of members are too long in total"};
constexpr Fault kEnd{"parse error: premature EOF", "parse error: premature EOF"};
constexpr Fault kTrailing{"parse error: trailing garbage", "parse error: trailing garbage"};
constexpr Fault kAfterMember{"parse error: a comma or the closing bracket is missing",
                             "parse error: after key and value, inside map, I expect ',' or '}'"};
constexpr Fault kAfterElement{"parse error: a comma or the closing bracket is missing",
                              "parse error: after array element, I expect ',' or ']'"};
constexpr Fault kKey{"parse error: an object key must be a string",
                     "parse error: invalid object key (must be a string)"};
constexpr Fault kColon{"parse error: a colon must follow an object key",
                       "parse error: object key and value must be separated by a colon (':')"};
constexpr Fault kToken{"lexical error: invalid text where a value should be",
                       "parse error: unallowed token at this point in JSON text"};
constexpr Fault kByte{"lexical error: invalid text where a value should be",
                      "lexical error: invalid char in json text."};
constexpr Fault kWord{"lexical error: invalid text where a value should be",
                      "lexical error: invalid string in json text."};
constexpr Fault kComment{
    "lexical error: invalid text where a value should be",
    "lexical error: probable comment found in input text, comments are not enabled."};
constexpr Fault kMinus{
    "lexical error: a malformed number",
    "lexical error: malformed number, a digit is required after the minus sign."};
constexpr Fault kPoint{
    "lexical error: a malformed number",
    "lexical error: malformed number, a digit is required after the decimal point."};
constexpr Fault kExponent{
    "lexical error: a malformed number",
    "lexical error: malformed number, a digit is required after the exponent."};
constexpr Fault kControl{"lexical error: a control character in a string",
                         "lexical error: invalid character inside string."};
constexpr Fault kUtf8{"lexical error: invalid UTF-8 in a string",
                      "lexical error: invalid bytes in UTF8 string."};
constexpr Fault kEscape{
    "lexical error: an unknown escape in a string",
    "lexical error: inside a string, '\\' occurs before a character which it may not."};
constexpr Fault kHexEscape{
    "lexical error: an unknown escape in a string",
    "lexical error: invalid (non-hex) character occurs after '\\u' inside string."};
constexpr Fault kDepth{"Parsing depth limit exceeded",
                       "parse error: client cancelled parse via callback return value"};

/// Bytes of the UTF-8 sequence at `at` judged by its shape (lead and continuation bytes, the way
/// YAJL does), or 0 where there is none.
size_t utf8_length(std::string_view text, size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const size_t length = lead < 0x80             ? 1
                        : (lead & 0xe0) == 0xc0 ? 2
                        : (lead & 0xf0) == 0xe0 ? 3
                        : (lead & 0xf8) == 0xf0 ? 4
                                                : 0;
  if (length > text.size() - at) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[at + i]) & 0xc0) != 0x80) return 0;
  }
  return length;
}

/// UTF-8, generalised: a lone surrogate becomes the three bytes its number would have.
void append_utf8(std::string& out, uint32_t code) {
  const auto put = [&out](uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | (code >> 6));
    put(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    put(0xe0 | (code >> 12));
    put(0x80 | ((code >> 6) & 0x3f));
    put(0x80 | (code & 0x3f));
  } else {
    put(0xf0 | (code >> 18));
    put(0x80 | ((code >> 12) & 0x3f));
    put(0x80 | ((code >> 6) & 0x3f));
    put(0x80 | (code & 0x3f));
  }
}

class JsonWalker {
 public:
  JsonWalker(std::string_view body, const JsonLimits& limits, const parser::Semantics& semantics,
             Arena& arena)
      : body_(body),
        limits_(limits),
        semantics_(semantics),
        arena_(arena),
        name_budget_(name_budget(body.size())) {
    if (semantics.json_names != parser::JsonNames::plain) name_ = "json";
  }

  JsonBody walk() {
    if (!body_.empty()) document();
    if (semantics_.json_cut_array_lengths && !result_.error.empty()) close_cut_arrays();
    return std::move(result_);
  }

 private:
  /// An open array or object. Its name is the first `name_size` bytes of name_, the last segment of
  /// which begins at `key`. An object that is the whole document may have no name.
  struct Container {
    bool array;
    bool named;
    size_t name_size;
    size_t key;
    size_t elements = 0;
  };
  enum class Expect { value, value_or_end, key, key_or_end, separator, nothing };

  void document() {
    if (!semantics_.json_as_yajl && body_.starts_with("\xef\xbb\xbf")) {
      note(kBom, 0);
      at_ = 3;
    }
    Expect expect = Expect::value;
    while (true) {
      skip_space();
      if (at_ == body_.size()) {
        if (expect != Expect::nothing) note(kEnd, at_);
        return;
      }
      if (!step(expect)) return;
    }
  }

  /// Reads one token and leaves in `expect` what may follow; false ends the walk.
  bool step(Expect& expect) {
    const char c = body_[at_];
    switch (expect) {
      case Expect::nothing:
        return stop(kTrailing);
      case Expect::separator:
        if (c == (stack_.back().array ? ']' : '}')) return close(expect);
        if (c != ',') return misplaced(stack_.back().array ? kAfterElement : kAfterMember);
        ++at_;
        expect = stack_.back().array ? Expect::value : Expect::key;
        return true;
      case Expect::key_or_end:
        if (c == '}') return close(expect);
        [[fallthrough]];
      case Expect::key:
        return key(expect);
      case Expect::value_or_end:
        if (c == ']') return close(expect);
        [[fallthrough]];
      case Expect::value:
        return value(expect);
    }
    return false;
  }

  bool key(Expect& expect) {
    if (body_[at_] != '"') return misplaced(kKey);
    const std::optional<std::string_view> text = string();
    if (!text) return false;
    skip_space();
    if (at_ == body_.size()) return stop(kEnd);
    if (body_[at_] != ':') return misplaced(kColon);
    ++at_;
    const bool spelled_out =
        text->empty() && semantics_.json_names == parser::JsonNames::array_prefixed;
    name_member(spelled_out ? "empty-key" : *text);
    expect = Expect::value;
    return true;
  }

  bool value(Expect& expect) {
    if (!stack_.empty() && stack_.back().array) name_element();
    const char c = body_[at_];
    if (c == '{' || c == '[') return open(c == '[', expect);
    std::optional<std::string_view> text;
    if (c == '"') {
      text = string();
    } else if (c == '-' || is_digit(static_cast<unsigned char>(c))) {
      text = number();
    } else {
      text = literal();
    }
    if (!text) {
      if (!stack_.empty() && stack_.back().array) --stack_.back().elements;
      return false;
    }
    add(*text);
    expect = stack_.empty() ? Expect::nothing : Expect::separator;
    return true;
  }

  void skip_space() {
    const std::string_view space = semantics_.json_as_yajl ? " \t\n\v\f\r" : " \t\n\r";
    at_ = std::min(body_.find_first_not_of(space, at_), body_.size());
  }

  /// Something else stands where `fault` says what should. YAJL takes the token apart first.
  bool misplaced(const Fault& fault) {
    const size_t at = at_;
    if (semantics_.json_as_yajl && !token()) return false;
    note(fault, at);
    return false;
  }

  bool token() {
    const char c = body_[at_];
    if (c == '"') return string().has_value();
    if (c == '-' || is_digit(static_cast<unsigned char>(c))) return number().has_value();
    return std::string_view("{}[],:").find(c) != kNone || literal().has_value();
  }

  bool open(bool array, Expect& expect) {
    const bool root_is_object = stack_.empty() ? !array : !stack_.front().array;
    const size_t spared = root_is_object && semantics_.json_root_object_free ? 1 : 0;
    if (stack_.size() >= limits_.depth + spared) {
      stop(kDepth);
      if (semantics_.json_as_yajl) result_.error += ". Parsing depth limit exceeded";
      return false;
    }
    ++at_;
    const bool plain_root = stack_.empty() && semantics_.json_names == parser::JsonNames::plain;
    if (plain_root && array) name_ = "array";
    stack_.push_back({array, array || !plain_root, name_.size(), key_});
    expect = array ? Expect::value_or_end : Expect::key_or_end;
    return true;
  }

  bool close(Expect& expect) {
    ++at_;
    const Container closed = stack_.back();
    stack_.pop_back();
    if (collecting_) {
      name_.resize(closed.name_size);
      key_ = closed.key;
    }
    if (closed.array && closed.elements != 0 && semantics_.json_array_lengths) {
      add(arena_.copy(fmt::format_int(closed.elements).c_str()));
    }
    expect = stack_.empty() ? Expect::nothing : Expect::separator;
    return true;
  }

  /// What the end of the text, or a fault, leaves open is as long as it was read.
  void close_cut_arrays() {
    for (; !stack_.empty(); stack_.pop_back()) {
      const Container& open = stack_.back();
      if (!open.array || open.elements == 0 || !collecting_) continue;
      name_.resize(open.name_size);
      add(arena_.copy(fmt::format_int(open.elements).c_str()));
    }
  }

  void name_element() {
    Container& array = stack_.back();
    const size_t index = array.elements++;
    if (!collecting_) return;
    switch (semantics_.json_names) {
      case parser::JsonNames::plain: {
        // Elements repeat the last segment of their array's name.
        const size_t size = array.name_size - array.key;
        if (size > name_budget_) return give_up_names();
        name_budget_ -= size;
        return name_member(std::string(name_, array.key, size));
      }
      case parser::JsonNames::array_prefixed:
        return name_member(fmt::format("array_{}", index));
      case parser::JsonNames::indexed:
        return name_member(fmt::format_int(index).c_str());
    }
  }

  /// Makes name_ the name of a member of the innermost container.
  void name_member(std::string_view segment) {
    if (!collecting_) return;
    const Container& container = stack_.back();
    if (container.name_size + segment.size() >= name_budget_) return give_up_names();
    name_.resize(container.name_size);
    if (container.named) name_ += '.';
    key_ = name_.size();
    name_ += segment;
  }

  void give_up_names() {
    collecting_ = false;
    result_.limit_reached = true;
    note(kLongNames, at_);
  }

  void add(std::string_view text) {
    if (!collecting_) return;
    if (result_.members.size() == limits_.members) {
      collecting_ = false;
      result_.limit_reached = true;
      return;
    }
    if (name_.size() > name_budget_) return give_up_names();
    name_budget_ -= name_.size();
    result_.members.push_back({arena_.copy(name_), text});
  }

  /// The string whose opening quote is at at_, without quotes and escapes: a view of the body, or,
  /// with escapes, of the arena.
  std::optional<std::string_view> string() {
    const size_t begin = ++at_;
    size_t end = begin;
    bool escaped = false;
    while (end < body_.size() && body_[end] != '"') {
      const auto c = static_cast<unsigned char>(body_[end]);
      size_t length = 1;
      if (c == '\\') {
        escaped = true;
        length = 2;
        if (semantics_.json_as_yajl && !good_escape(end)) return std::nullopt;
      } else if (c < 0x20) {
        if (!tolerate(kControl, end)) return std::nullopt;
      } else if (c >= 0x80 && semantics_.json_as_yajl) {
        length = utf8_length(body_, end);
        if (length == 0) {
          note(kUtf8, end);
          return std::nullopt;
        }
      }
      end += length;
    }
    if (end >= body_.size()) {
      note(kEnd, body_.size());
      return std::nullopt;
    }
    at_ = end + 1;
    const std::string_view text = body_.substr(begin, end - begin);
    if (!escaped) return text;
    return unescape(text, begin);
  }

  /// Whether YAJL takes the escape that begins at a backslash: notes why not.
  bool good_escape(size_t backslash) {
    const char letter = backslash + 1 < body_.size() ? body_[backslash + 1] : ' ';
    const bool hex = letter == 'u';
    if (hex ? hex4(body_, backslash + 2).has_value()
            : std::string_view("\"\\/bfnrt").find(letter) != kNone) {
      return true;
    }
    note(hex ? kHexEscape : kEscape, backslash);
    return false;
  }

  std::optional<std::string_view> unescape(std::string_view text, size_t begin) {
    scratch_.clear();
    size_t i = 0;
    while (i < text.size()) {
      const size_t backslash = std::min(text.find('\\', i), text.size());
      scratch_.append(text, i, backslash - i);
      if (backslash == text.size()) break;
      i = backslash + 2;  // a backslash never is the last byte: it would have escaped the quote
      static constexpr std::string_view kLetters = "\"\\/bfnrt";
      static constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
      if (const size_t letter = kLetters.find(text[i - 1]); letter != kNone) {
        scratch_ += kMeanings[letter];
      } else if (text[i - 1] == 'u' && hex4(text, i)) {
        uint32_t code = *hex4(text, i);
        i += 4;
        if (code >= 0xd800 && code < 0xdc00 && text.substr(i, 2) == "\\u") {
          const std::optional<uint32_t> low = hex4(text, i + 2);
          if (low && *low >= 0xdc00 && *low < 0xe000) {
            code = 0x10000 + ((code - 0xd800) << 10) + (*low - 0xdc00);
            i += 6;
          }
        }
        append_utf8(scratch_, code);
      } else {
        if (!tolerate(kEscape, begin + backslash)) return std::nullopt;
        scratch_.append(text, backslash, 2);
      }
    }
    return arena_.copy(scratch_);
  }

  static std::optional<uint32_t> hex4(std::string_view text, size_t at) {
    if (text.size() < at + 4) return std::nullopt;
    uint32_t code = 0;
    for (const char c : text.substr(at, 4)) {
      if (!is_hex(static_cast<unsigned char>(c))) return std::nullopt;
      code = code * 16 + hex_value(static_cast<unsigned char>(c));
    }
    return code;
  }

  /// RFC 8259, section 6; the value is the number as written.
  std::optional<std::string_view> number() {
    const size_t begin = at_;
    const auto digits = [this] {
      const size_t first = at_;
      while (at_ < body_.size() && is_digit(static_cast<unsigned char>(body_[at_]))) ++at_;
      return at_ != first;
    };
    const auto next_is = [this](std::string_view any) {
      return at_ < body_.size() && any.find(body_[at_]) != kNone;
    };
    if (next_is("-")) ++at_;
    const Fault* fault = nullptr;
    if (next_is("0")) {
      ++at_;  // nothing may follow a leading zero: the digit becomes a token of its own
    } else if (!digits()) {
      fault = &kMinus;
    }
    if (fault == nullptr && next_is(".")) {
      ++at_;
      if (!digits()) fault = &kPoint;
    }
    if (fault == nullptr && next_is("eE")) {
      ++at_;
      if (next_is("+-")) ++at_;
      if (!digits()) fault = &kExponent;
    }
    if (fault != nullptr) {
      // YAJL is told of the end by a blank.
      note(at_ == body_.size() && !semantics_.json_as_yajl ? kEnd : *fault, at_);
      return std::nullopt;
    }
    return body_.substr(begin, at_ - begin);
  }

  /// null has the empty value, true and false their own names.
  std::optional<std::string_view> literal() {
    for (const std::string_view word : {"true", "false", "null"}) {
      if (!body_.substr(at_).starts_with(word)) continue;
      at_ += word.size();
      return word == "null" ? std::string_view() : word;
    }
    const std::string_view rest = body_.substr(at_);
    result_.incomplete = std::string_view("true").starts_with(rest) ||
                         std::string_view("false").starts_with(rest) ||
                         std::string_view("null").starts_with(rest);
    const char c = body_[at_];
    if (std::string_view("{}[],:").find(c) != kNone) {
      note(kToken, at_);
    } else if (c == '/') {
      note(kComment, at_);
    } else {
      note(c == 't' || c == 'f' || c == 'n' ? kWord : kByte, at_);
    }
    return std::nullopt;
  }

  /// Records a departure from the grammar that does not hide the meaning; false: read no further.
  bool tolerate(const Fault& fault, size_t at) {
    note(fault, at);
    return !semantics_.json_as_yajl;
  }

  bool stop(const Fault& fault) {
    note(fault, at_);
    return false;
  }

  /// Keeps the first error.
  void note(const Fault& fault, size_t at) {
    if (!result_.error.empty()) return;
    result_.error_at = at;
    result_.incomplete = result_.incomplete || at == body_.size();
    result_.error = semantics_.json_as_yajl ? fmt::format("{}\n", fault.yajl)
                                            : fmt::format("{} at byte {}", fault.own, at);
  }

  std::string_view body_;
  const JsonLimits& limits_;
  const parser::Semantics& semantics_;
  Arena& arena_;
  JsonBody result_;
  size_t at_ = 0;
  std::vector<Container> stack_;
  std::string name_;        // of the member being read
  size_t key_ = 0;          // where the last segment of name_ begins
  size_t name_budget_;      // bytes of names that may still be copied
  bool collecting_ = true;  // false once a limit was met: the rest is only checked
  std::string scratch_;
};

}  // namespace

JsonBody parse_json(std::string_view body, const JsonLimits& limits,
                    const parser::Semantics& semantics, Arena& arena) {
  return JsonWalker(body, limits, semantics, arena).walk();
}

}  // namespace wafcheck::engine::inline bodies
