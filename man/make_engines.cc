// Writes wafcheck-engines.7, the points on which the engines differ and what the default profile
// makes of each, from the table that decides them.

#include <fmt/format.h>

#include <cstdio>
#include <string>

#include "parser/language/points.h"
#include "parser/language/semantics.h"
#include "roff.h"

namespace {

using namespace wafcheck::parser;

/// A value as it stands in the table, as words: "true", "Numbers::saturating", "30'013'100".
std::string words(std::string_view value) {
  if (const size_t colons = value.rfind(':'); colons != value.npos) value.remove_prefix(colons + 1);
  if (value == "true") return "yes";
  if (value == "false") return "no";
  std::string text;
  for (const char byte : value) {
    if (byte == '\'') continue;
    text += byte == '_' ? ' ' : byte;
  }
  return text;
}

/// "no; yes from 3.0.13"
std::string over_versions(const SemanticsPoint& point, Profile profile) {
  std::string text = words(point.columns[static_cast<size_t>(profile)]);
  for (const SemanticsChange& change : semantics_changes()) {
    if (change.field != point.field || change.engine.profile != profile) continue;
    text += fmt::format("; {} from {}", words(change.value), to_string(change.engine.version));
  }
  return text;
}

}  // namespace

int main() {
  fmt::print(
      ".Dd November 29, 2026\n.Dt WAFCHECK-ENGINES 7\n.Os\n.Sh NAME\n.Nm wafcheck-engines\n"
      ".Nd where ModSecurity 2, ModSecurity 3 and Coraza differ, and what wafcheck does\n"
      ".Sh DESCRIPTION\n"
      "With\n.Fl -engine\n"
      "rules are evaluated as one engine does at one version:\n"
      ".Cm modsecurity2 ,\n.Cm modsecurity3\nor\n.Cm coraza ,\n"
      "with a version after an at sign, as in\n.Cm modsecurity3@3.0.9 .\n"
      "Without it the default profile holds, which is no engine: on each point it does what most\n"
      "engines do, or else what the reason given with the point says.\n.Pp\n"
      "These versions are modelled; another one is evaluated as the next older of them:\n"
      ".Bl -bullet -compact\n");
  for (const Semantics& semantics : all_semantics()) {
    if (semantics.profile == Profile::standard) continue;
    fmt::print(".It\n{} {}\n", to_string(semantics.profile), to_string(semantics.version));
  }
  fmt::print(
      ".El\n.Sh POINTS\n"
      "Each with what it decides, then the answer of the default profile and of each engine.\n"
      ".Bl -tag -width Ds\n");
  for (const SemanticsPoint& point : semantics_points()) {
    fmt::print(
        ".It Sy {}\n{}.\n.br\nDefault: {}.\nModSecurity 2: {}.\nModSecurity 3: {}.\nCoraza: {}.\n",
        point.field, escaped(point.doc), escaped(words(point.columns[0])),
        escaped(over_versions(point, Profile::modsecurity2)),
        escaped(over_versions(point, Profile::modsecurity3)),
        escaped(over_versions(point, Profile::coraza)));
    if (!point.reason.empty()) fmt::print(".br\nThe default: {}.\n", escaped(point.reason));
  }
  fmt::print(".El\n.Sh SEE ALSO\n.Xr wafcheck 1 ,\n.Xr seclang 7\n");
  return std::ferror(stdout) == 0 ? 0 : 1;
}
