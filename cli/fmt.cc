// wafcheck fmt: rules files in the canonical layout.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <ostream>
#include <set>

#include "cli/command.h"
#include "cli/rewrite.h"
#include "cli/unified_diff.h"
#include "lint/report/text.h"
#include "parser/format.h"
#include "parser/includes.h"
#include "parser/rule.h"
#include "parser/ruleset.h"
#include "parser/syntax_checks.h"

namespace wafcheck::cli {
namespace {

struct FmtOptions {
  std::vector<std::string> rules;
  bool check = false;
  bool diff = false;
};

class Fmt {
 public:
  Fmt(const FmtOptions& options, Streams& streams, const GlobalOptions& global)
      : options_(options), streams_(streams), global_(global) {}

  int run() {
    if (options_.rules.empty()) {
      complain("no rules: name a file, a directory or a glob");
      return kTrouble;
    }
    for (const std::string& input : options_.rules) format_input(input);
    if (!only_standard_input() && !global_.quiet && !options_.diff) streams_.out << summary();
    if (trouble_) return kTrouble;
    return (options_.check || options_.diff) && changed_ != 0 ? kNo : kOk;
  }

 private:
  void complain(const std::string& message) {
    streams_.err << "wafcheck: error: " << message << '\n';
    trouble_ = true;
  }

  bool only_standard_input() const {
    return std::ranges::all_of(options_.rules, [](const std::string& r) { return r == "-"; });
  }

  void format_input(const std::string& input) {
    if (input == "-") {
      return format_file("-", {std::istreambuf_iterator<char>(streams_.in), {}});
    }
    const parser::LoadOptions options;
    parser::Found found = parser::Finder(parser::disk(), options).input(input);
    for (const auto& [path, why] : found.tried) {
      if (!found.matched) complain(fmt::format("cannot read {} ({})", path, why));
    }
    if (found.matched && found.files.empty()) complain(fmt::format("{} holds no *.conf", input));
    for (parser::FoundFile& file : found.files) {
      if (!seen_.insert(parser::disk().canonical(file.path)).second) continue;
      if (!file.bytes) {
        Result<std::string> bytes = parser::disk().read(file.path);
        if (!bytes) {
          complain(fmt::format("cannot read {} ({})", file.path, bytes.error().message));
          continue;
        }
        file.bytes = std::move(*bytes);
      }
      format_file(file.path, std::move(*file.bytes));
    }
  }

  void format_file(const std::string& path, std::string bytes) {
    if (bytes.size() > parser::kMaxFileBytes) {
      return complain(fmt::format("{} is larger than {} MiB", path, parser::kMaxFileBytes >> 20));
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
    if (refuse(diagnostics, sources)) return;
    const std::string& before = sources[tree.file].bytes;
    const std::string after = parser::formatted(tree, sources, semantics);
    ++files_;
    if (after != before) {
      const parser::SyntaxTree again = read(after);
      if (!parser::same_directives(tree, again, semantics)) {
        return complain(
            fmt::format("{}: its layout cannot be changed without its meaning; it is "
                        "left alone",
                        path));
      }
      ++changed_;
    }
    deliver(path, before, after);
  }

  /// Whether the file does not parse: it is told why, and left alone.
  bool refuse(const parser::Diagnostics& diagnostics, const parser::Sources& sources) {
    if (!parser::has_errors(diagnostics)) return false;
    for (const parser::Diagnostic& diagnostic : diagnostics) {
      if (diagnostic.severity != parser::Severity::error) continue;
      streams_.err << lint::concise(diagnostic, sources) << '\n';
    }
    return trouble_ = true;
  }

  void deliver(const std::string& path, const std::string& before, const std::string& after) {
    if (options_.diff) {
      const bool color = global_.color_on(streams_.out_is_terminal);
      streams_.out << unified_diff(path == "-" ? "<stdin>" : path, before, after, color);
    }
    if (path == "-") {
      if (!options_.diff && !options_.check) streams_.out << after;
      return;
    }
    if (after == before) return;
    if (options_.check || options_.diff) {
      if (!options_.diff && !global_.quiet) {
        streams_.out << fmt::format("would change {}\n", path);
      }
      return;
    }
    if (const Result<void> done = rewrite_file(path, after); !done) {
      --changed_;
      return complain(done.error().message);
    }
    if (!global_.quiet) streams_.out << fmt::format("changed {}\n", path);
  }

  std::string summary() const {
    return fmt::format("{} file{}: {} {}\n", files_, files_ == 1 ? "" : "s",
                       changed_ == 0 ? std::string("none") : std::to_string(changed_),
                       options_.check ? "would change" : "changed");
  }

  const FmtOptions& options_;
  Streams& streams_;
  const GlobalOptions& global_;
  std::set<std::string> seen_;
  size_t files_ = 0;
  size_t changed_ = 0;
  bool trouble_ = false;
};

}  // namespace

std::function<int()> add_fmt(CLI::App& app, Streams& streams, GlobalOptions& global) {
  auto options = std::make_shared<FmtOptions>();
  app.add_option("RULES", options->rules,
                 "Rules files, directories or globs; - formats standard input")
      ->type_name("");
  app.add_flag("--check", options->check, "Change nothing; exit with 1 if a file would change");
  app.add_flag("--diff", options->diff, "Change nothing; print what would change");
  return [options, &streams, &global] { return Fmt(*options, streams, global).run(); };
}

}  // namespace wafcheck::cli
