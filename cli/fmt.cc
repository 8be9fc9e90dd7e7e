// wafcheck fmt: rules files in the canonical layout.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <ostream>
#include <set>

#include "cli/command.h"
#include "cli/rewrite.h"
#include "formats/embedded/embedded.h"
#include "formats/embedded/files.h"
#include "lint/fixes/fixes.h"
#include "lint/report/text.h"
#include "parser/base/ascii.h"
#include "parser/base/lines.h"
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
      if (formats::embedded_format(file.path, *file.bytes) != nullptr) {
        format_around(file.path, *file.bytes);
      } else {
        format_file(file.path, std::move(*file.bytes));
      }
    }
  }

  /// The rules inside a file of another format; what is around them stays.
  void format_around(const std::string& path, const std::string& before) {
    lint::Overlay files(console_.files());
    files.put(path, before);
    formats::EmbeddedFiles rules(files);
    const std::vector<std::string> problems = rules.rulesets({path}).problems;
    for (const std::string& problem : problems) console_.error(readable(problem));
    if (!problems.empty()) return;
    ++files_;
    for (const std::string& text : rules.texts_of(path)) {
      formats::EmbeddedFiles now(files);
      static_cast<void>(now.rulesets({path}));
      const formats::EmbeddedText& rules_text = *now.text(text);
      const std::optional<std::string> after =
          formatted(text, rules_text.text.bytes, now.embedding(text), rules_text.indented);
      if (!after || *after == rules_text.text.bytes) continue;
      if (const auto rewritten = now.rewritten(text, *after)) {
        files.put(path, *rewritten);
      } else {
        console_.note(
            fmt::format("rules in {} are left as they are: it cannot hold them formatted", path));
      }
    }
    const std::string after = files.read(path).value_or(before);
    if (after != before) ++changed_;
    deliver(path, before, after);
  }

  /// Nothing, with the reason printed, where the rules have errors or would change their meaning.
  std::optional<std::string> formatted(const std::string& path, const std::string& bytes,
                                       const std::shared_ptr<const parser::Embedding>& embedding,
                                       bool indented) {
    const parser::Semantics semantics = parser::semantics_of(parser::Profile::standard);
    parser::Sources sources;
    parser::Diagnostics diagnostics;
    const auto read = [&](const std::string& text) {
      return parser::parse_syntax(sources, sources.add(path, text, embedding), semantics,
                                  diagnostics);
    };
    const parser::SyntaxTree tree = read(bytes);
    parser::check_layout(tree, semantics, diagnostics);
    if (has_errors(diagnostics, sources)) return std::nullopt;
    std::string after = parser::formatted(tree, sources, semantics);
    if (embedding) after = as_embedded(std::move(after), bytes, indented);
    if (after == bytes || parser::same_directives(tree, read(after), semantics)) return after;
    console_.error(fmt::format("{} is left as it is: another layout would change its meaning",
                               sources.begin_of({tree.file, 0, 0}).path));
    return std::nullopt;
  }

  /// The canonical layout with the ends of the text, and its indentation where that is its own.
  static std::string as_embedded(std::string after, std::string_view before, bool indented) {
    if (!before.ends_with('\n') && after.ends_with('\n')) after.pop_back();
    if (!indented) return after;
    const size_t first = std::min(before.find_first_not_of(" \t\r\n"), before.size());
    const size_t line = before.substr(0, first).rfind('\n') + 1;
    const std::string_view indentation = before.substr(line, first - line);
    const std::string_view lead = before.substr(0, line);
    const size_t last = before.find_last_not_of(" \t\r\n") + 1;
    std::string text(lead);
    for (const std::string_view each : split_lines(trim(after))) {
      if (!each.empty()) (text += indentation) += each;
      text += '\n';
    }
    text.pop_back();
    return text += before.substr(std::min(last, before.size()));
  }

  void format_file(const std::string& path, const std::string& bytes) {
    if (bytes.size() > parser::kMaxFileBytes) {
      console_.error(fmt::format("{} is larger than {} MiB", path, parser::kMaxFileBytes >> 20));
      return;
    }
    const std::optional<std::string> after = formatted(path, bytes, nullptr, false);
    if (!after) return;
    ++files_;
    if (*after != bytes) ++changed_;
    deliver(path, bytes, *after);
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
