// The check on classes that hardly mean what they say.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "lint/check.h"
#include "lint/regex/expressions.h"
#include "parser/ascii.h"
#include "parser/syntax_checks.h"

namespace wafcheck::lint {
namespace {

using parser::Rule;
using regex::ByteSet;
using regex::Class;
using regex::ClassItem;
using regex::ItemForm;
using regex::Node;
using regex::Tree;

/// What is odd about a class, and where in the expression.
struct Oddity {
  regex::Span span;
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
    return Oddity{item.span,
                  fmt::format("{} also holds [ \\ ] ^ _ and `, which stand between Z and a", range),
                  all ? "write A-Za-z" : "write two ranges", false,
                  all ? std::optional<std::string>("A-Za-z") : std::nullopt};
  }
  const bool digit_to_letter = is_digit(low) && is_alpha(high);
  // 0-: is what tools make of [0-9:].
  const bool out_of_letters =
      is_alnum(low) && low != '0' && !is_alnum(high) && high < 0x7f && high != '~' && high != '}';
  const bool into_letters =
      !is_alnum(low) && low > '!' && is_alnum(high) && high != '9' && high != 'Z' && high != 'z';
  if (digit_to_letter || out_of_letters || into_letters) {
    return Oddity{item.span,
                  fmt::format("{} is a range across letters, digits and what stands between them",
                              parser::shown(range)),
                  "write a range for each, and \\- for a hyphen", false, std::nullopt};
  }
  if (!is_alnum(low) && !is_alnum(high) && low < '-' && high > '-' && high - low <= 8) {
    return Oddity{
        item.span,
        fmt::format("{} is a range of {} bytes, not {} and {} with a hyphen between",
                    parser::shown(range), high - low + 1, parser::shown(range.substr(0, 1)),
                    parser::shown(range.substr(range.size() - 1))),
        "write \\- for a hyphen, or put it last", false, std::nullopt};
  }
  return std::nullopt;
}

/// A bar that was to separate alternatives: [a|b].
std::optional<Oddity> odd_bar(std::span<const ClassItem> items, size_t at, std::string_view text) {
  if (at == 0 || at + 1 >= items.size() || written(items[at], text) != "|") return std::nullopt;
  if (!is_wordy(items[at - 1]) || !is_wordy(items[at + 1])) return std::nullopt;
  return Oddity{items[at].span, "| in a class is a bar, and separates nothing",
                "remove it, or write (?:a|b)", false, ""};
}

/// A member that others of the class make needless. Letters that only case folding adds count not.
std::optional<Oddity> needless(std::span<const ClassItem> items, size_t at, std::string_view text) {
  const ClassItem& item = items[at];
  const ByteSet own = members_of(item);
  for (size_t i = 0; i < items.size(); ++i) {
    if (i == at) continue;
    const ByteSet other = members_of(items[i]);
    if (!other.includes(own) || (other == own && i > at)) continue;
    // Rules for httpd, which takes a backslash away, have it twice.
    if (own == ByteSet::of("\\")) continue;
    // [\s\x0b] is for engines whose \s leaves the byte out.
    if (item.escaped && items[i].form == ItemForm::escape) continue;
    return Oddity{
        item.span,
        fmt::format("{} is in the class already, with {}", parser::shown(written(item, text)),
                    parser::shown(written(items[i], text))),
        "remove one of the two", true, ""};
  }
  return std::nullopt;
}

constexpr size_t kMostItems = 512;  ///< of a class that is compared pairwise

std::vector<Oddity> oddities(std::span<const ClassItem> items, std::string_view text) {
  std::vector<Oddity> found;
  for (size_t i = 0; i < items.size(); ++i) {
    std::optional<Oddity> odd = odd_range(items[i], text);
    if (!odd) odd = odd_bar(items, i, text);
    if (!odd && items.size() <= kMostItems) odd = needless(items, i, text);
    if (odd) found.push_back(std::move(*odd));
  }
  // One finding a class will do if all are minor; what is beside a worse one may follow from it.
  const auto worse = std::ranges::find(found, false, &Oddity::minor);
  if (worse != found.end()) {
    std::erase_if(found, [](const Oddity& odd) { return odd.minor; });
  } else if (found.size() > 1) {
    found.resize(1);
  }
  return found;
}

}  // namespace

void regex_suspicious_class(const Context& context, Findings& found) {
  for (const Expression& expression : context.expressions().all()) {
    if (!expression.tree) continue;
    const Tree& tree = *expression.tree;
    for (const Node& node : tree.nodes()) {
      if (node.kind != regex::Kind::set) continue;
      const Class& c = tree.class_of(node);
      if (c.form != regex::ClassForm::bracket) continue;
      for (const Oddity& odd : oddities(tree.items(c), expression.text)) {
        for (const Rule* rule : expression.rules) {
          const parser::Span span = place_of(*rule, odd.span);
          parser::Diagnostic& finding =
              found.add(Check::regex_suspicious_class, *rule, span, odd.message, odd.help);
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

}  // namespace wafcheck::lint
