// Writes wafcheck.toml.5, the keys of the configuration file, from the table that reads them.

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <string_view>

#include "cli/config.h"

namespace {

using namespace wafcheck::cli;

constexpr std::string_view kHead = R"(.Dd November 22, 2026
.Dt WAFCHECK.TOML 5
.Os
.Sh NAME
.Nm wafcheck.toml
.Nd configuration of wafcheck
.Sh DESCRIPTION
.Nm
is a TOML file with the options of a project, so that command lines do not have
to repeat them.
It is the file that
.Fl -config
names, or else the first file of this name going upward from the folder of the
first rules file, or else from the working directory.
With
.Fl -no-config ,
no file is read.
.Pp
Options on the command line and in the environment override the file, key by
key.
Paths are relative to the folder of the file.
An unknown key, a value of the wrong type and an unknown check are errors: they
are reported with line and column, and wafcheck exits with 2.
No key makes wafcheck write files.
)";

constexpr std::string_view kTail = R"(.Sh EXAMPLES
.Bd -literal -offset indent
rules = ["crs-setup.conf", "rules/*.conf"]

[rulesets.staging]
rules = ["crs-setup-pl2.conf", "rules/*.conf"]

[lint]
extend-select = ["STY"]
ignore = ["tx-set-never-read"]
engines = ["modsecurity3@3.0.9", "coraza"]

[lint.severity]
duplicate-id = "warning"

[lint.per-file-ignores]
"plugins/**" = ["CRS", "skipafter-missing-marker"]

[test]
overrides = "tests/overrides.yaml"
.Ed
.Sh SEE ALSO
.Xr wafcheck 1 ,
.Xr wafcheck-lint 1 ,
.Xr wafcheck-replay 1 ,
.Xr wafcheck-test 1
)";

/// Starts each sentence on a new line, as roff requires.
std::string lines(std::string_view text) {
  std::string out(text);
  for (size_t at = 0; (at = out.find(". ", at)) != std::string::npos;) out.replace(at, 2, ".\n");
  return out;
}

}  // namespace

int main() {
  std::fputs(kHead.data(), stdout);
  std::string_view table;
  fmt::print(".Ss Keys before the first table\n.Bl -tag -width Ds\n");
  for (const ConfigKey& key : config_keys()) {
    if (key.table != table) {
      table = key.table;
      fmt::print(".El\n.Ss Table [{}]\n.Bl -tag -width Ds\n", table);
    }
    const std::string_view type = describe(key.type);
    fmt::print(".It Ic {} No = Ar {}\n{}\n", key.name, type.substr(type.starts_with("a ") ? 2 : 0),
               lines(key.doc));
  }
  fmt::print(".El\n");
  std::fputs(kTail.data(), stdout);
  return std::ferror(stdout) == 0 ? 0 : 1;
}
