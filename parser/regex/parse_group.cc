// Everything that begins with a parenthesis, but for comments.

#include <algorithm>
#include <array>

#include "parser/base/ascii.h"
#include "parser/regex/parser_state.h"

namespace wafcheck::parser::regex {
namespace {

/// Start options under which bytes, lines or the empty match no longer mean what the tree says.
constexpr std::array<std::string_view, 10> kForeignOptions = {"UTF",
                                                              "UCP",
                                                              "CR",
                                                              "CRLF",
                                                              "ANYCRLF",
                                                              "ANY",
                                                              "NUL",
                                                              "NOTEMPTY",
                                                              "NOTEMPTY_ATSTART",
                                                              "CASELESS_RESTRICT"};
constexpr std::array<std::string_view, 11> kHarmlessOptions = {
    "LF",         "BSR_ANYCRLF",  "BSR_UNICODE",  "NO_AUTO_POSSESS", "NO_DOTSTAR_ANCHOR",
    "NO_JIT",     "NO_START_OPT", "LIMIT_MATCH=", "LIMIT_DEPTH=",    "LIMIT_RECURSION=",
    "LIMIT_HEAP="};

struct VerbWord {
  std::string_view word;
  VerbForm form;
};
constexpr std::array<VerbWord, 9> kVerbs = {{{"", VerbForm::mark},
                                             {"MARK", VerbForm::mark},
                                             {"ACCEPT", VerbForm::accept},
                                             {"F", VerbForm::fail},
                                             {"FAIL", VerbForm::fail},
                                             {"COMMIT", VerbForm::commit},
                                             {"PRUNE", VerbForm::prune},
                                             {"SKIP", VerbForm::skip},
                                             {"THEN", VerbForm::then}}};

struct LookWord {
  std::string_view word;
  bool behind;
  bool negative;
  bool atomic;
};
constexpr std::array<LookWord, 12> kLookWords = {{
    {"pla", false, false, true},
    {"positive_lookahead", false, false, true},
    {"nla", false, true, true},
    {"negative_lookahead", false, true, true},
    {"plb", true, false, true},
    {"positive_lookbehind", true, false, true},
    {"nlb", true, true, true},
    {"negative_lookbehind", true, true, true},
    {"napla", false, false, false},
    {"non_atomic_positive_lookahead", false, false, false},
    {"naplb", true, false, false},
    {"non_atomic_positive_lookbehind", true, false, false},
}};

}  // namespace

/// (*UTF) and the like, which only the start of an expression may hold.
void Parser::start_options() {
  while (next_is("(*")) {
    const size_t close = text_.find(')', at_);
    if (close == std::string_view::npos) return;
    const std::string_view word = text_.substr(at_ + 2, close - at_ - 2);
    const bool foreign = std::ranges::find(kForeignOptions, word) != kForeignOptions.end();
    const bool harmless = std::ranges::any_of(kHarmlessOptions, [&](std::string_view option) {
      return option.ends_with('=') ? word.starts_with(option) : word == option;
    });
    if (!foreign && !harmless) return;
    foreign_ = foreign_ || foreign;
    const size_t begin = at_;
    at_ = close + 1;
    mark(MarkKind::start_option, begin);
  }
}

void Parser::group(Ids& items) {
  const size_t begin = at_++;
  if (depth_ >= kMaxDepth) {
    error("parentheses are too deeply nested", begin);
    return;
  }
  ++depth_;
  NodeId node = kNoNode;
  if (take("*")) {
    node = star_group(begin);
  } else if (take("?")) {
    node = question_group(begin);
  } else if (flags_.no_capture) {
    node = wrapped(begin, GroupForm::plain);
  } else {
    node = capture(begin, NameForm::none, {});
  }
  --depth_;
  if (error_) return;
  items.push_back(node);
}

/// The contents of `node` and the closing parenthesis; options set inside end with it.
bool Parser::body(Node& node, bool reset_numbers) {
  const Flags outer = flags_;
  const NodeId child = alternation(reset_numbers);
  flags_ = outer;
  if (!error_ && !take(")")) error("missing closing parenthesis", text_.size());
  if (error_) return false;
  node.span = span_from(node.span.begin);
  node.first_child = child;
  return true;
}

NodeId Parser::wrapped(size_t begin, GroupForm form) {
  Node node{.kind = Kind::group, .group = form, .span = span_from(begin)};
  if (!body(node, form == GroupForm::branch_reset)) return kNoNode;
  return add(node, {node.first_child});
}

NodeId Parser::capture(size_t begin, NameForm form, Span name) {
  Node node{.kind = Kind::group, .name_form = form, .span = span_from(begin), .name = name};
  node.number = ++captures_;
  capture_high_ = std::max(capture_high_, captures_);
  if (!body(node, false)) return kNoNode;
  return add(node, {node.first_child});
}

NodeId Parser::look(size_t begin, bool behind, bool negative, bool atomic) {
  Node node{.kind = Kind::look,
            .behind = behind,
            .negative = negative,
            .atomic = atomic,
            .span = span_from(begin)};
  if (!body(node, false)) return kNoNode;
  return add(node, {node.first_child});
}

/// A name or number up to `close`, which is taken too.
std::optional<Span> Parser::name_until(char close) {
  const size_t begin = at_;
  while (is_alnum(peek()) || peek() == '_' || ((peek() == '-' || peek() == '+') && at_ == begin)) {
    ++at_;
  }
  const Span name = span_from(begin);
  const bool sign_only = name.end - name.begin == 1 && !is_alnum(peek(0)) &&
                         (text_[begin] == '-' || text_[begin] == '+');
  if (name.begin == name.end || sign_only || at_ >= text_.size() || text_[at_] != close) {
    error("malformed name", at_);
    return std::nullopt;
  }
  const std::string_view text = text_.substr(name.begin, name.end - name.begin);
  const bool number = !is_alpha(static_cast<uint8_t>(text[0])) && text[0] != '_';
  if (number && !std::ranges::all_of(text.substr(1),
                                     [](char c) { return is_digit(static_cast<uint8_t>(c)); })) {
    error("a name must not begin with a digit", begin);
    return std::nullopt;
  }
  ++at_;
  return name;
}

NodeId Parser::named_capture(size_t begin, NameForm form, char close) {
  if (is_digit(peek())) return error("a name must not begin with a digit", at_);
  const auto name = name_until(close);
  if (!name) return kNoNode;
  return capture(begin, form, *name);
}

/// After (*: a verb, or a look-around or group in words.
NodeId Parser::star_group(size_t begin) {
  const size_t from = at_;
  while (is_alpha(peek()) || peek() == '_') ++at_;
  const std::string_view word = text_.substr(from, at_ - from);
  Span name;
  if (take(":")) {
    for (const LookWord& form : kLookWords) {
      if (form.word == word) return look(begin, form.behind, form.negative, form.atomic);
    }
    if (word == "atomic") return wrapped(begin, GroupForm::atomic);
    if (word == "sr" || word == "script_run" || word == "asr" || word == "atomic_script_run") {
      return wrapped(begin, GroupForm::script_run);
    }
    const size_t argument = at_;
    at_ = std::min(text_.find(')', at_), text_.size());
    name = span_from(argument);
  }
  if (!take(")")) return error("unknown or malformed verb", begin);
  return verb(begin, word, name);
}

NodeId Parser::verb(size_t begin, std::string_view word, Span name) {
  const auto found = std::ranges::find(kVerbs, word, &VerbWord::word);
  if (found == kVerbs.end()) return error("unknown or malformed verb", begin);
  return add({.kind = Kind::verb, .verb = found->form, .span = span_from(begin), .name = name});
}

/// After (?.
NodeId Parser::question_group(size_t begin) {
  if (take(":")) return wrapped(begin, GroupForm::plain);
  if (take(">")) return wrapped(begin, GroupForm::atomic);
  if (take("|")) return wrapped(begin, GroupForm::branch_reset);
  if (take("=")) return look(begin, false, false, true);
  if (take("!")) return look(begin, false, true, true);
  if (take("*")) return look(begin, false, false, false);
  if (take("<=")) return look(begin, true, false, true);
  if (take("<!")) return look(begin, true, true, true);
  if (take("<*")) return look(begin, true, false, false);
  if (take("<")) return named_capture(begin, NameForm::angle, '>');
  if (take("'")) return named_capture(begin, NameForm::quote, '\'');
  if (take("P<")) return named_capture(begin, NameForm::p_angle, '>');
  if (take("P=")) return reference(begin, ')');
  if (take("P>") || take("&")) return call(begin, ')');
  if (take("C")) return callout(begin);
  if (take("(")) return conditional(begin);
  const bool sign = peek() == '+' || (peek() == '-' && is_digit(peek(1)));
  if (sign || peek() == 'R' || is_digit(peek())) return call(begin, ')');
  return option_setting(begin);
}

/// The target of a call, up to `close`.
NodeId Parser::call(size_t begin, char close) {
  const auto name = name_until(close);
  if (!name) return kNoNode;
  const std::string_view text = text_.substr(name->begin, name->end - name->begin);
  Node node{.kind = Kind::call, .span = span_from(begin)};
  const bool by_name = is_alpha(static_cast<uint8_t>(text[0])) || text[0] == '_';
  if (by_name) {
    if (text != "R" || text_[begin + 2] != 'R') node.name = *name;
    return add(node);
  }
  node.number = group_number(text);
  return add(node);
}

/// (?C), (?C1) or (?C"text"), which do nothing here.
NodeId Parser::callout(size_t begin) {
  if (is_digit(peek()) || peek() == ')') {
    while (is_digit(peek())) ++at_;
  } else {
    const char open = static_cast<char>(peek());
    const char close = open == '{' ? '}' : open;
    ++at_;
    while (at_ < text_.size() && (text_[at_] != close || peek(1) == static_cast<uint8_t>(close))) {
      at_ += text_[at_] == close ? 2 : 1;
    }
    at_ = std::min(at_ + 1, text_.size());
  }
  if (!take(")")) return error("malformed callout", begin);
  return add_simple(Kind::options, begin);
}

/// After (?( : the test, then one or two branches.
NodeId Parser::conditional(size_t begin) {
  const NodeId test = condition();
  if (error_) return kNoNode;
  const Flags outer = flags_;
  Ids children = {test};
  do {
    children.push_back(sequence());
  } while (!error_ && take("|"));
  flags_ = outer;
  if (!error_ && !take(")")) error("missing closing parenthesis", text_.size());
  if (error_) return kNoNode;
  if (children.size() > 3) return error("conditional with more than two branches", begin);
  return add({.kind = Kind::conditional, .span = span_from(begin)}, children);
}

NodeId Parser::condition() {
  const size_t begin = at_ - 1;
  const bool callout_first = next_is("?C");
  if (peek() == '?' || peek() == '*') {
    Ids test;
    at_ = begin;
    group(test);
    if (error_) return kNoNode;
    if (callout_first) {
      if (!next_is("(")) return error("assertion expected after callout", at_);
      group(test);
      if (error_) return kNoNode;
    }
    const NodeId last = test.back();
    if (tree_.nodes_[last].kind != Kind::look) return error("assertion expected", begin);
    return last;
  }
  // A group's number or name, R, R1, R&name, DEFINE or VERSION>=10.4: what it tests is not known.
  const size_t close = text_.find(')', at_);
  if (close == std::string_view::npos || close == at_) return error("malformed condition", begin);
  at_ = close + 1;
  return add_opaque(begin, 0, 0);
}

/// (?i), (?i-s:...), (?^m): after the question mark.
NodeId Parser::option_setting(size_t begin) {
  Flags flags = flags_;
  bool on = true;
  bool reset = false;
  for (const size_t first = at_; !done() && peek() != ')' && peek() != ':'; ++at_) {
    switch (peek()) {
      case '^':
        if (at_ != first) return error("unknown option", at_);
        flags.caseless = flags.multiline = flags.dotall = false;
        flags.extended = flags.extended_more = flags.no_capture = false;
        reset = true;
        break;
      case '-':
        if (!on || reset) return error("misplaced hyphen in options", at_);
        on = false;
        break;
      case 'i':
        flags.caseless = on;
        break;
      case 'm':
        flags.multiline = on;
        break;
      case 's':
        flags.dotall = on;
        break;
      case 'x':
        flags.extended_more = on && peek(1) == 'x';
        flags.extended = on;
        if (peek(1) == 'x') ++at_;
        break;
      case 'n':
        flags.no_capture = on;
        break;
      case 'U':
        flags.ungreedy = on;
        break;
      case 'J':
      case 'a':  // ASCII only, from PCRE2 10.43 on: always so here
      case 'r':
        break;
      default:
        return error("unknown option", at_);
    }
  }
  if (take(")")) {
    flags_ = flags;
    return add_simple(Kind::options, begin);
  }
  if (!take(":")) return error("missing closing parenthesis", text_.size());
  const Flags outer = flags_;
  flags_ = flags;
  const NodeId node = wrapped(begin, GroupForm::plain);
  flags_ = outer;
  return node;
}

}  // namespace wafcheck::parser::regex
