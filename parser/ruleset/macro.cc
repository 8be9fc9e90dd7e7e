#include "parser/ruleset/macro.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "parser/base/ascii.h"
#include "parser/language/semantics.h"
#include "parser/ruleset/known_word.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::parser::inline ruleset {
namespace {

bool is_name_byte(unsigned char c) {
  return is_alnum(c) || c == '_';
}

/// The bytes of a macro that Coraza takes.
bool is_macro_byte(char c) {
  return is_name_byte(static_cast<unsigned char>(c)) ||
         std::string_view(".-[]").find(c) != std::string_view::npos;
}

class MacroReader {
 public:
  MacroReader(const Text& text, const Semantics& semantics, Diagnostics& diagnostics)
      : source_(text), text_(text.view()), semantics_(semantics), diagnostics_(diagnostics) {}

  MacroText read() {
    size_t literal = 0;
    for (size_t at = text_.find('%'); at != std::string_view::npos; at = text_.find('%', at)) {
      const size_t next = text_.substr(at + 1, 1) == "{" ? read_macro(literal, at) : 0;
      if (next != 0) {
        literal = at = next;
        continue;
      }
      check_lookalike(at);
      ++at;
    }
    add_literal(literal, text_.size());
    return std::move(macros_);
  }

 private:
  /// At "%{". The offset after the macro, or 0 where the text stays literal.
  size_t read_macro(size_t literal, size_t at) {
    const size_t begin = at + 2;
    const size_t close = next_close(begin);
    if (close == std::string_view::npos) {
      malformed(at, text_.size(), "the macro is not closed", "write %{NAME} or %{NAME.member}");
      return 0;
    }
    size_t end = begin;
    while (end < close && is_name_byte(static_cast<unsigned char>(text_[end]))) ++end;
    const bool strict = semantics_.macro_names_strict;
    const bool well_formed =
        end > begin &&
        (!strict || std::ranges::all_of(text_.substr(begin, close - begin), is_macro_byte)) &&
        (end == close ||
         ((text_[end] == '.' || text_[end] == ':') && end + 1 < close &&
          !std::ranges::any_of(text_.substr(end, close - end), [](char c) { return c == ' '; })));
    const bool colon = well_formed && end != close && text_[end] == ':';
    if (colon && semantics_.macro_colon_empty) {
      malformed(at, close + 1,
                fmt::format("{} is empty in this engine", shown(text_.substr(at, close + 1 - at))),
                "write a dot for the colon");
      add_literal(literal, at);
      return close + 1;
    }
    if (!well_formed) {
      Diagnostic* diagnostic = malformed(
          at, close + 1, fmt::format("{} is not a macro", shown(text_.substr(at, close + 1 - at))),
          "write %{NAME} or %{NAME.member}, without blanks");
      const std::string_view inside = trim(text_.substr(begin, close - begin));
      const size_t dot = inside.find('.');
      if (diagnostic != nullptr && find_variable(inside.substr(0, dot)) &&
          inside.find(' ') == std::string_view::npos) {
        suggest(*diagnostic, source_.span(at, close + 1), fmt::format("%{{{}}}", inside));
      }
      if (!semantics_.malformed_macros_load) return 0;
      add_literal(literal, at);
      return close + 1;
    }
    const std::string_view name = text_.substr(begin, end - begin);
    const std::optional<Variable> variable = known(find_variable(name), semantics_);
    if (!variable) {
      const std::string_view near = nearest_variable(name);
      Diagnostic& diagnostic =
          report(diagnostics_, SyntaxCheck::unknown_variable, source_.span(begin, end),
                 fmt::format("unknown variable {} in a macro", shown(name)), did_you_mean(near));
      suggest(diagnostic, source_.span(begin, end), near);
      if (!semantics_.unknown_macro_is_empty) return 0;
      diagnostic.severity = Severity::warning;
      add_literal(literal, at);
      return close + 1;
    }
    add_literal(literal, at);
    MacroPart& part = macros_.parts.emplace_back();
    part.is_variable = true;
    part.variable = *variable;
    part.written = text_.substr(begin, close - begin);
    if (end != close) part.text = text_.substr(end + 1, close - end - 1);
    part.span = source_.span(at, close + 1);
    return close + 1;
  }

  /// The next '}' from `begin` on; remembers that there is none, so that a text full of "%{" is
  /// read in linear time.
  size_t next_close(size_t begin) {
    if (no_close_) return std::string_view::npos;
    const size_t close = text_.find('}', begin);
    no_close_ = close == std::string_view::npos;
    return close;
  }

  /// %(tx.x) and {%tx.x}: slips of the pen that would be logged as they stand.
  void check_lookalike(size_t at) {
    const bool braces_before = at > 0 && text_[at - 1] == '{';
    const bool parentheses = text_.substr(at + 1, 1) == "(";
    if (!braces_before && !parentheses) return;
    const size_t begin = at + (parentheses ? 2 : 1);
    size_t end = begin;
    while (end < text_.size() && end - begin < 64 &&
           is_name_byte(static_cast<unsigned char>(text_[end]))) {
      ++end;
    }
    if (end >= text_.size() || text_[end] != '.') return;
    if (!find_variable(text_.substr(begin, end - begin))) return;
    const size_t first = braces_before ? at - 1 : at;
    Diagnostic* diagnostic =
        malformed(first, end, "this looks like a macro but is not one",
                  fmt::format("write %{{{}.name}}", text_.substr(begin, end - begin)));
    if (diagnostic != nullptr && braces_before && !parentheses) {
      suggest(*diagnostic, source_.span(first, begin), "%{");
    }
  }

  /// Null: the same was reported before.
  Diagnostic* malformed(size_t begin, size_t end, std::string message, std::string help) {
    if (text_.substr(begin, 2) == "%{" && no_close_ && std::exchange(told_, true)) return nullptr;
    Diagnostic& told = report(diagnostics_, SyntaxCheck::macro_malformed, source_.span(begin, end),
                              std::move(message), std::move(help));
    if (semantics_.malformed_macros_load) {
      told.severity = Severity::warning;
      told.effect = Effect::told;
    }
    return &told;
  }

  void add_literal(size_t begin, size_t end) {
    if (begin == end) return;
    MacroPart& part = macros_.parts.emplace_back();
    part.text = text_.substr(begin, end - begin);
    part.span = source_.span(begin, end);
  }

  const Text& source_;
  std::string_view text_;
  const Semantics& semantics_;
  Diagnostics& diagnostics_;
  MacroText macros_;
  bool no_close_ = false;
  bool told_ = false;  ///< that a macro is not closed
};

}  // namespace

MacroText parse_macros(const Text& text, const Semantics& semantics, Diagnostics& diagnostics) {
  return MacroReader(text, semantics, diagnostics).read();
}

}  // namespace wafcheck::parser::inline ruleset
