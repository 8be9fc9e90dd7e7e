// Writes seclang.7, the reference of the language, from the tables that the parser and the engine
// use.

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <string_view>

#include "parser/language/language.h"
#include "roff.h"
#include "words.h"

namespace {

using namespace wafcheck;

void section(std::string_view title, std::string_view intro) {
  fmt::print(".Sh {}\n{}\n.Bl -tag -width Ds\n", title, intro);
}
void end_section() {
  fmt::print(".El\n");
}

void item(const man::Word& word) {
  fmt::print(".It Ic {}{}{}\n{}\n", word.name, word.syntax.empty() ? "" : " Ar ",
             escaped(word.syntax), escaped(word.doc));
  for (const std::string& note : word.notes) fmt::print("{}\n", escaped(note));
}

}  // namespace

int main() {
  fmt::print(
      ".Dd November 22, 2026\n.Dt SECLANG 7\n.Os\n.Sh NAME\n.Nm seclang\n"
      ".Nd the rule language of ModSecurity and Coraza, as wafcheck reads it\n"
      ".Sh DESCRIPTION\n"
      "A ruleset is a list of directives, one per line; a backslash at the end of a line continues "
      "it.\n"
      "A rule looks at targets, transforms their values, applies an operator and, on a match, "
      "runs\n"
      "actions:\n"
      ".Bd -literal -offset indent\n"
      "SecRule ARGS|!ARGS:token \"@rx ^[0-9]+$\" \\e\n"
      "    \"id:1001,phase:2,deny,status:403,t:none,t:trim,msg:'Only digits'\"\n"
      ".Ed\n.Pp\n"
      "All engines support an entry unless it says otherwise.\n");
  for (const man::Section& all : man::language_sections()) {
    section(all.title, all.intro);
    for (const man::Word& word : all.words) item(word);
    end_section();
  }
  section("OTHER SPELLINGS", "Each is another name for the word after it.");
  for (const parser::Alias& row : parser::aliases())
    fmt::print(".It Ic {}\n{}\n", row.name, row.target);
  end_section();
  fmt::print(
      ".Sh SEE ALSO\n.Xr wafcheck 1 ,\n.Xr wafcheck-lint 1 ,\n.Xr wafcheck-replay 1 ,\n"
      ".Xr wafcheck-engines 7\n");
  return std::ferror(stdout) == 0 ? 0 : 1;
}
