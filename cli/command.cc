#include "cli/command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "parser/base/ascii.h"
#include "parser/base/escape.h"
#include "parser/base/nearest.h"

namespace wafcheck::cli {
namespace {

constexpr std::string_view kBuildType = WAFCHECK_BUILD_TYPE;

std::string pcre2_version() {
  std::string text(static_cast<size_t>(pcre2_config(PCRE2_CONFIG_VERSION, nullptr)), '\0');
  pcre2_config(PCRE2_CONFIG_VERSION, text.data());
  text.pop_back();
  return text;
}

void print_version(std::ostream& out, bool as_json) {
  uint32_t jit = 0;
  pcre2_config(PCRE2_CONFIG_JIT, &jit);
  if (as_json) {
    const nlohmann::ordered_json version = {{"schema", 1},
                                            {"name", "wafcheck"},
                                            {"version", WAFCHECK_VERSION},
                                            {"build_type", kBuildType},
                                            {"pcre2", pcre2_version()},
                                            {"pcre2_jit", jit != 0}};
    out << version.dump() << '\n';
    return;
  }
  out << fmt::format("wafcheck {}\nPCRE2 {} ({})\nbuild type {}\n", WAFCHECK_VERSION,
                     pcre2_version(), jit != 0 ? "JIT" : "no JIT", kBuildType);
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& byte : out) byte = byte == '-' ? '_' : to_upper(byte);
  return out;
}

/// --fail-on of replay is also WAFCHECK_REPLAY_FAIL_ON.
void name_environment(CLI::App& app, std::string_view command) {
  for (CLI::Option* option : app.get_options()) {
    if (option->get_lnames().empty() || option->get_lnames()[0] == "help") continue;
    option->envname(fmt::format("WAFCHECK_{}_{}", upper(command), upper(option->get_lnames()[0])));
  }
}

/// An option takes one value an occurrence, so that it never swallows the inputs that follow.
void take_one_value(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) {
    const bool positional = option->get_lnames().empty() && option->get_snames().empty();
    if (!positional && option->get_expected_max() > 1) option->allow_extra_args(false);
  }
}

/// A text in lines of so many columns, broken between words; 0: as it is.
std::string wrapped(std::string_view text, size_t columns) {
  std::string lines;
  while (columns != 0 && text.size() > columns) {
    size_t end = text.rfind(' ', columns);
    if (end == std::string_view::npos || end == 0) end = text.find(' ', columns);
    if (end == std::string_view::npos) break;
    lines.append(text.substr(0, end)) += '\n';
    text.remove_prefix(end + 1);
  }
  return lines.append(text);
}

/// CLI11's layout without what repeats on every line: environment names follow one rule, which the
/// footer states.
class Help : public CLI::Formatter {
 public:
  /// `columns`: of the terminal; 0: it is none, and lines are as long as they are.
  explicit Help(size_t columns) : text_columns_(columns < kLeast ? 0 : columns - kNames) {
    column_width(kNames);
  }
  std::string make_group(std::string group, bool positional,
                         std::vector<const CLI::Option*> options) const override {
    const bool first =
        positional || group == "Options";  // a blank line stands before the others already
    const std::string text =
        CLI::Formatter::make_group(std::move(group), positional, std::move(options));
    return first || text.empty() ? text : text.substr(1);
  }
  std::string make_option_opts(const CLI::Option* option) const override {
    if (option->get_type_size() == 0) return {};
    std::string type = option->get_type_name();
    if (const size_t set = type.find('{'); set != std::string::npos) {
      type = type.substr(set + 1, type.size() - set - 2);
      std::ranges::replace(type, ',', '|');
    }
    if (const size_t colon = type.find(':');
        colon != std::string::npos && !type.starts_with("IP")) {
      type.resize(colon);
    }
    std::string text = type.empty() ? "" : " " + type;
    return text;
  }
  std::string make_option_desc(const CLI::Option* option) const override {
    const std::string initial = option->get_default_str();
    std::string text = option->get_description();
    if (!initial.empty()) text += fmt::format(" [{}]", initial);
    return wrapped(text, text_columns_);
  }
  std::string make_usage(const CLI::App* app, std::string name) const override {
    for (const Command& command : commands()) {
      if (app->get_name() == command.name) {
        return fmt::format("Usage: wafcheck {} {}\n", command.name, command.synopsis);
      }
    }
    return fmt::format("Usage: {} COMMAND [OPTIONS] INPUT...\n", name);
  }
  std::string make_footer(const CLI::App* app) const override {
    const std::string footer = app->get_footer();
    return footer.empty() ? "" : footer + "\n";
  }

 private:
  static constexpr size_t kNames = 30;  ///< columns before what an option means
  static constexpr size_t kLeast = 50;  ///< columns, with fewer there is no use in breaking lines

  size_t text_columns_;
};

void add_globals(CLI::App& app, GlobalOptions& global) {
  app.add_option("--color", global.color, "When to use colour")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->group("Terminal");
  app.add_option("--config", global.config,
                 "Configuration file (default: wafcheck.toml, searched upward)")
      ->type_name("FILE")
      ->group("Configuration");
  app.add_flag("--no-config", global.no_config, "Read no configuration file")
      ->group("Configuration");
  app.add_option("--ruleset", global.ruleset, "Take the rules that it has as [rulesets.NAME]")
      ->type_name("NAME")
      ->group("Configuration");
  app.add_option(
         "--root", global.root,
         "Read no file outside of it (default: in CI the working tree; of lsp the workspace)")
      ->type_name("DIR")
      ->group("Files");
  app.add_option("--allow", global.allow,
                 "Outside of the root: read this file or directory all the same (repeatable)")
      ->type_name("PATH")
      ->group("Files");
  app.add_flag("--no-progress", global.no_progress, "No progress bar")->group("Terminal");
  app.add_flag("-q,--quiet", global.quiet, "Only results and errors")->group("Terminal");
  app.add_flag("-v,--verbose", global.verbose, "Also say what is being done")->group("Terminal");
}

const Command* find_command(std::string_view name) {
  const auto row = std::ranges::find(commands(), name, &Command::name);
  return row == commands().end() ? nullptr : &*row;
}

/// `help COMMAND` is `COMMAND --help`.
void take_help(std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments[0] != "help") return;
  if (arguments.size() > 1 && arguments[1] != "help") {
    arguments = {arguments[1], "--help"};
  } else {
    arguments = {"--help"};
  }
}

/// "Try `wafcheck replay --help`.", below the known word that is most like an unknown one.
std::string way_out(const Command* command, std::string_view meant) {
  const std::string near = meant.empty() ? "" : fmt::format("  help: did you mean {}?\n", meant);
  const std::string name = command == nullptr ? "" : fmt::format("{} ", command->name);
  return fmt::format("{}Try `wafcheck {}--help`.\n", near, name);
}

/// The option that an unknown one most likely means; empty: it is like none.
std::string nearest_option(const CLI::App& app, std::string_view unknown) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  const std::string word(unknown.substr(0, unknown.find('=')));
  return std::string(
      nearest(word, names, [](const std::string& name) { return std::string_view(name); }));
}

/// `--print-man [PAGE]`. It is no option of CLI11's: a page is also called as a command is.
int print_man(std::span<const ManPage> pages, const std::vector<std::string>& arguments,
              Console& console) {
  const size_t equals = arguments[0].find('=');
  std::string name = "wafcheck";
  if (equals != std::string::npos) {
    name = arguments[0].substr(equals + 1);
  } else if (arguments.size() > 1) {
    name = arguments[1];
  }
  if (arguments.size() > (equals == std::string::npos ? 2 : 1)) {
    return console.error("--print-man takes one page");
  }
  if (const ManPage* const page = find_man_page(pages, name)) {
    console.out().write(std::string(page->text));
    return kOk;
  }
  const std::string_view near = nearest(name, pages, title_of);
  std::string titles;
  for (const ManPage& page : pages) {
    titles += fmt::format("{}{}", titles.empty() ? "" : ", ", title_of(page));
  }
  return console.error(fmt::format("there is no manual page \"{}\"", excerpt(name)),
                       near.empty() ? fmt::format("  help: there are {}\n", titles)
                                    : fmt::format("  help: did you mean {}?\n", near));
}

int run_unguarded(std::vector<std::string> arguments, GlobalOptions& global,
                  std::span<const ManPage> pages, Console& console) {
  CLI::App app{
      "wafcheck lints SecLang rulesets and replays traffic through them, without a web server.",
      "wafcheck"};
  app.formatter(std::make_shared<Help>(
      console.streams().out_is_terminal ? console.streams().out_columns : 0));
  app.require_subcommand(0, 1);
  bool version = false, version_json = false;
  app.add_flag("--version", version, "Print the version, the regex library's and the build type");
  app.add_flag("--json", version_json, "With --version: as JSON");
  app.add_option("--print-man", "Print a manual page, for `man -l -` (default: wafcheck)")
      ->type_name("[PAGE]");

  std::vector<std::pair<CLI::App*, std::function<int()>>> added;
  for (const Command& command : commands()) {
    CLI::App* sub = app.add_subcommand(std::string(command.name), std::string(command.doc));
    sub->footer(fmt::format(
        "\nExamples:\n{}\n\nEvery option is also an environment variable: WAFCHECK_{}_<OPTION>.",
        command.examples, upper(command.name)));
    auto action = command.add(*sub, console);
    add_globals(*sub, global);
    take_one_value(*sub);
    name_environment(*sub, command.name);
    added.emplace_back(sub, std::move(action));
  }
  app.footer("\n`wafcheck help COMMAND`, or `wafcheck COMMAND --help`, explains a command.");

  if (!arguments.empty() &&
      (arguments[0] == "--print-man" || arguments[0].starts_with("--print-man="))) {
    return print_man(pages, arguments, console);
  }
  take_help(arguments);
  const Command* chosen = arguments.empty() ? nullptr : find_command(arguments[0]);
  if (!arguments.empty() && chosen == nullptr && !arguments[0].starts_with('-')) {
    std::vector<std::string_view> names = {"help"};
    for (const Command& row : commands()) names.push_back(row.name);
    const std::string_view near =
        nearest(arguments[0], names, [](std::string_view name) { return name; });
    return console.error(fmt::format("there is no command \"{}\"", excerpt(arguments[0])),
                         way_out(nullptr, near));
  }
  std::ranges::reverse(arguments);
  try {
    app.parse(arguments);
  } catch (const CLI::Success& success) {
    console.out().write_by([&](std::ostream& out) { app.exit(success, out, console.err()); });
    return kOk;
  } catch (const CLI::ExtrasError& error) {
    const CLI::App& parsed =
        chosen == nullptr ? app : *app.get_subcommand(std::string(chosen->name));
    const std::vector<std::string> extra = parsed.remaining(true);
    if (extra.empty() || !extra[0].starts_with("-")) {
      return console.error(error.what(), way_out(chosen, {}));
    }
    return console.error(fmt::format("there is no option {}", excerpt(extra[0])),
                         way_out(chosen, nearest_option(parsed, extra[0])));
  } catch (const CLI::ParseError& error) {
    return console.error(error.what(), way_out(chosen, {}));
  }
  if (version) {
    console.out().write_by([&](std::ostream& out) { print_version(out, version_json); });
    return kOk;
  }
  for (auto& [sub, action] : added) {
    if (!sub->parsed()) continue;
    const bool ready = console.guard_files() && (!find_command(sub->get_name())->configured ||
                                                 configure(*sub, global, console));
    return ready ? action() : kTrouble;
  }
  return console.error_lines(app.help());
}

}  // namespace

const std::vector<Command>& commands() {
  static const std::vector<Command> table = {
      {"lint", "[OPTIONS] RULES...", "Parse and check rulesets",
       "  wafcheck lint rules/*.conf\n  wafcheck lint --format json /etc/modsecurity/", add_lint},
      {"fmt", "[OPTIONS] RULES...", "Lay rules files out as CRS does",
       "  wafcheck fmt rules/\n  wafcheck fmt --check --diff rules/*.conf", add_fmt},
      {"index", "[OPTIONS] RULES...", "List what is in a ruleset",
       "  wafcheck index rules/*.conf\n"
       "  wafcheck index --query 'tag=attack-sqli and pl<=2' --format csv -o sqli.csv rules/",
       add_index},
      {"explain", "RULES... --id N | CHECK", "Explain a rule or a check in plain words",
       "  wafcheck explain rules/ --id 942100\n"
       "  wafcheck explain uppercase-after-lowercase",
       add_explain},
      {"replay", "[-r RULES]... [OPTIONS] TRAFFIC...",
       "Run traffic through the rules and report decisions",
       "  wafcheck replay -r rules/ traffic.har\n"
       "  wafcheck replay -r crs-setup.conf -r rules/ --pl 2 --fail-on interrupted --format jsonl "
       "good.har",
       add_replay},
      {"reduce", "[-r RULES]... [OPTIONS] TRAFFIC...",
       "Find the smallest request that is still blocked, or still matches a rule",
       "  wafcheck reduce -r rules/ --id 942100 traffic.har\n"
       "  wafcheck reduce -r rules/ --emit curl audit.log",
       add_reduce},
      {"profile", "[-r RULES]... [OPTIONS] TRAFFIC...", "Measure where the time of the rules goes",
       "  wafcheck profile -r crs-setup.conf -r rules/ traffic.har\n"
       "  wafcheck profile -r rules/ --by expression --sort steps --format json traffic.jsonl",
       add_profile},
      {"test", "[-r RULES]... [OPTIONS] TESTS...", "Run FTW regression tests in-process",
       "  wafcheck test --crs-suite ../coreruleset\n"
       "  wafcheck test -r rules/ --filter '^942' --format junit -o report.xml tests/",
       add_test},
      {"tune", "[-r RULES]... [OPTIONS] TRAFFIC...",
       "Find the narrowest rule exclusions that let good traffic through",
       "  wafcheck tune -r crs-setup.conf -r rules/ good.har\n"
       "  wafcheck tune -r crs-setup.conf -r rules/ --attacks tests/ --out rules/ modsec_audit.log",
       add_tune},
      {"diff", "[OPTIONS] --old RULES --new RULES [TRAFFIC...]",
       "Show what a change of the rules does: to the rules, and to traffic",
       "  wafcheck diff --old git:main --new crs-setup.conf --new rules/ traffic.har\n"
       "  wafcheck diff --rx '(?i)union\\s+select' '(?i)union.+select'",
       add_diff},
      {"alerts", "[OPTIONS] LOG...", "Count what error logs and audit logs reported",
       "  wafcheck alerts /var/log/apache2/error.log\n"
       "  wafcheck alerts --format markdown --top 10 /var/log/modsec_audit.log",
       add_alerts},
      {"merge", "[OPTIONS] SUMMARY...", "Add up the summaries of runs over parts of the traffic",
       "  wafcheck merge part-*.summary\n"
       "  wafcheck merge --fail-on interrupted --format json results/",
       add_merge},
      {"lsp", "[OPTIONS]",
       "Serve an editor: the Language Server Protocol on standard input and output",
       "  wafcheck lsp\n"
       "  wafcheck lsp --root /etc/modsecurity",
       add_lsp, false},
      {"completions", "[OPTIONS] bash|zsh|fish", "Print what a shell needs to complete commands",
       "  wafcheck completions bash > ~/.local/share/bash-completion/completions/wafcheck\n"
       "  wafcheck completions fish > ~/.config/fish/completions/wafcheck.fish",
       add_completions},
  };
  return table;
}

int run(const std::vector<std::string>& arguments, Streams& streams,
        std::span<const ManPage> pages) {
  GlobalOptions global;
  Console console(streams, global);
  int code = kInternal;
  try {
    code = run_unguarded(arguments, global, pages, console);
  } catch (const std::exception& error) {
    streams.err << "wafcheck: internal error: " << error.what() << '\n';
  }
  // Whatever a command wrote, here it is checked: a result that is not whole is no result.
  return console.finish(console.out()) ? code : worse(code, kTrouble);
}

}  // namespace wafcheck::cli
