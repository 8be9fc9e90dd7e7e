#include "parser/regex/features.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "parser/base/ascii.h"

namespace wafcheck::parser::regex {
namespace {

struct Row {
  std::string_view name;
  std::array<Taken, 4> engines;
};

constexpr auto kRows = [] {
  using enum Taken;
  return std::to_array<Row>({
#define WAFCHECK_REGEX_FEATURE(id, name, re2, go, rust, hyperscan) \
  Row{name, {re2, go, rust, hyperscan}},
#include "parser/regex/features.def"
#undef WAFCHECK_REGEX_FEATURE
  });
}();

constexpr uint32_t kMaxRepeatElsewhere = 1000;

class Finder {
 public:
  Finder(const Tree& tree, std::string_view pattern) : tree_(tree), pattern_(pattern) {}

  std::vector<Use> run() {
    for (const Node& node : tree_.nodes()) visit(node);
    for (const Escape& escape : tree_.escapes()) visit(escape);
    for (const Mark& mark : tree_.marks()) visit(mark);
    const auto key = [](const Use& use) {
      return std::tuple(use.span.begin, use.span.end, use.feature);
    };
    std::ranges::sort(found_, {}, key);
    const auto again = std::ranges::unique(found_);
    found_.erase(again.begin(), again.end());
    return std::move(found_);
  }

 private:
  void add(Feature feature, Span span) { found_.push_back({feature, span}); }
  std::string_view text(Span span) const {
    return pattern_.substr(span.begin, span.end - span.begin);
  }

  void visit(const Node& node) {
    switch (node.kind) {
      case Kind::look:
        return add(node.behind ? Feature::look_behind : Feature::look_ahead, node.span);
      case Kind::back_reference:
        return add(Feature::back_reference, node.span);
      case Kind::repeat:
        if (node.greed == Greed::possessive) add(Feature::possessive, node.quantifier);
        if (std::max(node.min, node.max == kUnlimited ? 0 : node.max) > kMaxRepeatElsewhere) {
          add(Feature::large_repeat, node.quantifier);
        }
        return;
      case Kind::group:
        return group(node);
      case Kind::conditional:
        return add(Feature::conditional, node.span);
      case Kind::call:
        return add(Feature::recursion, node.span);
      case Kind::verb:
        return add(Feature::verb, node.span);
      case Kind::reset_start:
        return add(Feature::reset_start, node.span);
      case Kind::assertion:
        return assertion(node);
      case Kind::opaque:
        if (text(node.span) == "\\R") add(Feature::line_break, node.span);
        if (text(node.span) == "\\X") add(Feature::grapheme, node.span);
        return;
      case Kind::set:
        return set(node);
      case Kind::options:
        return options(node.span);
      default:
        return;
    }
  }

  void group(const Node& node) {
    switch (node.group) {
      case GroupForm::capture:
        add(Feature::capture, node.span);
        if (node.name_form == NameForm::angle) add(Feature::named_group, node.span);
        if (node.name_form == NameForm::p_angle) add(Feature::named_group_p, node.span);
        if (node.name_form == NameForm::quote) add(Feature::named_group_quote, node.span);
        return;
      case GroupForm::plain:
        return options({node.span.begin, tree_[tree_.child(node)].span.begin});
      case GroupForm::atomic:
        return add(Feature::atomic_group, node.span);
      case GroupForm::branch_reset:
        return add(Feature::branch_reset, node.span);
      case GroupForm::script_run:
        return add(Feature::script_run, node.span);
    }
  }

  void assertion(const Node& node) {
    const std::string_view written = text(node.span);
    if (node.assertion == Assertion::match_start) add(Feature::match_start, node.span);
    if (written == "\\Z") add(Feature::subject_end_line, node.span);
    if (written.starts_with("[[:")) add(Feature::word_edge, node.span);
  }

  /// (?i) or (?i: up to the colon, and callouts.
  void options(Span span) {
    std::string_view letters = text(span);
    if (letters.starts_with("(?C")) return add(Feature::callout, span);
    letters = letters.substr(0, letters.find(':'));
    const std::string_view on = letters.substr(0, letters.find('-'));
    if (on.find('x') != std::string_view::npos) add(Feature::extended, span);
    if (letters.find_first_of("nJ^") != std::string_view::npos ||
        letters.find("xx") != std::string_view::npos) {
      add(Feature::other_option, span);
    }
  }

  void type(std::string_view written, Span span) {
    if (written.size() < 2) return;
    switch (written[1]) {
      case 'h':
      case 'H':
        return add(Feature::horizontal_space, span);
      case 'v':
        return add(Feature::vertical_space, span);
      case 'V':
        return add(Feature::not_vertical_space, span);
      case 'C':
        return add(Feature::single_byte, span);
      case 'N':
        return add(Feature::not_line_feed, span);
      case 'p':
      case 'P':
        return add(Feature::property, span);
      default:
        return;
    }
  }

  void set(const Node& node) {
    const Class& c = tree_.class_of(node);
    if (c.form == ClassForm::escape) return type(text(node.span), node.span);
    if (c.form != ClassForm::bracket) return;
    const ClassItem* before = nullptr;
    for (const ClassItem& item : tree_.items(c)) {
      const std::string_view written = text(item.span);
      if (item.form == ItemForm::escape) type(written, item.span);
      if (item.form == ItemForm::single && written == "[") {
        add(Feature::class_bracket, item.span);
      }
      // An operator is the same punctuation twice.
      if (before != nullptr && before->form == ItemForm::single && written.size() == 1 &&
          text(before->span) == written && std::string_view("&~-").contains(written)) {
        add(Feature::class_operator, {before->span.begin, item.span.end});
      }
      before = &item;
    }
  }

  void visit(const Escape& escape) {
    const std::string_view written = text(escape.span);
    switch (escape.form) {
      case EscapeForm::identity:
        if (escape.byte >= 0x80) return add(Feature::escaped_byte, escape.span);
        if (escape.byte == '<' || escape.byte == '>') add(Feature::escaped_angle, escape.span);
        if (needless(escape)) add(Feature::needless_escape, escape.span);
        return;
      case EscapeForm::letter:
        if (written == "\\e") add(Feature::escape_e, escape.span);
        if (written == "\\b") add(Feature::class_backspace, escape.span);
        return;
      case EscapeForm::control:
        return add(Feature::control_escape, escape.span);
      case EscapeForm::octal:
        return add(Feature::octal, escape.span);
      case EscapeForm::octal_braced:
        return add(Feature::octal_braced, escape.span);
      case EscapeForm::hex:
        if (written.size() < 4) add(Feature::short_hex, escape.span);
        return;
      case EscapeForm::hex_braced:
        return;
    }
  }

  static bool needless(const Escape& escape) {
    if (escape.byte < 0x21 || escape.byte == 0x7f) return false;  // means a byte one cannot see
    const std::string_view needed = escape.in_class ? "\\]^-[&~" : "\\^$.[]|()?*+{}#";
    return !needed.contains(static_cast<char>(escape.byte));
  }

  void visit(const Mark& mark) {
    switch (mark.kind) {
      case MarkKind::comment:
        return add(Feature::comment, mark.span);
      case MarkKind::quote:
        return add(Feature::quote, mark.span);
      case MarkKind::open_brace:
        return add(Feature::literal_brace, mark.span);
      case MarkKind::close_brace:
        return;
      case MarkKind::start_option:
        return add(Feature::start_option, mark.span);
    }
  }

  const Tree& tree_;
  std::string_view pattern_;
  std::vector<Use> found_;
};

}  // namespace

std::string_view name_of(Feature feature) {
  return kRows[std::to_underlying(feature)].name;
}

Taken taken(Feature feature, Engine engine) {
  return kRows[std::to_underlying(feature)].engines[std::to_underlying(engine)];
}

std::vector<Use> uses(const Tree& tree, std::string_view pattern) {
  return Finder(tree, pattern).run();
}

}  // namespace wafcheck::parser::regex
