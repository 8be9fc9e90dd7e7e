// Operators and their arguments, as of the seclang reference, section 1.4.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "parser/base/ascii.h"
#include "parser/base/net.h"
#include "parser/language/semantics.h"
#include "parser/ruleset/known_word.h"
#include "parser/ruleset/macro.h"
#include "parser/ruleset/regex_check.h"
#include "parser/ruleset/rule.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::parser::inline ruleset {
namespace {

bool space(char c) {
  return is_space(static_cast<unsigned char>(c));
}

std::optional<unsigned> number(std::string_view text, unsigned limit) {
  unsigned value = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || at != end || value > limit) return std::nullopt;
  return value;
}

void invalid(const Text& text, std::string_view part, std::string message, std::string help,
             Diagnostics& diagnostics) {
  const size_t begin = static_cast<size_t>(part.data() - text.view().data());
  report(diagnostics, SyntaxCheck::invalid_operator_argument, text.span(begin, begin + part.size()),
         std::move(message), std::move(help));
}

/// Calls `visit` with each element of a comma list, blanks around it included.
template <typename Visit>
void for_each_element(std::string_view list, Visit visit) {
  while (true) {
    const size_t comma = list.find(',');
    visit(list.substr(0, comma));
    if (comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

void check_byte_ranges(const Text& text, const Semantics& semantics, Diagnostics& diagnostics) {
  if (semantics.byte_range_lenient) return;
  for_each_element(text.view(), [&](std::string_view element) {
    const std::string_view range = trim(element);
    const size_t dash = range.find('-');
    const auto first = number(range.substr(0, dash), 255);
    const auto last = dash == std::string_view::npos ? first : number(range.substr(dash + 1), 255);
    if (first && last && *first <= *last) return;
    invalid(text, range.empty() ? element : range,
            fmt::format("{} is not a byte range", range.empty() ? "nothing" : shown(range)),
            "write numbers from 0 to 255 and ranges that go upward: 9,10,13,32-126", diagnostics);
  });
}

void check_networks(const Text& text, const Semantics& semantics, Diagnostics& diagnostics) {
  if (semantics.bad_ip_entries_skipped) return;
  if (semantics.ip_macros_load && text.view().find("%{") != std::string_view::npos) return;
  const auto complain = [&](std::string_view part, std::string message) {
    invalid(text, part, std::move(message),
            "write addresses and networks with commas between: 192.0.2.1,10.0.0.0/8,2001:db8::/32",
            diagnostics);
  };
  for_each_element(text.view(), [&](std::string_view element) {
    const std::string_view network = trim(element);
    if (network.empty()) return complain(element, "an address is missing here");
    const NetworkSyntax syntax{semantics.ip_slash_zero, semantics.ip_mask_tail};
    const Result<Network> parsed = parse_network(network, syntax);
    if (!parsed) {
      const size_t at = parsed.error().at;
      return complain(network.substr(at < network.size() ? at : 0), parsed.error().message);
    }
    const bool host = network.ends_with("/32") || network.ends_with("/128");
    if (host && semantics.ip_host_mask_is_error) {
      return complain(network, fmt::format("this engine takes no mask of one address"));
    }
    if (!semantics.ip_list_blanks && network.size() != element.size()) {
      complain(network, fmt::format("this engine takes no blanks beside {}", shown(network)));
    }
  });
}

/// An expression with macros is whole only when the rule runs. A malformed macro in one is no
/// mistake: %{2} is two percent signs.
void check_expression(const OperatorUse& use, const Semantics& semantics,
                      Diagnostics& diagnostics) {
  if (semantics.regex_macros && !use.text.literal()) return;
  const PcreOptions options = operator_regex_options(semantics);
  if (check_regex(use.argument, options, diagnostics)) {
    check_linear_regex(use.argument, options, semantics, diagnostics);
  } else if (semantics.bad_regex_loads) {
    diagnostics.back().severity = Severity::warning;
    diagnostics.back().effect = Effect::dropped;
  }
}

/// Splits the argument at its macros, where the operator expands them. What is malformed in them
/// counts only in a text.
void split_argument(OperatorUse& use, const Semantics& semantics, Diagnostics& diagnostics) {
  const OperatorInfo& row = info(use.id);
  if (!row.macro) return;
  const bool text = row.form != OperatorForm::Expression && row.form != OperatorForm::Substitution;
  Diagnostics ignored;
  use.text = parse_macros(use.argument, semantics, text ? diagnostics : ignored);
}

void read_argument(OperatorUse& use, const Semantics& semantics, Diagnostics& diagnostics) {
  split_argument(use, semantics, diagnostics);
  switch (info(use.id).form) {
    case OperatorForm::Expression:
      return check_expression(use, semantics, diagnostics);
    case OperatorForm::ByteRanges:
      return check_byte_ranges(use.argument, semantics, diagnostics);
    case OperatorForm::Networks:
      return check_networks(use.argument, semantics, diagnostics);
    case OperatorForm::None:
    case OperatorForm::Text:
    case OperatorForm::Number:
    case OperatorForm::Words:
    case OperatorForm::CountryExpression:
    case OperatorForm::Substitution:
    case OperatorForm::Phrases:
    case OperatorForm::PhraseFiles:
    case OperatorForm::PhraseDataset:
    case OperatorForm::NetworkFile:
    case OperatorForm::NetworkDataset:
    case OperatorForm::SchemaFile:
    case OperatorForm::PathTemplate:
    case OperatorForm::External:
      return;
  }
}

/// `beginsWith /x` for `@beginsWith /x`: a name in mixed case that prose does not begin with.
bool lacks_sign(std::string_view text) {
  const std::string_view word = text.substr(0, text.find_first_of(" \t"));
  const auto upper = [](char c) { return is_upper(static_cast<unsigned char>(c)); };
  if (!std::ranges::any_of(word, upper)) return false;
  const std::optional<Operator> id = find_operator(word);
  return id && info(*id).name == word;
}

/// Whether `name` is the operator's name or alias as the tables spell it.
bool is_spelled(Operator id, std::string_view name) {
  return info(id).name == name || std::ranges::any_of(aliases(), [&](const Alias& alias) {
           return alias.name == name && alias.target == info(id).name;
         });
}

/// What libmodsecurity does not take for an operator: a name that it does not have, and one that
/// takes no argument, with one. (@geoLookup it takes for another.)
bool is_odd(Operator id, bool argued) {
  const OperatorInfo& row = info(id);
  if (id == Operator::noMatch || id == Operator::restpath || id == Operator::validateNid)
    return true;
  return argued && row.argument == Argument::None && id != Operator::geoLookup;
}

/// What ModSecurity 2 takes without an argument, as if it were empty.
bool may_lack_argument(Operator id) {
  switch (info(id).form) {
    case OperatorForm::Text:
      return id != Operator::strmatch;
    case OperatorForm::Number:
    case OperatorForm::Words:
    case OperatorForm::Networks:
    case OperatorForm::ByteRanges:
    case OperatorForm::SchemaFile:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::optional<OperatorUse> parse_operator(const Text& text, const Semantics& semantics,
                                          Diagnostics& diagnostics) {
  const std::string_view bytes = text.view();
  OperatorUse use;
  use.span = text.span();
  if (bytes.ends_with('%') && semantics.lone_percent_is_error) {
    report(diagnostics, SyntaxCheck::invalid_operator_argument,
           text.span(bytes.size() - 1, bytes.size()),
           "this engine takes a % at the end and the quote behind it for text");
  }
  size_t at = 0;
  if (bytes.starts_with('!')) {
    use.negated = true;
    size_t next = 1;
    while (next < bytes.size() && space(bytes[next])) ++next;
    // libmodsecurity takes a blank after the ! for the beginning of an expression.
    const bool named = bytes.substr(next).starts_with('@') && !semantics.unknown_operator_is_regex;
    at = named || semantics.trim_after_negation ? next : 1;
  }
  const auto as_expression = [&] {
    use.id = Operator::rx;
    use.implicit = true;
    use.argument = text.sub(at);
    use.name = text.span(at, at);
    read_argument(use, semantics, diagnostics);
    return use;
  };
  if (!bytes.substr(at).starts_with('@')) {
    if (lacks_sign(bytes.substr(at))) {
      const std::string_view word = bytes.substr(at, bytes.substr(at).find_first_of(" \t"));
      const Span span = text.span(at, at + word.size());
      suggest(
          report(diagnostics, SyntaxCheck::unknown_operator, span,
                 fmt::format("without an @, {} is a regular expression and not the operator", word),
                 fmt::format("write @{}", word)),
          span, fmt::format("@{}", word));
    }
    return as_expression();
  }

  size_t end = at + 1;
  while (end < bytes.size() && !space(bytes[end])) ++end;
  const std::string_view name = bytes.substr(at + 1, end - at - 1);
  use.name = text.span(at, end);
  std::optional<Operator> id = known(find_operator(name), semantics);
  if (id && semantics.operator_case && !is_spelled(*id, name)) id.reset();
  if (!id) {
    if (semantics.unknown_operator_is_regex) return as_expression();
    const std::string_view near = nearest_operator(name);
    suggest(report(diagnostics, SyntaxCheck::unknown_operator, use.name,
                   name.empty() ? std::string("an operator's name is missing after the @")
                                : fmt::format("unknown operator @{}", shown(name)),
                   did_you_mean(near)),
            text.span(at + 1, end), near);
    return std::nullopt;
  }
  const bool argued = trim(bytes.substr(std::min(end, bytes.size()))) != "";
  if (semantics.odd_operators_are_regex && is_odd(*id, argued)) return as_expression();
  use.id = *id;
  if (info(use.id).support == Support::Rejected) {
    report(diagnostics, SyntaxCheck::unsupported_feature, use.name,
           fmt::format("@{} cannot be evaluated without a server", name));
  }

  size_t begin = std::min(end + 1, bytes.size());
  size_t stop = bytes.size();
  if (semantics.trim_argument_start) {
    while (begin < stop && space(bytes[begin])) ++begin;
  }
  if (semantics.trim_argument_end) {
    while (stop > begin && space(bytes[stop - 1])) --stop;
  }
  use.argument = text.sub(begin, stop);
  if (use.argument.empty()) {
    const OperatorForm form = info(use.id).form;
    const bool may_lack = (form == OperatorForm::ByteRanges && semantics.byte_range_none_matches) ||
                          (form == OperatorForm::Expression && semantics.rx_may_be_empty) ||
                          (semantics.arguments_may_lack && may_lack_argument(use.id));
    if (info(use.id).argument == Argument::Required && !may_lack) {
      report(diagnostics, SyntaxCheck::invalid_operator_argument, use.name,
             fmt::format("@{} needs an argument", name), std::string(info(use.id).doc));
    }
    return use;
  }
  read_argument(use, semantics, diagnostics);
  return use;
}

std::vector<std::pair<size_t, size_t>> data_file_names(const OperatorUse& use,
                                                       const Semantics& semantics) {
  const OperatorForm form = info(use.id).form;
  const bool phrases = form == OperatorForm::PhraseFiles;
  const bool one = form == OperatorForm::NetworkFile || form == OperatorForm::SchemaFile ||
                   (phrases && !semantics.several_phrase_files);
  const std::string_view names = use.argument.view();
  std::vector<std::pair<size_t, size_t>> places;
  if (one && !names.empty()) places.emplace_back(0, names.size());
  if (one || !phrases) return places;
  for (size_t at = names.find_first_not_of(" \t"); at < names.size();) {
    const size_t end = std::min(names.find_first_of(" \t", at), names.size());
    places.emplace_back(at, end);
    at = names.find_first_not_of(" \t", end);
  }
  return places;
}

}  // namespace wafcheck::parser::inline ruleset
