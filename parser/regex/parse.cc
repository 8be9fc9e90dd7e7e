#include "parser/regex/parse.h"

#include <algorithm>
#include <utility>

#include "parser/base/ascii.h"
#include "parser/regex/parser_state.h"

namespace wafcheck::parser::regex {
namespace {

constexpr uint32_t kMaxRepeat = 65535;

/// Bytes that may stand for something else than themselves outside of a class, without (?x).
constexpr ByteSet kSpecial = ByteSet::of("\\^$.[|()?*+{}");

/// Whether the linked PCRE2 reads {,3} and { 1, 2 } as quantifiers, as it does from 10.43 on.
bool loose_braces() {
  static const bool loose = [] {
    const auto probe = parser::Pcre::compile("^a{,1}$", {});
    return probe && probe->match("", 0, 100, nullptr) == parser::PcreResult::matched;
  }();
  return loose;
}

bool repeatable(const Node& node) {
  switch (node.kind) {
    case Kind::assertion:
      return node.assertion == Assertion::word_start || node.assertion == Assertion::word_end;
    case Kind::options:
    case Kind::reset_start:
    case Kind::repeat:
      return false;
    case Kind::verb:
      return node.verb == VerbForm::accept;
    default:
      return true;
  }
}

}  // namespace

Result<Tree> parse(std::string_view pattern, parser::PcreOptions options) {
  if (pattern.size() > kMaxPatternBytes) return fail("regular expression too long");
  return Parser(pattern, options).run();
}

Parser::Parser(std::string_view text, parser::PcreOptions options) : text_(text) {
  flags_.caseless = options.caseless;
  flags_.dotall = options.dotall;
  flags_.multiline = options.multiline;
  flags_.dollar_endonly = options.dollar_endonly;
}

Result<Tree> Parser::run() {
  start_options();
  if (foreign_) {
    at_ = text_.size();
    tree_.root_ = add_opaque(0, 0, kUnlimited);
    return std::move(tree_);
  }
  tree_.root_ = alternation(/*reset_numbers=*/false);
  if (!error_ && at_ < text_.size()) error("unmatched closing parenthesis", at_);
  if (error_) return std::unexpected(*std::move(error_));
  tree_.capture_count_ = capture_high_;
  number_names();
  std::ranges::sort(tree_.marks_, {}, [](const Mark& m) { return m.span.begin; });
  return std::move(tree_);
}

NodeId Parser::error(std::string message, size_t at) {
  if (!error_) error_ = Error{std::move(message), at};
  return kNoNode;
}

NodeId Parser::add(Node node, const Ids& children) {
  node.first_child = static_cast<uint32_t>(tree_.links_.size());
  node.child_count = static_cast<uint32_t>(children.size());
  tree_.links_.insert(tree_.links_.end(), children.begin(), children.end());
  tree_.nodes_.push_back(node);
  return static_cast<NodeId>(tree_.nodes_.size() - 1);
}

NodeId Parser::add_simple(Kind kind, size_t begin) {
  return add({.kind = kind, .span = span_from(begin)});
}

NodeId Parser::add_assertion(Assertion assertion, size_t begin) {
  return add({.kind = Kind::assertion, .assertion = assertion, .span = span_from(begin)});
}

NodeId Parser::add_opaque(size_t begin, uint32_t min, uint32_t max) {
  return add({.kind = Kind::opaque, .span = span_from(begin), .min = min, .max = max});
}

NodeId Parser::add_set(size_t begin, Class c) {
  c.item_count = static_cast<uint32_t>(tree_.items_.size()) - c.first_item;
  tree_.classes_.push_back(c);
  return add({.kind = Kind::set,
              .span = span_from(begin),
              .number = static_cast<uint32_t>(tree_.classes_.size() - 1)});
}

NodeId Parser::alternation(bool reset_numbers) {
  const size_t begin = at_;
  const uint32_t first = captures_;
  uint32_t most = captures_;
  Ids branches;
  while (true) {
    branches.push_back(sequence());
    if (error_) return kNoNode;
    most = std::max(most, captures_);
    if (!take("|")) break;
    if (reset_numbers) captures_ = first;
  }
  captures_ = most;
  if (branches.size() == 1) return branches.front();
  return add({.kind = Kind::alternation, .span = span_from(begin)}, branches);
}

NodeId Parser::sequence() {
  const size_t begin = at_;
  Ids items;
  open_literal_ = kNoNode;
  open_repeat_ = kNoNode;
  while (!done() && peek() != '|' && peek() != ')') item(items);
  open_literal_ = kNoNode;
  open_repeat_ = kNoNode;
  if (error_) return kNoNode;
  if (items.size() == 1) return items.front();
  return add({.kind = Kind::sequence, .span = span_from(begin)}, items);
}

void Parser::item(Ids& items) {
  // Most bytes are themselves.
  if (const uint8_t byte = peek(); !flags_.extended && !kSpecial.contains(byte)) {
    ++at_;
    return add_literal(items, byte, at_ - 1);
  }
  if (skip_ignorable() || quoted(items) || quantifier(items)) return;
  const size_t begin = at_;
  const uint8_t c = peek();
  switch (c) {
    case '\\':
      return escape(items);
    case '(':
      return group(items);
    case '[':
      ++at_;
      items.push_back(bracket(begin));
      return;
    case '.': {
      ++at_;
      const ByteSet set = flags_.dotall ? ByteSet::all() : ~ByteSet::of("\n");
      items.push_back(add_set(begin, {.form = ClassForm::dot, .set = set}));
      return;
    }
    case '^':
      ++at_;
      items.push_back(add_assertion(
          flags_.multiline ? Assertion::line_start : Assertion::subject_start, begin));
      return;
    case '$':
      ++at_;
      items.push_back(add_assertion(flags_.multiline        ? Assertion::line_end
                                    : flags_.dollar_endonly ? Assertion::subject_end
                                                            : Assertion::final_end,
                                    begin));
      return;
    default:
      ++at_;
      if (c == '{') mark(MarkKind::open_brace, begin);
      if (c == '}') mark(MarkKind::close_brace, begin);
      return add_literal(items, c, begin);
  }
}

/// Comments, blanks under (?x), and \E that ends nothing. None of them parts an item from its
/// quantifier, nor a quantifier from its + or ?.
bool Parser::skip_ignorable() {
  const size_t begin = at_;
  if (take("\\E")) return true;
  if (take("(?#")) {
    const size_t close = text_.find(')', at_);
    if (close == std::string_view::npos) {
      error("missing ) after comment", text_.size());
      return true;
    }
    at_ = close + 1;
    mark(MarkKind::comment, begin);
    return true;
  }
  if (!flags_.extended) return false;
  const uint8_t c = peek();
  if (kSpaces.contains(c) || c == 0x85) {
    ++at_;
    return true;
  }
  if (c != '#') return false;
  at_ = std::min(text_.find('\n', at_), text_.size());
  mark(MarkKind::comment, begin);
  return true;
}

/// \Q...\E, where \E may be missing at the end.
bool Parser::quoted(Ids& items) {
  const size_t begin = at_;
  if (!take("\\Q")) return false;
  const size_t end = std::min(text_.find("\\E", at_), text_.size());
  while (at_ < end) {
    const uint8_t byte = peek();
    ++at_;
    add_literal(items, byte, at_ - 1);
  }
  take("\\E");
  mark(MarkKind::quote, begin);
  return true;
}

void Parser::add_literal(Ids& items, uint8_t byte, size_t begin) {
  const Span span = span_from(begin);
  Node* open = nullptr;
  if (!items.empty() && items.back() == open_literal_) open = &tree_.nodes_[open_literal_];
  if (open != nullptr && open->caseless == flags_.caseless) {
    open->span.end = span.end;
    ++open->max;
  } else {
    open_literal_ = add({.kind = Kind::literal,
                         .caseless = flags_.caseless,
                         .span = span,
                         .max = 1,
                         .number = static_cast<uint32_t>(tree_.pool_.size())});
    items.push_back(open_literal_);
  }
  tree_.pool_ += static_cast<char>(byte);
  last_byte_ = span;
}

bool Parser::quantifier(Ids& items) {
  const size_t begin = at_;
  const bool repeated = !items.empty() && items.back() == open_repeat_;
  if (repeated && (take("+") || take("?"))) {
    Node& repeat = tree_.nodes_[open_repeat_];
    repeat.greed = text_[begin] == '+' ? Greed::possessive
                   : flags_.ungreedy   ? Greed::greedy
                                       : Greed::lazy;
    repeat.span.end = repeat.quantifier.end = static_cast<uint32_t>(at_);
    open_repeat_ = kNoNode;
    return true;
  }

  uint32_t min = 0;
  uint32_t max = kUnlimited;
  if (take("+")) {
    min = 1;
  } else if (take("?")) {
    max = 1;
  } else if (!take("*") && !read_braces(min, max)) {
    return false;
  }
  if (error_) return true;
  if (items.empty() || !repeatable(tree_.nodes_[items.back()])) {
    error("quantifier does not follow a repeatable item", begin);
    return true;
  }

  Node* last = &tree_.nodes_[items.back()];
  if (last->kind == Kind::assertion) {
    // [[:<:]] is \b(?=\w), and only the second part of it is repeated.
    last->kind = Kind::opaque;
    last->span.end = last->quantifier.end = static_cast<uint32_t>(at_);
    open_repeat_ = items.back();
    return true;
  }
  if (last->kind == Kind::literal && last->max > 1) {
    // Only the last byte of a run is repeated.
    const Node run = *last;
    --last->max;
    last->span.end = last_byte_.begin;
    items.push_back(add({.kind = Kind::literal,
                         .caseless = run.caseless,
                         .span = last_byte_,
                         .max = 1,
                         .number = run.number + run.max - 1}));
  }
  const NodeId child = items.back();
  Node repeat{.kind = Kind::repeat,
              .greed = flags_.ungreedy ? Greed::lazy : Greed::greedy,
              .span = span_from(tree_.nodes_[child].span.begin),
              .quantifier = span_from(begin),
              .min = min,
              .max = max};
  items.back() = open_repeat_ = add(repeat, {child});
  return true;
}

/// {n}, {n,} and {n,m}; anything else leaves the place on the brace, which is then a literal.
bool Parser::read_braces(uint32_t& min, uint32_t& max) {
  const size_t begin = at_;
  const bool loose = loose_braces();
  const auto blanks = [&] {
    while (loose && (peek() == ' ' || peek() == '\t')) ++at_;
  };
  const auto number = [&](uint32_t& value) {
    const size_t from = at_;
    value = 0;
    for (; is_digit(peek()); ++at_) value = std::min(value * 10 + (peek() - '0'), kMaxRepeat + 1);
    return at_ > from;
  };
  const auto literal = [&] {
    at_ = begin;
    return false;
  };

  if (!take("{")) return false;
  blanks();
  const bool has_min = number(min);
  blanks();
  max = min;
  if (take(",")) {
    blanks();
    if (!number(max)) {
      if (!has_min) return literal();
      max = kUnlimited;
    } else if (!has_min && !loose) {
      return literal();
    }
    blanks();
  } else if (!has_min) {
    return literal();
  }
  if (!take("}")) return literal();
  if (min > kMaxRepeat || (max > kMaxRepeat && max != kUnlimited)) {
    error("number too big in {} quantifier", begin);
  } else if (max < min) {
    error("numbers out of order in {} quantifier", begin);
  }
  return true;
}

/// References may stand before the group that they name.
void Parser::number_names() {
  std::vector<std::pair<std::string_view, uint32_t>> groups;
  const auto name_of = [this](const Node& node) {
    return text_.substr(node.name.begin, node.name.end - node.name.begin);
  };
  for (const Node& node : tree_.nodes_) {
    if (node.kind == Kind::group && node.name != Span()) {
      groups.emplace_back(name_of(node), node.number);
    }
  }
  std::ranges::sort(groups);
  for (Node& node : tree_.nodes_) {
    if (node.kind != Kind::back_reference && node.kind != Kind::call) continue;
    if (node.name == Span()) continue;
    const auto found = std::ranges::lower_bound(groups, name_of(node), {},
                                                [](const auto& group) { return group.first; });
    if (found != groups.end() && found->first == name_of(node)) node.number = found->second;
  }
}

}  // namespace wafcheck::parser::regex
