// Character classes.

#include <algorithm>
#include <array>

#include "parser/base/ascii.h"
#include "parser/regex/parser_state.h"

namespace wafcheck::parser::regex {

/// Whether the member before a - can begin a range, and whether one has begun.
struct ClassState {
  enum class Range : uint8_t { no, possible, begun };
  Range range = Range::no;
  bool exact = true;
  uint32_t hyphen = 0;  ///< its place, if a range has begun
};

namespace {

using enum ClassState::Range;

struct PosixClass {
  std::string_view name;
  ByteSet set;
};

constexpr ByteSet kPunctuation = (ByteSet::range(0x21, 0x7e) & ~(kDigits | kLetters));
constexpr ByteSet kControls = ByteSet::range(0, 0x1f) | ByteSet::of("\x7f");

constexpr std::array kPosixClasses = {
    PosixClass{"alpha", kLetters},
    PosixClass{"lower", ByteSet::range('a', 'z')},
    PosixClass{"upper", ByteSet::range('A', 'Z')},
    PosixClass{"alnum", kLetters | kDigits},
    PosixClass{"ascii", ByteSet::range(0, 0x7f)},
    PosixClass{"blank", ByteSet::of("\t ")},
    PosixClass{"cntrl", kControls},
    PosixClass{"digit", kDigits},
    PosixClass{"graph", ByteSet::range(0x21, 0x7e)},
    PosixClass{"print", ByteSet::range(0x20, 0x7e)},
    PosixClass{"punct", kPunctuation},
    PosixClass{"space", kSpaces},
    PosixClass{"word", kWordBytes},
    PosixClass{"xdigit", kDigits | ByteSet::range('A', 'F') | ByteSet::range('a', 'f')},
};

/// The end of [:name:], [.x.] or [=x=], at its second terminator; npos if it is none of them.
/// `at` is on the byte after the bracket.
size_t posix_end(std::string_view text, size_t at) {
  const char terminator = text[at];
  for (++at; at + 1 < text.size(); ++at) {
    const char c = text[at];
    const char next = text[at + 1];
    if (c == '\\' && (next == ']' || next == '\\')) {
      ++at;
    } else if ((c == '[' && next == terminator) || c == ']') {
      return std::string_view::npos;
    } else if (c == terminator && next == ']') {
      return at;
    }
  }
  return std::string_view::npos;
}

}  // namespace

/// After the opening bracket.
NodeId Parser::bracket(size_t begin) {
  if (take("[:<:]]")) return add_assertion(Assertion::word_start, begin);
  if (take("[:>:]]")) return add_assertion(Assertion::word_end, begin);

  Class c{.form = ClassForm::bracket, .first_item = static_cast<uint32_t>(tree_.items_.size())};
  ClassState state;
  while (true) {
    if (take("\\E") || take("\\Q\\E")) continue;
    if (flags_.extended_more && (take(" ") || take("\t"))) continue;
    if (c.negated || !take("^")) break;
    c.negated = true;
  }
  // A bracket that stands first does not close.
  if (peek() == ']' && at_ < text_.size()) {
    ++at_;
    class_byte(c, state, ']', at_ - 1, false);
  }
  while (!done() && peek() != ']') class_item(c, state);
  if (error_) return kNoNode;
  if (!take("]")) return error("missing terminating ] for character class", begin);

  if (state.range == begun) {
    // A hyphen before the closing bracket is itself.
    tree_.items_.push_back({.low = '-',
                            .high = '-',
                            .span = {state.hyphen, state.hyphen + 1},
                            .set = ByteSet::of("-")});
    c.set.add('-');
  }
  c.exact = state.exact;
  if (!c.exact) {
    c.set = ByteSet::all();
  } else if (c.negated) {
    c.set = ~c.set;
  }
  return add_set(begin, c);
}

void Parser::class_item(Class& c, ClassState& state) {
  const size_t begin = at_;
  if (take("\\E")) return;
  if (take("\\Q")) {
    const size_t end = std::min(text_.find("\\E", at_), text_.size());
    while (at_ < end && !error_) {
      const uint8_t byte = peek();
      ++at_;
      class_byte(c, state, byte, at_ - 1, true);
    }
    take("\\E");
    mark(MarkKind::quote, begin);
    return;
  }
  const uint8_t byte = peek();
  ++at_;
  if (flags_.extended_more && (byte == ' ' || byte == '\t')) return;
  if (byte == '[' && posix(c, state, begin)) return;
  if (byte == '\\') return class_escape(c, state, begin);
  if (byte == '-' && state.range == possible) {
    state.range = begun;
    state.hyphen = static_cast<uint32_t>(begin);
    return;
  }
  class_byte(c, state, byte, begin, false);
}

void Parser::class_escape(Class& c, ClassState& state, size_t begin) {
  if (const auto byte = escaped_byte(/*in_class=*/true)) {
    tree_.escapes_.push_back({byte->form, true, byte->byte, span_from(begin)});
    return class_byte(c, state, byte->byte, begin, true);
  }
  if (error_) return;
  if (const ByteSet* set = type_set(peek())) {
    ++at_;
    return class_set(c, state, *set, ItemForm::escape, begin);
  }
  if (property()) {
    state.exact = false;
    return class_set(c, state, ByteSet::all(), ItemForm::escape, begin);
  }
  error("escape is invalid in a character class", begin);
}

/// A single byte, or the end of a range.
void Parser::class_byte(Class& c, ClassState& state, uint8_t byte, size_t begin, bool escaped) {
  ClassItem item{.escaped = escaped, .low = byte, .high = byte, .span = span_from(begin)};
  if (state.range == begun) {
    const ClassItem low = tree_.items_.back();
    if (low.low > byte) {
      error("range out of order in character class", low.span.begin);
      return;
    }
    tree_.items_.pop_back();
    item.form = ItemForm::range;
    item.low = low.low;
    item.escaped = low.escaped || escaped;
    item.span.begin = low.span.begin;
    state.range = no;
  } else {
    state.range = possible;
  }
  item.set = ByteSet::range(item.low, item.high);
  if (flags_.caseless) item.set = item.set.folded();
  c.set |= item.set;
  tree_.items_.push_back(item);
}

/// Adds \d and similar escapes; PCRE2 accepts a hyphen beside them only next to a bracket.
void Parser::class_set(Class& c, ClassState& state, const ByteSet& set, ItemForm form,
                       size_t begin) {
  const bool hyphen_after = peek() == '-' && at_ + 1 < text_.size() && peek(1) != ']';
  if (state.range == begun || hyphen_after) {
    error("invalid range in character class", begin);
    return;
  }
  state.range = no;
  c.set |= set;
  tree_.items_.push_back({.form = form, .span = span_from(begin), .set = set});
}

/// [:alpha:] and [:^alpha:], the opening bracket being read.
bool Parser::posix(Class& c, ClassState& state, size_t begin) {
  if (peek() != ':' && peek() != '.' && peek() != '=') return false;
  const size_t end = posix_end(text_, at_);
  if (end == std::string_view::npos) return false;
  if (peek() != ':') {
    error("POSIX collating elements are not supported", begin);
    return true;
  }
  ++at_;
  const bool negated = take("^");
  const std::string_view name = text_.substr(at_, end - at_);
  const auto found = std::ranges::find(kPosixClasses, name, &PosixClass::name);
  if (found == kPosixClasses.end()) {
    error("unknown POSIX class name", begin);
    return true;
  }
  at_ = end + 2;
  const bool cased = name == "lower" || name == "upper";
  const ByteSet set = flags_.caseless && cased ? kLetters : found->set;
  class_set(c, state, negated ? ~set : set, ItemForm::posix, begin);
  return true;
}

}  // namespace wafcheck::parser::regex
