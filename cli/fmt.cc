// wafcheck fmt: rules files in the canonical layout.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <ostream>
#include <set>

#include "cli/command.h"
#include "cli/rewrite.h"
#include "lint/report/text.h"
#include "parser/base/shown.h"
#include "parser/base/unified_diff.h"
#include "parser/format/format.h"
#include "parser/language/semantics.h"
#include "parser/ruleset/includes.h"
#include "parser/ruleset/rule.h"
#include "parser/ruleset/ruleset.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::cli {
namespace {

struct FmtOptions {
  std::vector<std::string> rules;
  bool check = false;
  bool diff = false;
};

class Fmt {
 public:
  Fmt(const FmtOptions& options, Console& console) : options_(options), console_(console) {}

  int run() {
    if (options_.rules.empty()) {
      return console_.error("no rules: name a file, a directory or a glob");
    }
    for (const std::string& input : options_.rules) format_input(input);
    if (!only_standard_input() && !is_quiet() && !options_.diff) console_.out().write(summary());
    if (console_.failed()) return kTrouble;
    return (options_.check || options_.diff) && changed_ != 0 ? kNo : kOk;
  }

 private:
  bool is_quiet() const { return console_.options().quiet; }

  bool only_standard_input() const {
    return std::ranges::all_of(options_.rules, [](const std::string& r) { return r == "-"; });
  }

  void format_input(const std::string& input) {
    if (input == "-") {
      return format_file("-", {std::istreambuf_iterator<char>(console_.in()), {}});
    }
    const parser::LoadOptions options;
    console_.files().name(input);
    parser::Found search = parser::Finder(console_.files(), options).input(input);
    for (const auto& [path, why] : search.tried) {
      if (!search.matched) console_.error(fmt::format("cannot read {} ({})", path, why));
    }
    if (search.matched && search.files.empty())
      console_.error(fmt::format("{} holds no *.conf", input));
    for (parser::FoundFile& file : search.files) {
      if (!seen_.insert(parser::disk().canonical(file.path)).second) continue;
      if (!file.bytes) {
        Result<std::string> bytes = console_.files().read(file.path);
        if (!bytes) {
          console_.error(fmt::format("cannot read {} ({})", file.path, bytes.error().message));
          continue;
        }
        file.bytes = std::move(*bytes);
      }
      format_file(file.path, std::move(*file.bytes));
    }
  }

  void format_file(const std::string& path, std::string bytes) {
    if (bytes.size() > parser::kMaxFileBytes) {
      console_.error(fmt::format("{} is larger than {} MiB", path, parser::kMaxFileBytes >> 20));
      return;
    }
    const parser::Semantics semantics = parser::semantics_of(parser::Profile::standard);
    parser::Sources sources;
    parser::Diagnostics diagnostics;
    const auto read = [&](std::string text) {
      return parser::parse_syntax(sources, sources.add(path, std::move(text)), semantics,
                                  diagnostics);
    };
    const parser::SyntaxTree tree = read(std::move(bytes));
    parser::check_layout(tree, semantics, diagnostics);
    if (has_errors(diagnostics, sources)) return;
    const std::string& before = sources[tree.file].bytes;
    const std::string after = parser::formatted(tree, sources, semantics);
    ++files_;
    if (after != before) {
      const parser::SyntaxTree again = read(after);
      if (!parser::same_directives(tree, again, semantics)) {
        console_.error(
            fmt::format("{} is left as it is: another layout would change its meaning", path));
        return;
      }
      ++changed_;
    }
    deliver(path, before, after);
  }

  /// Prints the errors of a file that does not parse, which is left as it is; whether there are
  /// any.
  bool has_errors(const parser::Diagnostics& diagnostics, const parser::Sources& sources) {
    if (!parser::has_errors(diagnostics)) return false;
    for (const parser::Diagnostic& diagnostic : diagnostics) {
      if (diagnostic.severity != parser::Severity::error) continue;
      console_.error_lines(lint::concise(diagnostic, sources) + "\n");
    }
    return true;
  }

  void deliver(const std::string& path, const std::string& before, const std::string& after) {
    if (options_.diff) {
      const bool color = console_.out_is_coloured();
      const std::string diff = unified_diff(path == "-" ? "<stdin>" : path, before, after, color);
      const bool plain = color || !console_.streams().out_is_terminal;
      console_.out().write(plain ? diff : readable_lines(diff));
    }
    if (path == "-") {
      if (!options_.diff && !options_.check) console_.out().write(after);
      return;
    }
    if (after == before) return;
    if (options_.check || options_.diff) {
      if (!options_.diff && !is_quiet()) {
        console_.out().write(fmt::format("would change {}\n", path));
      }
      return;
    }
    if (const Result<void> done = rewrite_file(path, after); !done) {
      --changed_;
      console_.error(done.error().message);
      return;
    }
    if (!is_quiet()) console_.out().write(fmt::format("changed {}\n", path));
  }

  std::string summary() const {
    return fmt::format("{} file{}: {} {}\n", files_, files_ == 1 ? "" : "s",
                       changed_ == 0 ? std::string("none") : std::to_string(changed_),
                       options_.check ? "would change" : "changed");
  }

  const FmtOptions& options_;
  Console& console_;
  std::set<std::string> seen_;
  size_t files_ = 0;
  size_t changed_ = 0;
};

}  // namespace

std::function<int()> add_fmt(CLI::App& app, Console& console) {
  auto options = std::make_shared<FmtOptions>();
  app.add_option("RULES", options->rules,
                 "Rules files, directories or globs; - formats standard input")
      ->type_name("");
  app.add_flag("--check", options->check, "Change nothing; exit with 1 if a file would change");
  app.add_flag("--diff", options->diff, "Change nothing; print what would change");
  return [options, &console] { return Fmt(*options, console).run(); };
}

}  // namespace wafcheck::cli
