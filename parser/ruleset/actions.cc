// Action lists: how they are split (seclang reference, section 1.5). What each action makes of its
// value stands in action_values.cc.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "parser/base/ascii.h"
#include "parser/language/semantics.h"
#include "parser/ruleset.h"
#include "parser/ruleset/action_values.h"
#include "parser/ruleset/known_word.h"
#include "parser/ruleset/rule.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::parser::inline ruleset {
namespace {

bool is_name_byte(unsigned char c) {
  return is_alnum(c) || c == '_';
}

class ActionReader {
 public:
  ActionReader(const Text& text, const Semantics& semantics, Diagnostics& diagnostics)
      : source_(text), text_(text.view()), semantics_(semantics), diagnostics_(diagnostics) {}

  std::vector<ActionUse> read() {
    skip_space();
    if (at_end()) {
      report(diagnostics_, SyntaxCheck::empty_action, source_.span(), "the action list is empty");
      return {};
    }
    const auto commas = static_cast<size_t>(std::ranges::count(text_, ','));
    actions_.reserve(std::min(commas + 1, kMaxItemsOfDirective));
    for (size_t read = 0;; ++read) {
      if (read == kMaxItemsOfDirective) {
        report(diagnostics_, SyntaxCheck::include_limit, source_.span(at_, at_ + 1),
               fmt::format("the list has more than {} actions", kMaxItemsOfDirective));
        break;
      }
      read_action();
      skip_space();
      if (at_end()) break;
      const size_t comma = at_++;
      skip_space();
      if (at_end()) {
        empty_action(comma, "a comma ends the action list");
        break;
      }
    }
    return std::move(actions_);
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  char byte() const { return at_end() ? '\0' : text_[at_]; }

  /// White space, and the continuations that are still in the text where the engine does not splice
  /// them.
  void skip_space() {
    while (!at_end()) {
      if (is_space(static_cast<unsigned char>(byte()))) {
        ++at_;
      } else if (byte() == '\\' && at_ + 1 < text_.size() &&
                 (text_[at_ + 1] == '\n' || text_[at_ + 1] == '\r')) {
        at_ += 2;
      } else {
        return;
      }
    }
  }

  void empty_action(size_t comma, std::string message) {
    Diagnostic& diagnostic =
        report(diagnostics_, SyntaxCheck::empty_action, source_.span(comma, comma + 1),
               std::move(message), "remove the comma");
    diagnostic.fix = Fix{"remove the comma", true, {{source_.span(comma, comma + 1), ""}}};
  }

  /// Reads one action, up to the comma after it.
  void read_action() {
    const size_t begin = at_;
    while (!at_end() && is_name_byte(static_cast<unsigned char>(byte()))) ++at_;
    const size_t name_end = at_;
    if (name_end == begin) {
      if (byte() == ',') return empty_action(at_, "an action is missing before this comma");
      at_ = std::min(text_.find(',', at_), text_.size());
      return unknown(begin, at_);
    }
    skip_space();
    ActionUse use;
    Text value(source_.file());
    size_t value_begin = name_end;
    size_t value_end = name_end;
    bool quote_faulty = false;
    const bool has_value = byte() == ':';
    if (has_value) {
      ++at_;
      skip_space();
      value_begin = at_;
      if (byte() == '\'') {
        use.quote = '\'';
        value = read_quoted(quote_faulty);
      } else {
        value = read_unquoted();
      }
      value_end = value_begin == at_ ? at_ : last_byte(value_begin, at_) + 1;
      skip_space();
    }
    const std::string_view name = text_.substr(begin, name_end - begin);
    const std::optional<Action> action = known(find_action(name), semantics_);
    if (!at_end() && byte() != ',') {
      // Only a name can be followed by something else: `deny status:403`.
      const size_t junk = at_;
      at_ = std::min(text_.find(',', at_), text_.size());
      if (!action) return unknown(begin, at_);
      report(diagnostics_, SyntaxCheck::unknown_action, source_.span(junk, junk + 1),
             fmt::format("{} follows an action without a comma",
                         shown(text_.substr(junk, std::min<size_t>(at_ - junk, 20)))),
             "separate actions with commas");
    }
    if (!action) return unknown(begin, has_value ? value_end : name_end, name);
    use.id = *action;
    use.raw = value.str();
    use.span = source_.span(begin, value_end);
    use.name_span = source_.span(begin, name_end);
    if (has_value) use.value_span = source_.span(value_begin, value_end);
    if (info(*action).support == Support::Rejected) {
      report(diagnostics_, SyntaxCheck::unsupported_feature, use.name_span,
             fmt::format("{} cannot be evaluated without a server", name));
    }
    if (!quote_faulty) {
      use.value = parse_action_value(use, value, has_value, semantics_, diagnostics_);
      if (std::holds_alternative<std::monostate>(use.value) &&
          info(*action).argument == Argument::Required) {
        return;  // reported; without its value it would mislead
      }
      actions_.push_back(std::move(use));
    }
  }

  size_t last_byte(size_t begin, size_t end) const {
    while (end > begin + 1 && is_space(static_cast<unsigned char>(text_[end - 1]))) --end;
    return end - 1;
  }

  void unknown(size_t begin, size_t end, std::string_view name = {}) {
    const std::string_view text = text_.substr(begin, end - begin);
    const std::string_view near = name.empty() ? name : nearest_action(name);
    const bool follows_prose = !actions_.empty() && actions_.back().quote == 0 &&
                               info(actions_.back().id).traits.has(ActionTrait::Prose) &&
                               near.empty();
    if (follows_prose) {
      report(diagnostics_, SyntaxCheck::bad_setvar_quoting, source_.span(begin, end),
             fmt::format("the comma before {} ends the value of {}", shown(text),
                         info(actions_.back().id).name),
             "put a value with a comma in apostrophes");
      return;
    }
    const Span span = source_.span(begin, name.empty() ? end : begin + name.size());
    suggest(report(diagnostics_, SyntaxCheck::unknown_action, span,
                   fmt::format("unknown action {}", shown(name.empty() ? text : name)),
                   did_you_mean(near)),
            span, near);
  }

  Text read_unquoted() {
    const size_t begin = at_;
    at_ = std::min(text_.find(',', at_), text_.size());
    size_t end = at_;
    while (end > begin && is_space(static_cast<unsigned char>(text_[end - 1]))) --end;
    return source_.sub(begin, end);
  }

  /// At the opening apostrophe; goes past the closing one.
  Text read_quoted(bool& faulty) {
    const size_t open = at_++;
    Text value(source_.file());
    value.append(source_, at_, at_);
    while (true) {
      size_t stop = at_;
      while (stop < text_.size() && text_[stop] != '\'' && text_[stop] != '\\') ++stop;
      append(value, stop);
      if (at_end()) break;
      if (byte() == '\\') {
        read_escape(value);
        continue;
      }
      const size_t quote = at_++;
      if (ends_value(at_)) return value;
      // An apostrophe inside: the value ends at the next one that could end it.
      faulty = true;
      Diagnostic& diagnostic =
          report(diagnostics_, SyntaxCheck::bad_setvar_quoting, source_.span(quote, quote + 1),
                 "an apostrophe inside a quoted value ends it", "write \\' for an apostrophe");
      diagnostic.related.push_back({source_.span(open, open + 1), "the value begins here"});
      diagnostic.fix = Fix{"escape the apostrophe", false, {{source_.span(quote, quote), "\\"}}};
      skip_faulty();
      return value;
    }
    if (semantics_.open_quote_is_text) return source_.sub(open, text_.size());
    faulty = true;
    report(diagnostics_, SyntaxCheck::unterminated_quote, source_.span(open, open + 1),
           "the apostrophe that opens here is never closed", "close it before the next comma");
    return value;
  }

  bool ends_value(size_t at) const {
    while (at < text_.size() && is_space(static_cast<unsigned char>(text_[at]))) ++at;
    return at >= text_.size() || text_[at] == ',' || text_[at] == '\\';
  }

  void skip_faulty() {
    while (!at_end()) {
      at_ = std::min(text_.find('\'', at_), text_.size());
      if (at_end()) return;
      if (ends_value(++at_)) return;
    }
  }

  void read_escape(Text& value) {
    if (at_ + 1 >= text_.size()) return append(value, at_ + 1);
    const char next = text_[at_ + 1];
    const bool resolved = (next == '\'' && semantics_.unescape_operator_quote) ||
                          (next == '\\' && semantics_.unescape_operator_backslash);
    if (resolved) ++at_;
    append(value, at_ + (!resolved && (next == '\'' || next == '\\') ? 2 : 1));
  }

  void append(Text& value, size_t end) {
    value.append(source_, at_, end);
    at_ = end;
  }

  const Text& source_;
  std::string_view text_;
  const Semantics& semantics_;
  Diagnostics& diagnostics_;
  std::vector<ActionUse> actions_;
  size_t at_ = 0;
};

}  // namespace

std::vector<ActionUse> parse_actions(const Text& text, const Semantics& semantics,
                                     Diagnostics& diagnostics) {
  return ActionReader(text, semantics, diagnostics).read();
}

}  // namespace wafcheck::parser::inline ruleset
