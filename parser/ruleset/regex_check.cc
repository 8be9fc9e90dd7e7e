#include "parser/ruleset/regex_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "parser/base/ascii.h"
#include "parser/language/semantics.h"
#include "parser/regex/features.h"
#include "parser/regex/parse.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::parser::inline ruleset {

PcreOptions operator_regex_options(const Semantics& semantics) {
  PcreOptions options;
  options.dotall = true;
  options.multiline = semantics.multiline;
  options.dollar_endonly = !semantics.multiline;
  return options;
}

PcreOptions selector_regex_options() {
  PcreOptions options;
  options.caseless = true;
  options.dotall = true;
  options.dollar_endonly = true;
  return options;
}

bool check_regex(const Text& pattern, PcreOptions options, Diagnostics& diagnostics) {
  // Plain words are most of a long list of rules, and need no compiler.
  if (std::ranges::all_of(pattern.view(), [](char c) {
        return is_alnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == ' ';
      })) {
    return true;
  }
  const Result<Pcre> compiled = Pcre::compile(pattern.view(), options);
  if (compiled) return true;
  // PCRE2 stops after the byte that it could not take; the caret stands on it.
  const size_t at = std::min(compiled.error().at, pattern.size());
  const size_t begin = at == pattern.size() && at != 0 ? at - 1 : at;
  report(diagnostics, SyntaxCheck::invalid_regex, pattern.span(begin, begin + 1),
         fmt::format("invalid regular expression: {}", compiled.error().message));
  return false;
}

void check_linear_regex(const Text& pattern, PcreOptions options, const Semantics& semantics,
                        Diagnostics& diagnostics) {
  if (!semantics.linear_regex) return;
  const Result<regex::Tree> tree = regex::parse(pattern.view(), options);
  if (!tree) return;
  for (const regex::Use& use : regex::uses(*tree, pattern.view())) {
    if (regex::taken(use.feature, regex::Engine::go) != regex::Taken::no) continue;
    report(
        diagnostics, SyntaxCheck::invalid_regex, pattern.span(use.span.begin, use.span.end),
        fmt::format("this engine's regular expressions have no {}", regex::name_of(use.feature)));
    return;
  }
}

}  // namespace wafcheck::parser::inline ruleset
