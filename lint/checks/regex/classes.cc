// The check on suspicious classes.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "lint/analysis/expressions.h"
#include "lint/checks/check.h"
#include "parser/base/ascii.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Rule;
using parser::regex::ByteSet;
using parser::regex::Class;
using parser::regex::ClassItem;
using parser::regex::ItemForm;
using parser::regex::Node;
using parser::regex::Tree;

/// A suspicious part of a class, and its position in the expression.
struct Oddity {
  parser::regex::Span span;
  std::string message;
  std::string help;
  bool minor = false;
  std::optional<std::string> replacement;
};

/// A member as written, before case folding.
ByteSet members_of(const ClassItem& item) {
  if (item.form == ItemForm::single) return ByteSet::range(item.low, item.low);
  if (item.form == ItemForm::range) return ByteSet::range(item.low, item.high);
  return item.set;
}

std::string_view written(const ClassItem& item, std::string_view text) {
  return text.substr(item.span.begin, item.span.end - item.span.begin);
}

/// A letter or digit, or a range or type of them.
bool is_wordy(const ClassItem& item) {
  if (item.form == ItemForm::escape || item.form == ItemForm::posix) {
    return item.set.contains('a') || item.set.contains('0');
  }
  return is_alnum(item.low);
}

std::optional<Oddity> odd_range(const ClassItem& item, std::string_view text) {
  if (item.form != ItemForm::range || item.escaped) return std::nullopt;
  const uint8_t low = item.low;
  const uint8_t high = item.high;
  const std::string_view range = written(item, text);
  if (is_upper(low) && is_lower(high)) {
    const bool all = low == 'A' && high == 'z';
    return Oddity{
        item.span,
        fmt::format("{} also contains [ \\ ] ^ _ and `, which are between Z and a", range),
        all ? "write A-Za-z" : "write two ranges", false,
        all ? std::optional<std::string>("A-Za-z") : std::nullopt};
  }
  const bool digit_to_letter = is_digit(low) && is_alpha(high);
  // Tools optimise [0-9:] to [0-:].
  const bool out_of_letters =
      is_alnum(low) && low != '0' && !is_alnum(high) && high < 0x7f && high != '~' && high != '}';
  const bool into_letters =
      !is_alnum(low) && low > '!' && is_alnum(high) && high != '9' && high != 'Z' && high != 'z';
  if (digit_to_letter || out_of_letters || into_letters) {
    return Oddity{item.span,
                  fmt::format("{} is a range over letters, digits and the bytes between them",
                              parser::shown(range)),
                  "write one range for each, and \\- for a hyphen", false, std::nullopt};
  }
  if (!is_alnum(low) && !is_alnum(high) && low < '-' && high > '-' && high - low <= 8) {
    return Oddity{
        item.span,
        fmt::format("{} is a range of {} bytes, not {} or {} or a hyphen", parser::shown(range),
                    high - low + 1, parser::shown(range.substr(0, 1)),
                    parser::shown(range.substr(range.size() - 1))),
        "write \\- for a hyphen, or put it last", false, std::nullopt};
  }
  return std::nullopt;
}

/// A | that was meant to separate alternatives: [a|b].
std::optional<Oddity> odd_bar(std::span<const ClassItem> items, size_t at, std::string_view text) {
  if (at == 0 || at + 1 >= items.size() || written(items[at], text) != "|") return std::nullopt;
  if (!is_wordy(items[at - 1]) || !is_wordy(items[at + 1])) return std::nullopt;
  return Oddity{items[at].span, "| in a class is a plain byte and separates nothing",
                "remove it, or write (?:a|b)", false, ""};
}

/// A member that other members already cover. Letters that only case folding adds do not count.
std::optional<Oddity> needless(std::span<const ClassItem> items, size_t at, std::string_view text) {
  const ClassItem& item = items[at];
  const ByteSet own = members_of(item);
  for (size_t i = 0; i < items.size(); ++i) {
    if (i == at) continue;
    const ByteSet other = members_of(items[i]);
    if (!other.includes(own) || (other == own && i > at)) continue;
    // Rules for httpd, which removes a backslash, have it twice.
    if (own == ByteSet::of("\\")) continue;
    // The bytes of characters beyond ASCII are members one by one.
    if (item.form == ItemForm::single && item.low >= 0x80 && !item.escaped) {
      return Oddity{item.span,
                    "a class holds bytes: those of a character beyond ASCII count one by one",
                    "write the characters as alternatives, (?:a|b)", true, std::nullopt};
    }
    // [\s\x0b] is for engines whose \s leaves the byte out.
    if (item.escaped && items[i].form == ItemForm::escape) continue;
    return Oddity{
        item.span,
        fmt::format("{} is already in the class, as part of {}", parser::shown(written(item, text)),
                    parser::shown(written(items[i], text))),
        "remove one of the two", true, ""};
  }
  return std::nullopt;
}

constexpr size_t kMostItems = 512;  ///< of a class that is compared pairwise

std::vector<Oddity> oddities(std::span<const ClassItem> items, std::string_view text) {
  std::vector<Oddity> oddities;
  for (size_t i = 0; i < items.size(); ++i) {
    std::optional<Oddity> odd = odd_range(items[i], text);
    if (!odd) odd = odd_bar(items, i, text);
    if (!odd && items.size() <= kMostItems) odd = needless(items, i, text);
    if (odd) oddities.push_back(std::move(*odd));
  }
  // Report one oddity if all are minor; next to a worse one, minor ones may only be its effects.
  const auto worse = std::ranges::find(oddities, false, &Oddity::minor);
  if (worse != oddities.end()) {
    std::erase_if(oddities, [](const Oddity& odd) { return odd.minor; });
  } else if (oddities.size() > 1) {
    oddities.resize(1);
  }
  return oddities;
}

}  // namespace

void regex_suspicious_class(const Context& context, Findings& findings) {
  for (const Expression& expression : context.expressions().all()) {
    if (!expression.tree) continue;
    const Tree& tree = *expression.tree;
    for (const Node& node : tree.nodes()) {
      if (node.kind != parser::regex::Kind::set) continue;
      const Class& c = tree.class_of(node);
      if (c.form != parser::regex::ClassForm::bracket) continue;
      for (const Oddity& odd : oddities(tree.items(c), expression.text)) {
        for (const Rule* rule : expression.rules) {
          const parser::Span span = place_of(*rule, odd.span);
          parser::Diagnostic& finding =
              findings.add(Check::regex_suspicious_class, *rule, span, odd.message, odd.help);
          if (odd.minor) finding.severity = parser::Severity::info;
          if (odd.replacement) {
            finding.fix = parser::Fix{odd.replacement->empty() ? "remove it" : odd.help,
                                      false,
                                      {{span, *odd.replacement}}};
          }
        }
      }
    }
  }
}

}  // namespace wafcheck::lint::inline checks
