#include "cli/lsp/expression.h"

#include <fmt/format.h>

#include <algorithm>

#include "parser/base/escape.h"

namespace wafcheck::cli::lsp {

using parser::regex::Assertion;
using parser::regex::ByteSet;
using parser::regex::Class;
using parser::regex::Greed;
using parser::regex::GroupForm;
using parser::regex::Kind;
using parser::regex::kUnlimited;
using parser::regex::Node;
using parser::regex::NodeId;
using parser::regex::Tree;

namespace {

/// Bytes of a set that are listed; the others are counted.
constexpr int kListedRanges = 8;

std::string byte_text(int byte) {
  const auto value = static_cast<char>(byte);
  return is_printable(value) && value != ' ' ? std::string(1, value) : hex_escape(value);
}

std::string set_text(const ByteSet& set) {
  std::string text;
  int ranges = 0, left = 0;
  for (int byte = 0; byte < 256; ++byte) {
    if (!set.contains(static_cast<uint8_t>(byte))) continue;
    int last = byte;
    while (last < 255 && set.contains(static_cast<uint8_t>(last + 1))) ++last;
    if (++ranges > kListedRanges) {
      left += last - byte + 1;
    } else {
      text += fmt::format("{}{}", text.empty() ? "" : ", ", byte_text(byte));
      if (last > byte)
        text += fmt::format("{}{}", last > byte + 1 ? " to " : ", ", byte_text(last));
    }
    byte = last;
  }
  if (left > 0) text += fmt::format(" and {} more", left);
  return text.empty() ? "no byte" : text;
}

std::string times(const Node& repeat) {
  if (repeat.max == kUnlimited) {
    if (repeat.min == 0) return "any number of times";
    return repeat.min == 1 ? "once or more" : fmt::format("{} times or more", repeat.min);
  }
  if (repeat.min == 0 && repeat.max == 1) return "once or not at all";
  if (repeat.min == 1 && repeat.max == 1) return "once";
  if (repeat.min == repeat.max) return fmt::format("{} times", repeat.min);
  return fmt::format("{} to {} times", repeat.min, repeat.max);
}

std::string_view greed_text(Greed greed) {
  switch (greed) {
    case Greed::greedy:
      return "as often as possible";
    case Greed::lazy:
      return "as seldom as possible";
    case Greed::possessive:
      return "as often as possible, and nothing of it is given back";
  }
  return {};
}

std::string_view assertion_text(Assertion assertion) {
  switch (assertion) {
    case Assertion::subject_start:
      return "the start of the value";
    case Assertion::line_start:
      return "the start of the value, or of a line in it";
    case Assertion::subject_end:
      return "the end of the value";
    case Assertion::final_end:
      return "the end of the value, or in front of a line feed that ends it";
    case Assertion::line_end:
      return "the end of the value, or of a line in it";
    case Assertion::word_boundary:
      return "a place where a word begins or ends";
    case Assertion::not_word_boundary:
      return "a place where no word begins or ends";
    case Assertion::word_start:
      return "a place where a word begins";
    case Assertion::word_end:
      return "a place where a word ends";
    case Assertion::match_start:
      return "the place where the search began";
  }
  return {};
}

std::string group_text(const Node& group) {
  switch (group.group) {
    case GroupForm::capture:
      return fmt::format("group {}: with capture, what it matches is in TX.{}", group.number,
                         group.number);
    case GroupForm::plain:
      return "a group that captures nothing";
    case GroupForm::atomic:
      return "an atomic group: once it has matched, nothing of it is given back";
    case GroupForm::branch_reset:
      return "a group whose branches number their groups alike";
    case GroupForm::script_run:
      return "a group whose characters are all of one script";
  }
  return {};
}

std::string look_text(const Node& look) {
  return fmt::format("what {} is {}this; it takes no bytes",
                     look.behind ? "stands before" : "follows", look.negative ? "not " : "");
}

}  // namespace

std::vector<NodeId> pieces_at(const Tree& tree, uint32_t offset) {
  std::vector<NodeId> pieces;
  for (NodeId id = 0; id < tree.size(); ++id) {
    const Node& node = tree[id];
    if (node.span.begin <= offset && offset < node.span.end) pieces.push_back(id);
  }
  return pieces;
}

std::string in_words(const Tree& tree, const Node& piece) {
  switch (piece.kind) {
    case Kind::literal:
      return fmt::format("the text `{}`{}", escape_invalid_utf8(tree.bytes(piece)),
                         piece.caseless ? ", in upper or lower case" : "");
    case Kind::set:
      return fmt::format("one byte: {}", set_text(tree.set(piece)));
    case Kind::sequence:
      return fmt::format("{} pieces in this order", tree.children(piece).size());
    case Kind::alternation:
      return fmt::format("one of {} alternatives, the first that fits",
                         tree.children(piece).size());
    case Kind::repeat:
      return fmt::format("{}, {}", times(piece), greed_text(piece.greed));
    case Kind::group:
      return group_text(piece);
    case Kind::look:
      return look_text(piece);
    case Kind::assertion:
      return std::string(assertion_text(piece.assertion));
    case Kind::back_reference:
      return fmt::format("what group {} has matched", piece.number);
    case Kind::conditional:
      return "one of two pieces, as a test decides";
    case Kind::call:
      return piece.number == 0 ? "the expression, or a part of it, once more"
                               : fmt::format("the expression of group {} once more", piece.number);
    case Kind::verb:
      return "a verb that steers the search";
    case Kind::options:
      return "options for what follows";
    case Kind::reset_start:
      return "the match counts from here";
    case Kind::opaque:
      return "a piece that is not looked into";
  }
  return {};
}

}  // namespace wafcheck::cli::lsp
