#include "parser/ruleset/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "parser/base/ascii.h"
#include "parser/ruleset/action_values.h"
#include "parser/ruleset/regex_check.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::parser::inline ruleset {
namespace {

class SettingReader {
 public:
  SettingReader(const DirectiveNode& node, const DirectiveInfo& row, const Semantics& semantics,
                Diagnostics& diagnostics)
      : node_(node), row_(row), semantics_(semantics), diagnostics_(diagnostics) {}

  /// False: reported.
  bool read(Setting& setting) {
    switch (row_.form) {
      case DirectiveForm::Nothing:
        return count(0, 0);
      case DirectiveForm::Choice:
        return count(1, 1) && check_choice();
      case DirectiveForm::Number:
        return count(1, 1) && read_number(0, setting.number);
      case DirectiveForm::Octal:
        return count(1, 1) && read_octal(setting.number);
      case DirectiveForm::Character:
        return count(1, 1) && check_character();
      case DirectiveForm::Regex:
        return count(1, 1) && check_expression();
      case DirectiveForm::Words:
        return count(1, kMany);
      case DirectiveForm::MapFile:
        return count(2, 2) && read_number(1, setting.number);
      default:
        return count(1, 1) && check_text();
    }
  }

 private:
  static constexpr size_t kMany = SIZE_MAX;

  bool count(size_t least, size_t most) {
    return check_argument_count(node_, row_, least, most, diagnostics_);
  }
  const ArgumentNode& argument(size_t at) const { return node_.arguments[at]; }
  std::string_view text(size_t at) const { return argument(at).text.view(); }

  void fail(size_t at, std::string message, std::string help) {
    report(diagnostics_, SyntaxCheck::invalid_directive_argument, argument(at).span,
           std::move(message), std::move(help));
  }

  bool check_choice() {
    if (!find_choice(row_.arguments, text(0)).empty()) return true;
    const std::string near = nearest_choice(row_.arguments, text(0));
    fail(0, fmt::format("{} does not know {}", row_.name, shown(text(0))),
         fmt::format("write {}{}{}", choices_for_people(row_.arguments), near.empty() ? "" : "; ",
                     near));
    return false;
  }

  bool read_number(size_t at, int64_t& number) {
    const std::optional<uint64_t> value = parse_number(text(at));
    // "0-9" in the table bounds a number; anything else there says what it counts.
    const std::string_view synopsis = row_.arguments;
    const size_t dash = synopsis.find('-');
    const uint64_t most = dash == std::string_view::npos
                              ? INT64_MAX
                              : parse_number(synopsis.substr(dash + 1)).value_or(INT64_MAX);
    if (value && *value <= most) {
      number = static_cast<int64_t>(*value);
      return true;
    }
    fail(at, fmt::format("{} wants a number, not {}", row_.name, shown(text(at))),
         fmt::format("write {} {}", row_.name, row_.arguments));
    return false;
  }

  bool read_octal(int64_t& number) {
    if (iequals(text(0), "default")) {
      number = -1;
      return true;
    }
    const char* const end = text(0).data() + text(0).size();
    const auto [at, error] = std::from_chars(text(0).data(), end, number, 8);
    if (error == std::errc() && at == end && 0 <= number && number <= 07777) return true;
    fail(0, fmt::format("{} is not an octal mode", shown(text(0))),
         fmt::format("write {} 0640, or default", row_.name));
    return false;
  }

  bool check_character() {
    if (text(0).size() == 1) return true;
    fail(0, fmt::format("{} wants a single character, not {}", row_.name, shown(text(0))),
         fmt::format("write {} &", row_.name));
    return false;
  }

  bool check_expression() {
    return check_regex(argument(0).text, operator_regex_options(semantics_), diagnostics_);
  }

  bool check_text() {
    if (row_.id == Directive::SecAuditLogParts) {
      const bool parts = !text(0).empty() && std::ranges::all_of(text(0), [](char c) {
        return is_alpha(static_cast<unsigned char>(c));
      });
      if (parts) return true;
      fail(0, fmt::format("{} does not name parts of the audit log", shown(text(0))),
           "write letters from A to Z, such as ABIJDEFHZ");
      return false;
    }
    if (!text(0).empty()) return true;
    fail(0, fmt::format("the argument of {} is empty", row_.name),
         fmt::format("write {} {}", row_.name, row_.arguments));
    return false;
  }

  const DirectiveNode& node_;
  const DirectiveInfo& row_;
  const Semantics& semantics_;
  Diagnostics& diagnostics_;
};

/// Whether a word begins with a typographic quote, which people paste for a real one.
bool typographic(std::string_view word) {
  return word.starts_with("\xE2\x80\x9C") || word.starts_with("\xE2\x80\x9D") ||
         word.starts_with("\xE2\x80\x98") || word.starts_with("\xE2\x80\x99");
}

}  // namespace

bool check_argument_count(const DirectiveNode& node, const DirectiveInfo& row, size_t least,
                          size_t most, Diagnostics& diagnostics) {
  const size_t count = node.arguments.size();
  if (least <= count && count <= most) return true;
  const auto odd = std::ranges::find_if(node.arguments, [](const ArgumentNode& argument) {
    return typographic(argument.text.view());
  });
  const std::string help = odd != node.arguments.end()
                               ? std::string("write \" for each typographic quote")
                               : fmt::format("write {} {}", row.name, row.arguments);
  if (count < least) {
    report(diagnostics, SyntaxCheck::invalid_directive_argument, node.name_span,
           count == 0 ? fmt::format("{} needs an argument", row.name)
                      : fmt::format("{} needs {} arguments and has {}", row.name, least, count),
           help);
    return false;
  }
  const ArgumentNode& extra = node.arguments[most];
  report(diagnostics, SyntaxCheck::invalid_directive_argument, extra.span,
         most == 0 ? fmt::format("{} takes no argument, but {} follows", row.name,
                                 shown(extra.text.view()))
                   : fmt::format("{} takes {} argument{}, but {} follows too", row.name, most,
                                 most == 1 ? "" : "s", shown(extra.text.view())),
         help);
  return false;
}

std::optional<Setting> read_setting(const DirectiveNode& node, const DirectiveInfo& row,
                                    const Semantics& semantics, Diagnostics& diagnostics) {
  Setting setting;
  setting.id = row.id;
  setting.span = node.span;
  if (!SettingReader(node, row, semantics, diagnostics).read(setting)) return std::nullopt;
  for (const ArgumentNode& argument : node.arguments) setting.arguments.push_back(argument.text);
  return setting;
}

}  // namespace wafcheck::parser::inline ruleset
