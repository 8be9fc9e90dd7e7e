// Target lists, as of the seclang reference, section 1.4.

#include <fmt/format.h>

#include <array>
#include <optional>
#include <utility>

#include "parser/base/ascii.h"
#include "parser/language/semantics.h"
#include "parser/ruleset.h"
#include "parser/ruleset/known_word.h"
#include "parser/ruleset/regex_check.h"
#include "parser/ruleset/rule.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::parser::inline ruleset {
namespace {

bool is_name_byte(unsigned char c) {
  return is_alnum(c) || c == '_';
}

class TargetReader {
 public:
  TargetReader(const Text& text, const Semantics& semantics, Diagnostics& diagnostics)
      : source_(text), text_(text.view()), semantics_(semantics), diagnostics_(diagnostics) {}

  std::vector<Target> read() {
    skip_space();
    for (size_t read = 0;; ++read) {
      if (read == kMaxItemsOfDirective) {
        report(diagnostics_, SyntaxCheck::include_limit, source_.span(at_, at_ + 1),
               fmt::format("the rule has more than {} targets", kMaxItemsOfDirective));
        break;
      }
      read_target();
      skip_space();
      if (at_end()) break;
      if (!is_separator()) {
        invalid(at_, end_of_element(at_),
                fmt::format("unexpected text {} after a target",
                            shown(text_.substr(at_, end_of_element(at_) - at_))),
                "separate targets with |");
        at_ = end_of_element(at_);
        if (at_end()) break;
      }
      ++at_;
      skip_space();
    }
    return std::move(targets_);
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  char byte() const { return at_end() ? '\0' : text_[at_]; }
  std::string_view separators() const { return semantics_.comma_parts_targets ? "|," : "|"; }
  bool is_separator() const { return !at_end() && separators().find(byte()) != separators().npos; }
  void skip_space() {
    while (is_space(static_cast<unsigned char>(byte()))) ++at_;
  }
  size_t end_of_element(size_t at) const {
    return std::min(text_.find_first_of(separators(), at), text_.size());
  }
  Diagnostic& invalid(size_t begin, size_t end, std::string message, std::string help = {}) {
    return report(diagnostics_, SyntaxCheck::invalid_target, source_.span(begin, end),
                  std::move(message), std::move(help));
  }

  void read_target() {
    const size_t begin = at_;
    Target target;
    if (byte() == '!') {
      target.excluded = true;
      ++at_;
    } else if (byte() == '&') {
      target.count = true;
      ++at_;
    }
    const size_t name_begin = at_;
    while (!at_end() && is_name_byte(static_cast<unsigned char>(byte()))) ++at_;
    const std::string_view name = text_.substr(name_begin, at_ - name_begin);
    if (name.empty()) {
      const size_t end = end_of_element(at_);
      invalid(begin, std::max(end, begin + 1), "a variable is missing here",
              "write NAME, NAME:selector, !NAME:selector or &NAME");
      at_ = end;
      return;
    }
    if (!find(name, name_begin, target)) {
      if (byte() == ':') read_selector(target);
      return;
    }
    const bool dot = byte() == '.';
    if (dot) {
      Diagnostic& diagnostic =
          invalid(at_, at_ + 1, fmt::format("a selector follows a colon, not a dot"),
                  fmt::format("write {}:{}", name,
                              shown(text_.substr(at_ + 1, end_of_element(at_) - at_ - 1))));
      const bool taken =
          semantics_.dot_selectors && info(target.variable).kind != VariableKind::Scalar;
      if (!taken) {
        at_ = end_of_element(at_);
        return;
      }
      diagnostic.severity = Severity::warning;
    }
    if (byte() == ':' || dot) {
      const VariableInfo& row = info(target.variable);
      const bool closed = row.kind == VariableKind::Persistent && !semantics_.collections_are_kept;
      if (row.kind == VariableKind::Scalar || closed) {
        report(diagnostics_, SyntaxCheck::selector_on_scalar,
               source_.span(at_, end_of_element(at_)),
               closed ? fmt::format("in this engine {} has no members to select", row.name)
                      : fmt::format("{} has one value and no members to select", row.name),
               fmt::format("write {}", row.name));
      }
      if (!read_selector(target)) return;
    }
    size_t end = at_;
    while (is_space(static_cast<unsigned char>(text_[end - 1]))) --end;
    target.span = source_.span(begin, end);
    targets_.push_back(std::move(target));
  }

  /// Resolves a name; HTTP_Foo stands for REQUEST_HEADERS:Foo.
  bool find(std::string_view name, size_t begin, Target& target) {
    const Span span = source_.span(begin, begin + name.size());
    if (const std::optional<Variable> variable = known(find_variable(name), semantics_)) {
      target.variable = *variable;
      if (info(*variable).support == Support::Rejected) {
        report(diagnostics_, SyntaxCheck::unsupported_feature, span,
               fmt::format("{} cannot be evaluated without a server", name));
      }
      if (*variable == Variable::WEBSERVER_ERROR_LOG && semantics_.server_errors_unknown) {
        report(diagnostics_, SyntaxCheck::unsupported_feature, span,
               fmt::format("this engine does not have {}", name));
      }
      return true;
    }
    constexpr std::string_view kHeaderPrefix = "HTTP_";
    if (istarts_with(name, kHeaderPrefix) && name.size() > kHeaderPrefix.size()) {
      target.variable = Variable::REQUEST_HEADERS;
      target.selector.kind = SelectorKind::name;
      target.selector.text = name.substr(kHeaderPrefix.size());
      target.selector.span = source_.span(begin + kHeaderPrefix.size(), begin + name.size());
      return true;
    }
    const std::string_view near = nearest_variable(name);
    suggest(report(diagnostics_, SyntaxCheck::unknown_variable, span,
                   fmt::format("unknown variable {}", shown(name)), did_you_mean(near)),
            span, near);
    return false;
  }

  /// At the colon. False: reported, no target comes of it.
  bool read_selector(Target& target) {
    const size_t colon = at_++;
    if (info(target.variable).kind == VariableKind::Document) return read_xpath(target, colon);
    if (byte() == '/') return read_regex(target);
    if (byte() == '\'') return read_quoted(target);
    const size_t begin = at_;
    size_t end = end_of_element(at_);
    at_ = end;
    while (end > begin && is_space(static_cast<unsigned char>(text_[end - 1]))) --end;
    if (begin == end) {
      invalid(colon, colon + 1, "a selector is missing after the colon");
      return false;
    }
    set_name(target, source_.sub(begin, end));
    return true;
  }

  static void set_name(Target& target, const Text& name) {
    target.selector = {SelectorKind::name, name.str(), name.span()};
  }

  void set_regex(Target& target, const Text& regex) {
    const PcreOptions options = selector_regex_options();
    if (check_regex(regex, options, diagnostics_)) {
      check_linear_regex(regex, options, semantics_, diagnostics_);
    }
    target.selector = {SelectorKind::regex, regex.str(), regex.span()};
  }

  bool read_regex(Target& target) {
    const size_t open = at_++;
    Text regex(source_.file());
    regex.append(source_, at_, at_);
    while (!at_end() && byte() != '/') {
      if (byte() == '\\' && at_ + 1 < text_.size()) {
        if (text_[at_ + 1] != '/') add(regex, at_);
        ++at_;
      }
      add(regex, at_++);
    }
    if (at_end()) {
      invalid(open, open + 1, "the expression that begins here has no closing slash",
              "write NAME:/expression/");
      return false;
    }
    ++at_;
    read_rest_of_regex(regex);
    set_regex(target, regex);
    if (semantics_.selector_ends_at_bar && regex.view().contains('|')) {
      invalid(open, at_, "this engine takes the | for the end of the target",
              "put the expression in apostrophes: NAME:'/expression/'");
    }
    return true;
  }

  /// Behind a slash that does not end the selector, where the engine takes the last one for that.
  void read_rest_of_regex(Text& regex) {
    if (at_end() || is_separator() || !semantics_.slash_in_selector) return;
    const size_t end = end_of_element(at_);
    size_t last = end;
    while (is_space(static_cast<unsigned char>(text_[last - 1]))) --last;
    if (text_[last - 1] != '/' || last <= at_) return;
    invalid(at_ - 1, at_, "not every engine takes a slash inside the slashes of a selector",
            "write \\/")
        .severity = Severity::warning;
    for (add(regex, at_ - 1); at_ + 1 < last; ++at_) {
      if (byte() == '\\' && text_[at_ + 1] == '/') ++at_;
      add(regex, at_);
    }
    at_ = last;
  }

  /// Whether the last /' of the list, short of a byte that ends it, is the selector's.
  bool read_joined(Target& target) {
    const std::string_view rest = text_.substr(at_, text_.find_first_of(" =\t\"", at_) - at_);
    const size_t last = rest.rfind("/'");
    const size_t first = rest.find("/'", 1);
    if (last == std::string_view::npos || last == first) return false;
    invalid(at_, at_ + last, "this engine reads on up to the last /' of the list",
            "write a rule for each such target")
        .severity = Severity::warning;
    set_regex(target, source_.sub(at_ + 1, at_ + last));
    at_ += last + 2;
    return true;
  }

  bool read_quoted(Target& target) {
    const size_t open = at_++;
    const bool is_regex = byte() == '/';
    if (is_regex && semantics_.quoted_selectors_joined && read_joined(target)) return true;
    Text value(source_.file());
    value.append(source_, at_, at_);
    while (!at_end() && byte() != '\'') {
      if (byte() == '\\' && at_ + 1 < text_.size()) {
        const char next = text_[at_ + 1];
        const bool resolved =
            next == '\'' || (is_regex && next == '/') || (!is_regex && next == '\\');
        if (!resolved) add(value, at_);
        ++at_;
      }
      add(value, at_++);
    }
    if (at_end()) {
      report(diagnostics_, SyntaxCheck::unterminated_quote, source_.span(open, open + 1),
             "the quote around this selector is never closed");
      return false;
    }
    ++at_;
    const size_t size = value.size();
    if (is_regex && size >= 2 && value.view().back() == '/') {
      set_regex(target, value.sub(1, size - 1));
    } else if (size == 0) {
      invalid(open, at_, "the selector is empty");
      return false;
    } else {
      set_name(target, semantics_.quoted_names_keep_quotes ? source_.sub(open, at_) : value);
      if (semantics_.selector_ends_at_bar && value.view().contains('|')) {
        invalid(open, at_, "this engine takes the | for the end of the target");
      }
    }
    return true;
  }

  void add(Text& text, size_t at) { text.append(source_, at, at + 1); }

  /// An XPath ends at a separator outside of brackets and quotes.
  bool read_xpath(Target& target, size_t colon) {
    const size_t begin = at_;
    size_t depth = 0;
    char quote = 0;
    for (; !at_end(); ++at_) {
      const char c = byte();
      if (quote != 0) {
        if (c == quote) quote = 0;
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == '[' || c == '(') {
        ++depth;
      } else if ((c == ']' || c == ')') && depth != 0) {
        --depth;
      } else if (depth == 0 && is_separator()) {
        break;
      }
    }
    const std::string_view xpath = trim(text_.substr(begin, at_ - begin));
    if (xpath.empty()) {
      invalid(colon, colon + 1, "an XPath is missing after the colon");
      return false;
    }
    const size_t first = static_cast<size_t>(xpath.data() - text_.data());
    target.selector = {SelectorKind::xpath, std::string(xpath),
                       source_.span(first, first + xpath.size())};
    return true;
  }

  const Text& source_;
  std::string_view text_;
  const Semantics& semantics_;
  Diagnostics& diagnostics_;
  std::vector<Target> targets_;
  size_t at_ = 0;
};

}  // namespace

std::vector<Target> parse_targets(const Text& text, const Semantics& semantics,
                                  Diagnostics& diagnostics) {
  return TargetReader(text, semantics, diagnostics).read();
}

}  // namespace wafcheck::parser::inline ruleset
