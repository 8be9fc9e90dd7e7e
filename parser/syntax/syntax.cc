// One pass over the bytes of a file. Every reader below appends the tokens that it passes, so that
// the tokens tile the file whatever it holds. The rules of lines, quotes and escapes are those of
// the seclang reference, sections 1.1 and 1.2; what went wrong is reported once, and reading goes
// on at the next line that begins with a directive.

#include "parser/syntax/syntax.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "parser/base/ascii.h"
#include "parser/language/language.h"
#include "parser/language/semantics.h"
#include "parser/ruleset.h"
#include "parser/syntax/characters.h"
#include "parser/syntax/finding_limit.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::parser::inline syntax {
namespace {

constexpr std::string_view kBom = "\xEF\xBB\xBF";

/// One control byte in so many makes a file binary.
constexpr size_t kBinaryShare = 64;

bool is_control(unsigned char c) {
  return c < 0x20 && !is_space(c) && c != 0x1b;
}

class Reader {
 public:
  Reader(const Sources& sources, FileId file, const Semantics& semantics, FindingLimit& limit,
         Diagnostics& diagnostics)
      : bytes_(sources[file].bytes),
        semantics_(semantics),
        limit_(limit),
        diagnostics_(diagnostics) {
    tree_.file = file;
    assert(bytes_.size() < UINT32_MAX);
  }

  SyntaxTree read() {
    if (is_binary()) {
      token(TokenKind::stray, bytes_.size());
      return std::move(tree_);
    }
    read_bom();
    while (!at_end()) {
      read_line();
      if (items_ > kMaxItems) read_too_much();
    }
    settle();
    return std::move(tree_);
  }

 private:
  /// Before each finding, the ones before it are settled: a single directive may have millions.
  Diagnostic& tell(SyntaxCheck check, Span span, std::string message, std::string help = {}) {
    settle();
    return report(diagnostics_, check, span, std::move(message), std::move(help));
  }

  /// Removes the findings that are over the limit.
  void settle() {
    limit_.trim(diagnostics_, settled_);
    settled_ = diagnostics_.size();
  }

  /// The tree takes many times the memory of the bytes it is made of.
  void read_too_much() {
    tell(SyntaxCheck::include_limit, span(at_, at_),
         fmt::format("the file holds more than {} directives and arguments; the rest of it is "
                     "not read",
                     kMaxItems),
         "split it");
    token(TokenKind::stray, bytes_.size());
  }

  // -- bytes
  // ---------------------------------------------------------------------------------------

  bool at_end() const { return at_ == bytes_.size(); }
  unsigned char byte(size_t at) const {
    return at < bytes_.size() ? static_cast<unsigned char>(bytes_[at]) : 0;
  }
  /// Length of the line end at `at`: LF, CRLF and CR are ones.
  size_t line_end(size_t at) const {
    if (byte(at) == '\n') return 1;
    if (byte(at) == '\r') return byte(at + 1) == '\n' ? 2 : 1;
    return 0;
  }
  bool ends_line(size_t at) const { return at >= bytes_.size() || line_end(at) != 0; }
  size_t skip_blanks(size_t at) const {
    while (is_blank(byte(at))) ++at;
    return at;
  }
  size_t find_line_end(size_t at) const {
    while (at < bytes_.size() && bytes_[at] != '\r' && bytes_[at] != '\n') ++at;
    return at;
  }
  /// Where the line end stands that the backslash at `at` takes away, blanks between them included;
  /// npos if that backslash is an ordinary byte.
  size_t continued_at(size_t at) const {
    if (byte(at) != '\\') return std::string_view::npos;
    const size_t end = skip_blanks(at + 1);
    return ends_line(end) ? end : std::string_view::npos;
  }
  /// The directive whose name begins at `at` and ends there too.
  std::optional<Directive> directive_at(size_t at) const {
    size_t end = at;
    while (is_alnum(byte(end)) && end - at < 64) ++end;
    if (!is_blank(byte(end)) && !ends_line(end)) return std::nullopt;
    return find_directive(bytes_.substr(at, end - at));
  }
  /// As directive_at, for places where prose may stand: only names that no prose begins with.
  bool begins_sec_directive(size_t at) const {
    return istarts_with(bytes_.substr(at, 3), "sec") && directive_at(at).has_value();
  }

  Span span(size_t begin, size_t end) const {
    return {tree_.file, static_cast<uint32_t>(begin), static_cast<uint32_t>(end)};
  }

  /// Ends a token at `end` and goes there; empty ones are left out.
  void token(TokenKind kind, size_t end) {
    if (end == token_begin_) return;
    tree_.tokens.push_back({kind, static_cast<uint32_t>(token_begin_), static_cast<uint32_t>(end)});
    token_begin_ = at_ = end;
  }

  // -- the file
  // ------------------------------------------------------------------------------------

  bool is_binary() {
    size_t controls = 0;
    size_t nuls = 0;
    for (const char c : bytes_) {
      controls += is_control(static_cast<unsigned char>(c)) ? 1 : 0;
      nuls += c == '\0' ? 1 : 0;
    }
    const bool binary = controls != 0 && controls * kBinaryShare >= bytes_.size();
    if (!binary && nuls == 0) return false;
    const size_t first = nuls != 0 ? bytes_.find('\0') : 0;
    tell(SyntaxCheck::binary_file, span(first, first + 1),
         binary ? "this is a binary file, not rules"
                : fmt::format("the file holds {} NUL byte{}", nuls, nuls == 1 ? "" : "s"),
         bytes_.starts_with("\xFF\xFE") || bytes_.starts_with("\xFE\xFF")
             ? "it looks like UTF-16; save it as UTF-8"
             : "");
    return binary;
  }

  void read_bom() {
    if (!bytes_.starts_with(kBom)) return;
    token(TokenKind::stray, kBom.size());
    Diagnostic& diagnostic = report(
        diagnostics_, SyntaxCheck::non_utf8_or_bom, span(0, kBom.size()),
        "the file begins with a byte order mark, which the engines take for part of a directive",
        "save it without one");
    diagnostic.fix = Fix{"remove the byte order mark", true, {{span(0, kBom.size()), ""}}};
  }

  void read_line() {
    token(TokenKind::blank, skip_blanks(at_));
    if (at_end()) return;
    if (const size_t length = line_end(at_)) return token(TokenKind::newline, at_ + length);
    if (byte(at_) == '#') return read_comment();
    if (recovering_ && !directive_at(at_)) return read_stray();
    recovering_ = false;
    if (byte(at_) == '<') return read_section();
    if (continued_at(at_) != std::string_view::npos) return read_lone_backslash();
    if (byte(at_) == '"' || byte(at_) == '\'') return read_lost_argument();
    read_directive();
  }

  /// A comment, and the lines after it that the engine takes for a part of it.
  void read_comment() {
    const size_t begin = at_;
    const bool rule = is_commented_rule(begin);
    size_t end = find_line_end(begin);
    token(TokenKind::comment, end);
    bool told = false;
    while (comment_goes_on(rule, end)) {
      const size_t next = skip_blanks(end + line_end(end));
      const size_t next_end = find_line_end(next);
      if (next != next_end && byte(next) != '#' && !std::exchange(told, true)) {
        report_continued_comment(end - 1, next);
      }
      token(TokenKind::newline, end + line_end(end));
      token(TokenKind::blank, next);
      token(TokenKind::comment, next_end);
      end = next_end;
    }
  }

  /// `#SecRule`, `# SecAction`.
  bool is_commented_rule(size_t comment) const {
    const std::string_view text = bytes_.substr(skip_blanks(comment + 1), 9);
    return text.starts_with("SecRule") || text.starts_with("SecAction");
  }

  /// Whether the comment whose line ends at `end` has the next line too.
  bool comment_goes_on(bool rule, size_t end) const {
    if (bytes_[end - 1] != '\\' || end + line_end(end) >= bytes_.size()) return false;
    switch (semantics_.comment_end) {
      case CommentEnd::line:
        return false;
      case CommentEnd::continued_rule:
        return rule;
      case CommentEnd::continued_rule_or_directive: {
        const size_t next = skip_blanks(end + line_end(end));
        return rule && byte(next) != '#' && !directive_at(next);
      }
      case CommentEnd::continued:
        return true;
    }
    return false;
  }

  void report_continued_comment(size_t backslash, size_t next) {
    Diagnostic& diagnostic =
        tell(SyntaxCheck::broken_continuation, span(backslash, backslash + 1),
             "this backslash makes the next line a part of the comment, but not in Coraza",
             "begin each line of a comment with #");
    diagnostic.severity = Severity::warning;
    diagnostic.related.push_back({span(next, find_line_end(next)), "commented out"});
  }

  /// The rest of a line that belongs to something already reported.
  void read_stray() { token(TokenKind::stray, find_line_end(at_)); }

  void read_section() {
    const size_t end = find_line_end(at_);
    tree_.sections.push_back(static_cast<uint32_t>(at_));
    if (byte(at_ + 1) != '/') {
      tell(SyntaxCheck::apache_section, span(at_, end),
           fmt::format("{} is a section of the Apache configuration; what it holds is read as if "
                       "it always applied",
                       shown(bytes_.substr(at_, end - at_))),
           "only ModSecurity 2 under Apache knows sections");
    }
    read_stray();
  }

  void read_lone_backslash() {
    const size_t end = skip_blanks(at_ + 1);
    Diagnostic& diagnostic = tell(SyntaxCheck::broken_continuation, span(at_, at_ + 1),
                                  "this backslash continues nothing", "remove it");
    diagnostic.fix = Fix{"remove the backslash", true, {{span(at_, end), ""}}};
    token(TokenKind::stray, end);
  }

  void read_lost_argument() {
    const size_t end = find_line_end(at_);
    tell(SyntaxCheck::unknown_directive, span(at_, end),
         "a line begins with a directive, not with text in quotes",
         "name the directive, or end the line above with a backslash");
    recovering_ = true;
    read_stray();
  }

  // -- a directive
  // ---------------------------------------------------------------------------------

  void read_directive() {
    DirectiveNode node;
    node.first_token = static_cast<uint32_t>(tree_.tokens.size());
    size_t end = at_;
    while (!ends_line(end) && !is_blank(byte(end)) &&
           (byte(end) != '\\' || continued_at(end) == std::string_view::npos)) {
      ++end;
    }
    node.name = bytes_.substr(at_, end - at_);
    node.name_span = node.span = span(at_, end);
    directive_ = find_directive(node.name);
    if (directive_ && byte(end) == '\t' && !semantics_.tab_ends_name) {
      tell(SyntaxCheck::unknown_directive, node.name_span,
           fmt::format("this engine takes the TAB for a part of the name {}", node.name),
           "write a space");
    }
    token(TokenKind::name, end);
    node.end_token = static_cast<uint32_t>(tree_.tokens.size());
    ++items_;
    while (read_gap(node)) {
      ++items_;
      if (node.arguments.size() == kMaxItemsOfDirective) {
        read_too_many_arguments(node);
        break;
      }
      read_argument(node);
      node.span.end = node.arguments.back().span.end;
      node.end_token = static_cast<uint32_t>(tree_.tokens.size());
      if (node.broken) break;
    }
    if (directive_ == Directive::SecRule && node.arguments.size() == 2 && !node.broken &&
        semantics_.line_below_is_list) {
      check_line_below(node);
    }
    tree_.directives.push_back(std::move(node));
  }

  /// At the end of a SecRule that has no list of actions.
  void check_line_below(const DirectiveNode& node) {
    if (at_end()) return;
    const size_t below = at_ + line_end(at_);
    const size_t text = skip_blanks(below);
    if (text == bytes_.size() || ends_line(text)) return;
    Diagnostic& diagnostic =
        tell(SyntaxCheck::broken_continuation, node.span,
             "this engine takes the line below for the actions of this rule",
             "give the rule a list of actions, or leave an empty line below it");
    diagnostic.related.push_back({span(text, find_line_end(text)), "this line"});
  }

  void read_too_many_arguments(DirectiveNode& node) {
    tell(SyntaxCheck::include_limit, node.name_span,
         fmt::format("the directive has more than {} arguments", kMaxItemsOfDirective));
    node.broken = true;
    recovering_ = true;
  }

  /// Passes blanks, continuations and what stands between them. False: the directive is complete.
  bool read_gap(const DirectiveNode& node) {
    while (true) {
      token(TokenKind::blank, skip_blanks(at_));
      if (at_end()) return false;
      if (line_end(at_) != 0) {
        if (!read_missing_backslash(node)) return false;
      } else if (continued_at(at_) != std::string_view::npos) {
        if (!read_continuation()) return false;
      } else if (byte(at_) == '#' && !node.arguments.empty()) {
        tell(SyntaxCheck::trailing_comment, span(at_, find_line_end(at_)),
             "a comment after a directive is one only to libmodsecurity",
             "put the comment on a line of its own");
        token(TokenKind::comment, find_line_end(at_));
        return false;
      } else {
        return true;
      }
    }
  }

  /// At a backslash that continues the line. False: nothing follows that belongs to the directive.
  bool read_continuation() {
    const size_t backslash = at_;
    const size_t end = check_backslash(backslash);
    if (end == bytes_.size()) {
      token(TokenKind::continuation, end);
      report_end_of_file(backslash);
      return false;
    }
    token(TokenKind::continuation, skip_blanks(end + line_end(end)));
    while (byte(at_) == '#') {
      report_comment(at_);
      token(TokenKind::comment, find_line_end(at_));
      token(TokenKind::continuation, skip_blanks(at_ + line_end(at_)));
    }
    if (at_end()) {
      report_end_of_file(backslash);
      return false;
    }
    if (line_end(at_) != 0) return false;
    if (!begins_sec_directive(at_)) return true;
    Diagnostic& diagnostic =
        tell(SyntaxCheck::broken_continuation, span(backslash, backslash + 1),
             "the backslash continues this line, but the next one is a directive of its own",
             "remove the backslash");
    diagnostic.related.push_back({span(at_, at_ + 3), "this directive would be swallowed"});
    diagnostic.fix = Fix{"remove the backslash", true, {{span(backslash, backslash + 1), ""}}};
    return false;
  }

  /// At a line end where the next line holds an argument in quotes.
  bool read_missing_backslash(const DirectiveNode& node) {
    size_t next = at_;
    while (size_t length = line_end(next)) next = skip_blanks(next + length);
    if (byte(next) != '"' || node.broken) return false;
    report_missing_backslash(next);
    token(TokenKind::continuation, next);
    return true;
  }

  void report_missing_backslash(size_t next) {
    const size_t last = at_ == 0 ? 0 : at_ - 1;
    Diagnostic& diagnostic =
        tell(SyntaxCheck::broken_continuation, span(last, at_),
             "the directive goes on in the next line, but this one does not end in a backslash",
             "end the line with a backslash");
    diagnostic.related.push_back({span(next, next + 1), "it goes on here"});
    diagnostic.fix = Fix{"add a backslash", true, {{span(at_, at_), " \\"}}};
  }

  void report_end_of_file(size_t backslash) {
    Diagnostic& diagnostic =
        tell(SyntaxCheck::broken_continuation, span(backslash, backslash + 1),
             "the backslash continues the line, but the file ends; Coraza drops the directive",
             "remove the backslash");
    diagnostic.fix = Fix{"remove the backslash", true, {{span(backslash, backslash + 1), ""}}};
  }

  void report_comment(size_t at) {
    tell(SyntaxCheck::comment_in_continuation, span(at, find_line_end(at)),
         "a comment is between the lines of one directive; ModSecurity does not skip it",
         "move the comment above the directive")
        .severity = semantics_.comment_in_continuation
                        ? info(SyntaxCheck::comment_in_continuation).severity
                        : Severity::error;
  }

  /// The line end that the backslash takes away; blanks between them are reported.
  size_t check_backslash(size_t backslash) {
    const size_t end = continued_at(backslash);
    if (end != backslash + 1) {
      Diagnostic& diagnostic = tell(SyntaxCheck::broken_continuation, span(backslash, end),
                                    "blanks follow the backslash, so it does not continue the line",
                                    "make the backslash the last byte of the line");
      diagnostic.fix = Fix{"remove the blanks", true, {{span(backslash + 1, end), ""}}};
    }
    return end;
  }

  // -- arguments
  // -----------------------------------------------------------------------------------

  void read_argument(DirectiveNode& node) {
    node.arguments.push_back({Text(tree_.file), {}, 0});
    ArgumentNode& argument = node.arguments.back();
    const size_t begin = at_;
    const unsigned char first = byte(at_);
    if (first == '"' || first == '\'') {
      argument.quote = static_cast<char>(first);
      read_quoted(node, argument);
    } else if (first == '`' && directive_ == Directive::SecDataset) {
      argument.quote = '`';
      read_block(node, argument);
    } else {
      read_word(argument);
    }
    argument.span = span(begin, at_);
  }

  void read_word(ArgumentNode& argument) {
    size_t end = at_;
    while (!ends_line(end) && !is_blank(byte(end)) &&
           (byte(end) != '\\' || continued_at(end) == std::string_view::npos)) {
      ++end;
    }
    argument.text.append(bytes_.substr(at_, end - at_), static_cast<uint32_t>(at_));
    token(TokenKind::argument, end);
  }

  /// Whether a quoted argument may not go on as it is.
  static bool ends_run(char byte, char quote) {
    return byte == quote || byte == '\\' || byte == '\r' || byte == '\n';
  }

  void read_quoted(DirectiveNode& node, ArgumentNode& argument) {
    const size_t open = at_;
    const char quote = argument.quote;
    Text& text = argument.text;
    ++at_;
    text.append("", static_cast<uint32_t>(at_));
    while (!at_end()) {
      size_t stop = at_;
      while (stop < bytes_.size() && !ends_run(bytes_[stop], quote)) ++stop;
      append(text, stop);
      if (at_end()) break;
      if (byte(at_) == static_cast<unsigned char>(quote)) return close_quote(node, open);
      if (byte(at_) != '\\') {
        if (!continues_without_backslash(at_)) break;
        const size_t next = skip_blanks(at_ + line_end(at_));
        report_missing_backslash(next);
        at_ = next;
      } else if (continued_at(at_) != std::string_view::npos) {
        if (!splice(text)) break;
      } else {
        read_escape(text, quote);
      }
    }
    token(TokenKind::argument, at_);
    if (is_open_list(node)) return report_open_list(open);
    report_unterminated(node, open);
  }

  /// Whether the engine takes the argument that ends with its line, and not with its quote.
  bool is_open_list(const DirectiveNode& node) const {
    const size_t lists_place = directive_ == Directive::SecRule     ? 3
                               : directive_ == Directive::SecAction ? 1
                                                                    : 0;
    return semantics_.open_action_list && node.arguments.size() == lists_place &&
           node.arguments.back().quote == '"' && ends_line(at_);
  }

  void report_open_list(size_t open) {
    tell(SyntaxCheck::unterminated_quote, span(open, open + 1),
         "the quote that opens here is never closed; in this engine the line ends the actions",
         "close it")
        .severity = Severity::warning;
  }

  void append(Text& text, size_t end) {
    text.append(bytes_.substr(at_, end - at_), static_cast<uint32_t>(at_));
    at_ = end;
  }

  /// At a backslash inside quotes that is followed by something on its line.
  void read_escape(Text& text, char quote) {
    const char next = bytes_[at_ + 1];
    const bool resolved = (next == quote && semantics_.unescape_operator_quote) ||
                          (next == '\\' && semantics_.unescape_operator_backslash);
    if (resolved) ++at_;
    const bool pair = !resolved && (next == quote || next == '\\');
    append(text, at_ + (pair ? 2 : 1));
  }

  /// At a continuation inside quotes. False: the quote cannot close any more.
  bool splice(Text& text) {
    const size_t end = check_backslash(at_);
    if (end == bytes_.size()) {
      at_ = end;
      return false;
    }
    const size_t line = end + line_end(end);
    if (!semantics_.splice_in_quotes) {
      append(text, line);
      return true;
    }
    at_ = line;
    if (!semantics_.trim_spliced_lines) return !begins_sec_directive(skip_blanks(at_));
    at_ = skip_blanks(at_);
    while (byte(at_) == '#' || line_end(at_) != 0) {
      if (byte(at_) == '#') report_comment(at_);
      at_ = find_line_end(at_);
      at_ = skip_blanks(at_ + line_end(at_));
    }
    return !begins_sec_directive(at_);
  }

  /// Whether the line after the line end at `at` plainly belongs to an action list: it begins with
  /// an action, or is the closing quote.
  bool continues_without_backslash(size_t at) const {
    const size_t next = skip_blanks(at + line_end(at));
    if (byte(next) == '"' && ends_line(skip_blanks(next + 1))) return true;
    size_t end = next;
    while (is_alnum(byte(end)) && end - next < 64) ++end;
    if (end == next || !find_action(bytes_.substr(next, end - next))) return false;
    return std::string_view(":,\"\\").find(static_cast<char>(byte(end))) != std::string_view::npos;
  }

  void close_quote(DirectiveNode& node, size_t open) {
    token(TokenKind::argument, at_ + 1);
    if (ends_line(at_) || is_blank(byte(at_)) || continued_at(at_) != std::string_view::npos)
      return;
    const size_t end = skip_logical_line();
    Diagnostic& diagnostic =
        tell(SyntaxCheck::unterminated_quote, span(open, open + 1),
             "the text after the quote that closes this one is not separated from it",
             "close each quote, and write \\\" for a quote inside");
    diagnostic.related.push_back({span(at_, at_ + 1), "this text is outside quotes"});
    token(TokenKind::stray, end);
    node.broken = true;
    recovering_ = true;
  }

  void report_unterminated(DirectiveNode& node, size_t open) {
    tell(SyntaxCheck::unterminated_quote, span(open, open + 1),
         "the quote that opens here is never closed", "close it, or continue the line with \\");
    node.broken = true;
    recovering_ = true;
  }

  /// The end of the lines that backslashes join to this one, as far as no directive begins.
  size_t skip_logical_line() const {
    size_t end = find_line_end(at_);
    while (end > at_ && end < bytes_.size() && bytes_[end - 1] == '\\') {
      const size_t next = end + line_end(end);
      if (directive_at(skip_blanks(next))) break;
      end = find_line_end(next);
    }
    return end;
  }

  /// Backticks: the lines from the one after the opening to one that begins with the closing.
  void read_block(DirectiveNode& node, ArgumentNode& argument) {
    const size_t open = at_;
    argument.text.append("", static_cast<uint32_t>(open + 1));
    size_t line = find_line_end(at_);
    size_t close = std::string_view::npos;
    const size_t same_line = bytes_.substr(0, line).find('`', open + 1);
    if (same_line != std::string_view::npos) {
      close = same_line;
    } else {
      while (!no_block_end_ && line < bytes_.size()) {
        const size_t next = line + line_end(line);
        if (byte(skip_blanks(next)) == '`') {
          close = skip_blanks(next);
          break;
        }
        line = find_line_end(next);
      }
    }
    if (close == std::string_view::npos) {
      no_block_end_ = true;
      token(TokenKind::block, find_line_end(open));
      return report_unterminated(node, open);
    }
    argument.text.append(bytes_.substr(open + 1, close - open - 1),
                         static_cast<uint32_t>(open + 1));
    token(TokenKind::block, close + 1);
  }

  std::string_view bytes_;
  const Semantics& semantics_;
  FindingLimit& limit_;
  Diagnostics& diagnostics_;
  size_t settled_ = diagnostics_.size();  ///< findings that have gone through the limit
  size_t items_ = 0;                      ///< directives and arguments
  SyntaxTree tree_;
  size_t at_ = 0;
  size_t token_begin_ = 0;
  std::optional<Directive> directive_;
  bool recovering_ = false;    ///< skipping lines until one begins with a directive
  bool no_block_end_ = false;  ///< no backtick begins a line from here on
};

}  // namespace

SyntaxTree parse_syntax(const Sources& sources, FileId file, const Semantics& semantics,
                        Diagnostics& diagnostics) {
  FindingLimit limit;
  SyntaxTree tree = Reader(sources, file, semantics, limit, diagnostics).read();
  check_characters(tree, sources[file].bytes, limit, diagnostics);
  limit.tell(diagnostics, sources);
  return tree;
}

}  // namespace wafcheck::parser::inline syntax
