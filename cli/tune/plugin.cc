#include "cli/tune/plugin.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "formats/ftw/runner.h"
#include "formats/json/writer.h"
#include "formats/privacy/masks.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"
#include "parser/base/utf8.h"

namespace wafcheck::cli::inline tune {
namespace {

/// The switch stands here in the block, and the example that flips it there.
constexpr uint64_t kSwitch = 99, kExample = 10;

std::string yaml_string(std::string_view text) {
  std::string out;
  formats::JsonWriter(out).string(text);
  return out;
}

std::string in_form(std::string_view text) {
  return percent_encoded(text,
                         [](char byte) { return is_alnum(static_cast<unsigned char>(byte)); });
}

/// A test that sends the value in the member `key` of a collection, which the rule must or must
/// not match.
std::string test_text(const Proposal& proposal, std::string_view key, int number, bool matches) {
  const bool cookie = proposal.exclusion.target.starts_with("REQUEST_COOKIES");
  const bool form = !cookie && proposal.sample_method != "GET" && proposal.sample_method != "HEAD";
  const std::string pair = in_form(key) + "=" + in_form(proposal.value);
  std::string path = percent_encoded(proposal.sample_path, [](char byte) {
    return is_printable(byte) && std::string_view(" %?#\"").find(byte) == std::string_view::npos;
  });
  if (!cookie && !form) path += "?" + pair;
  std::string text = fmt::format(
      "  - test_id: {}\n"
      "    desc: {}\n"
      "    stages:\n"
      "      - input:\n"
      "          dest_addr: 127.0.0.1\n"
      "          port: 80\n"
      "          method: {}\n"
      "          uri: {}\n"
      "          headers:\n"
      "            Host: localhost\n"
      "            User-Agent: \"OWASP CRS test agent\"\n"
      "            Accept: \"*/*\"\n",
      number,
      yaml_string(fmt::format("rule {} {} {}", proposal.exclusion.rule_id,
                              matches ? "still looks at" : "does not look at", key)),
      yaml_string(proposal.sample_method), yaml_string(path));
  if (cookie) text += fmt::format("            Cookie: {}\n", yaml_string(pair));
  if (form) {
    text += "            Content-Type: application/x-www-form-urlencoded\n";
    text += fmt::format("          data: {}\n", yaml_string(pair));
  }
  text += fmt::format("        output:\n          log:\n            {}: [{}]\n",
                      matches ? "expect_ids" : "no_expect_ids", proposal.exclusion.rule_id);
  return text;
}

bool passes(const std::string& tests, const std::shared_ptr<const engine::Program>& program,
            const formats::EvaluatorOptions& evaluation) {
  const formats::FtwFile file = formats::parse_ftw("plugin", "rule_id: 1\ntests:\n" + tests);
  const formats::FtwOverrides none;
  const auto overrides = formats::FtwOverrider::make(none);
  formats::FtwRunner runner(program, evaluation, *overrides);
  return file.problems.empty() && !file.tests.empty() &&
         std::ranges::all_of(file.tests, [&](const formats::FtwTest& test) {
           return runner.run(test, file.path).outcome == formats::FtwResult::Outcome::passed;
         });
}

}  // namespace

bool is_plugin_name(std::string_view name) {
  return !name.empty() && is_alnum(static_cast<unsigned char>(name[0])) &&
         std::ranges::all_of(name, [](char byte) {
           const auto c = static_cast<unsigned char>(byte);
           return is_lower(c) || is_digit(c) || byte == '-';
         });
}

std::string plugin_config(std::string_view name, uint64_t id_base) {
  return fmt::format(
      "# The plugin is on. To switch it off, remove the comment marks:\n"
      "#\n"
      "# SecAction \\\n"
      "#     \"id:{},\\\n"
      "#     phase:1,\\\n"
      "#     pass,\\\n"
      "#     t:none,\\\n"
      "#     nolog,\\\n"
      "#     setvar:'tx.{}-plugin_enabled=0'\"\n",
      id_base + kExample, name);
}

std::string plugin_switch(std::string_view name, uint64_t id_base) {
  return fmt::format(
      "SecRule TX:{}-plugin_enabled \"@eq 0\" \\\n"
      "    \"id:{},\\\n"
      "    phase:1,\\\n"
      "    pass,\\\n"
      "    t:none,\\\n"
      "    nolog,\\\n"
      "    skipAfter:END-{}-PLUGIN\"\n",
      name, id_base + kSwitch, name);
}

std::string plugin_end(std::string_view name) {
  return fmt::format("SecMarker \"END-{}-PLUGIN\"\n", name);
}

std::vector<std::pair<std::string, std::string>> plugin_tests(
    std::string_view name, const std::vector<Proposal>& proposals,
    const std::shared_ptr<const engine::Program>& program,
    const formats::EvaluatorOptions& evaluation, size_t& left_out) {
  struct File {
    std::string text;
    int tests = 0;
  };
  std::map<uint64_t, File> files;
  const formats::Masks masks;  // what is private stands in no test
  for (const Proposal& proposal : proposals) {
    const std::string& target = proposal.exclusion.target;
    const size_t colon = target.find(':');
    const std::string_view collection = std::string_view(target).substr(0, colon);
    const bool fits = proposal.exclusion.kind == ExclusionKind::ctl_target &&
                      colon != std::string::npos && target[colon + 1] != '/' &&
                      (collection == "ARGS" || collection == "REQUEST_COOKIES") &&
                      is_valid_utf8(proposal.value) && !masks.hides(target, proposal.value);
    File& file = files[proposal.id];
    const std::string key = fits ? target.substr(colon + 1) : std::string();
    const std::string pair = fits ? test_text(proposal, key, file.tests + 1, false) +
                                        test_text(proposal, key + "-other", file.tests + 2, true)
                                  : std::string();
    if (!fits || !passes(pair, program, evaluation)) {
      ++left_out;
      continue;
    }
    file.text += pair;
    file.tests += 2;
  }
  std::vector<std::pair<std::string, std::string>> texts;
  for (const auto& [id, file] : files) {
    if (file.tests == 0) continue;
    texts.emplace_back(
        fmt::format("tests/regression/{}-plugin/{}.yaml", name, id),
        fmt::format("---\nmeta:\n  author: \"wafcheck tune\"\nrule_id: {}\ntests:\n{}", id,
                    file.text));
  }
  return texts;
}

}  // namespace wafcheck::cli::inline tune
