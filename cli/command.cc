#include "cli/command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <ostream>

#include "parser/ascii.h"

namespace wafcheck::cli {
namespace {

constexpr std::string_view kBuildType = WAFCHECK_BUILD_TYPE;

std::string pcre2_version() {
  std::string text(static_cast<size_t>(pcre2_config(PCRE2_CONFIG_VERSION, nullptr)), '\0');
  pcre2_config(PCRE2_CONFIG_VERSION, text.data());
  text.pop_back();
  return text;
}

void print_version(Streams& streams, bool as_json) {
  uint32_t jit = 0;
  pcre2_config(PCRE2_CONFIG_JIT, &jit);
  if (as_json) {
    const nlohmann::ordered_json version = {{"schema", 1},
                                            {"name", "wafcheck"},
                                            {"version", WAFCHECK_VERSION},
                                            {"build_type", kBuildType},
                                            {"pcre2", pcre2_version()},
                                            {"pcre2_jit", jit != 0}};
    streams.out << version.dump() << '\n';
    return;
  }
  streams.out << fmt::format("wafcheck {}\nPCRE2 {} ({})\nbuild type {}\n", WAFCHECK_VERSION,
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

/// CLI11's layout without what repeats on every line: environment names follow one rule, told below.
class Help : public CLI::Formatter {
 public:
  Help() { column_width(30); }
  std::string make_group(std::string group, bool positional,
                         std::vector<const CLI::Option*> options) const override {
    const bool first = positional || group == "Options";  // a blank line stands before the others already
    const std::string text = CLI::Formatter::make_group(std::move(group), positional, std::move(options));
    return first || text.empty() ? text : text.substr(1);
  }
  std::string make_option_opts(const CLI::Option* option) const override {
    if (option->get_type_size() == 0) return {};
    std::string type = option->get_type_name();
    if (const size_t set = type.find('{'); set != std::string::npos) {
      type = type.substr(set + 1, type.size() - set - 2);
      std::ranges::replace(type, ',', '|');
    }
    if (const size_t colon = type.find(':'); colon != std::string::npos && !type.starts_with("IP")) {
      type.resize(colon);
    }
    std::string text = type.empty() ? "" : " " + type;
    return text;
  }
  std::string make_option_desc(const CLI::Option* option) const override {
    const std::string initial = option->get_default_str();
    std::string text = option->get_description();
    return initial.empty() ? text : fmt::format("{} [{}]", text, initial);
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
};

void add_globals(CLI::App& app, GlobalOptions& global) {
  app.add_option("--color", global.color, "When to use colour")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->group("Terminal");
  app.add_option("--config", global.config, "Configuration file (default: wafcheck.toml, searched upward)")
      ->type_name("FILE")
      ->group("Configuration");
  app.add_flag("--no-config", global.no_config, "Read no configuration file")->group("Configuration");
  app.add_flag("--no-progress", global.no_progress, "No progress bar")->group("Terminal");
  app.add_flag("-q,--quiet", global.quiet, "Only results and errors")->group("Terminal");
  app.add_flag("-v,--verbose", global.verbose, "Also say what is being done")->group("Terminal");
}

int run_unguarded(std::vector<std::string> arguments, Streams& streams) {
  CLI::App app{"wafcheck lints SecLang rulesets and replays traffic through them, without a web server.",
               "wafcheck"};
  app.formatter(std::make_shared<Help>());
  app.require_subcommand(0, 1);
  bool version = false, version_json = false;
  app.add_flag("--version", version, "Print the version, the regex library's and the build type");
  app.add_flag("--json", version_json, "With --version: as JSON");

  GlobalOptions global;
  std::vector<std::pair<CLI::App*, std::function<int()>>> added;
  for (const Command& command : commands()) {
    CLI::App* sub = app.add_subcommand(std::string(command.name), std::string(command.doc));
    sub->footer(fmt::format("\nExamples:\n{}\n\nEvery option is also an environment variable: WAFCHECK_{}_<OPTION>.",
                            command.examples, upper(command.name)));
    auto action = command.add(*sub, streams, global);
    add_globals(*sub, global);
    take_one_value(*sub);
    name_environment(*sub, command.name);
    added.emplace_back(sub, std::move(action));
  }
  app.footer("\n`wafcheck COMMAND --help` explains a command.");

  std::ranges::reverse(arguments);
  try {
    app.parse(arguments);
  } catch (const CLI::Success& success) {
    app.exit(success, streams.out, streams.err);
    return kOk;
  } catch (const CLI::ParseError& error) {
    streams.err << "wafcheck: error: " << error.what() << "\nTry `wafcheck --help`.\n";
    return kTrouble;
  }
  if (version) {
    print_version(streams, version_json);
    return kOk;
  }
  for (auto& [sub, action] : added) {
    if (sub->parsed()) return configure(*sub, global, streams) ? action() : kTrouble;
  }
  streams.err << app.help();
  return kTrouble;
}

}  // namespace

bool GlobalOptions::color_on(bool terminal) const {
  if (color != "auto") return color == "always";
  const char* no_color = std::getenv("NO_COLOR");
  return terminal && (no_color == nullptr || *no_color == '\0');
}

const std::vector<Command>& commands() {
  static const std::vector<Command> table = {
      {"lint", "[OPTIONS] RULES...", "Parse and check rulesets",
       "  wafcheck lint rules/*.conf\n  wafcheck lint --format json /etc/modsecurity/", add_lint},
      {"fmt", "[OPTIONS] RULES...", "Lay rules files out as CRS does",
       "  wafcheck fmt rules/\n  wafcheck fmt --check --diff rules/*.conf", add_fmt},
      {"index", "[OPTIONS] RULES...", "List what is in a ruleset",
       "  wafcheck index rules/*.conf\n"
       "  wafcheck index --query 'tag=attack-sqli and pl<=2' --format csv -o sqli.csv rules/", add_index},
      {"explain", "RULES... --id N | CHECK", "Explain a rule or a check in plain words",
       "  wafcheck explain rules/ --id 942100\n"
       "  wafcheck explain uppercase-after-lowercase", add_explain},
      {"replay", "[-r RULES]... [OPTIONS] TRAFFIC...", "Run traffic through the rules and report decisions",
       "  wafcheck replay -r rules/ traffic.har\n"
       "  wafcheck replay -r crs-setup.conf -r rules/ --pl 2 --fail-on interrupted --format jsonl good.har",
       add_replay},
      {"profile", "[-r RULES]... [OPTIONS] TRAFFIC...", "Measure where the time of the rules goes",
       "  wafcheck profile -r crs-setup.conf -r rules/ traffic.har\n"
       "  wafcheck profile -r rules/ --by expression --sort steps --format json traffic.jsonl",
       add_profile},
      {"test", "[-r RULES]... [OPTIONS] TESTS...", "Run FTW regression tests in-process",
       "  wafcheck test -r crs-setup.conf -r rules/ tests/regression/tests\n"
       "  wafcheck test -r rules/ --filter '^942' --format junit -o report.xml tests/", add_test},
  };
  return table;
}

int run(const std::vector<std::string>& arguments, Streams& streams) {
  try {
    return run_unguarded(arguments, streams);
  } catch (const std::exception& error) {
    streams.err << "wafcheck: internal error: " << error.what() << '\n';
    return kInternal;
  }
}

}  // namespace wafcheck::cli
