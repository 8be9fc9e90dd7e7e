// Checks on ids, targets and plugins of CRS.

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "lint/checks/check.h"
#include "lint/checks/crs/crs.h"
#include "parser/base/ascii.h"
#include "parser/ruleset/paranoia_level.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Rule;
using parser::RuleIndex;
using parser::Target;
using parser::Variable;

/// Whether a comment directly above the directive at `begin` mentions a sibling.
bool tells_of_sibling(std::string_view bytes, size_t begin) {
  while (begin > 0) {
    const size_t line_end = begin - 1;
    const size_t line = bytes.substr(0, line_end).find_last_of('\n') + 1;
    const std::string_view text = trim(bytes.substr(line, line_end - line));
    if (!text.empty() && !text.starts_with('#')) return false;
    if (lowercase(text).find("sibling") != std::string::npos) return true;
    begin = line;
  }
  return false;
}

enum class PluginPart : uint8_t { config, before, after, none };

PluginPart plugin_part(std::string_view path) {
  if (path.ends_with("-config.conf") || path.ends_with("-config.conf.example")) {
    return PluginPart::config;
  }
  if (path.ends_with("-before.conf")) return PluginPart::before;
  if (path.ends_with("-after.conf")) return PluginPart::after;
  return PluginPart::none;
}

/// An expression that begins with a word at the start of the name, without room for the prefix of
/// JSON members. One that begins with a class has that room, mostly.
bool is_anchored_name(const parser::OperatorUse& op) {
  switch (info(op.id).search) {
    case parser::Search::Begins:
    case parser::Search::Equal:
      return true;
    case parser::Search::Expression: {
      std::string_view text = op.argument.view();
      if (text.starts_with("(?i)")) text.remove_prefix(4);
      if (!text.starts_with('^') || text.starts_with("^(?:json")) return false;
      text.remove_prefix(1);
      if (text.starts_with("(?:")) text.remove_prefix(3);
      const char first = text.empty() ? '\0' : text[0];
      return is_alnum(static_cast<unsigned char>(first)) || first == '_';
    }
    default:
      return false;
  }
}

}  // namespace

void id_matches_file_and_step(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) {
    const auto id = crs_id(rule);
    const auto file = crs_file(path_of(context.ruleset, rule));
    if (!id) continue;
    if (file && file->number != crs_file_number(*id)) {
      findings.add(Check::id_matches_file_and_step, rule, rule.id_span,
                   fmt::format("rule {} is in the file for rules {}000 to {}999", *id, file->number,
                               file->number),
                   "move the rule, or give it an id of this file");
      continue;
    }
    const uint64_t base = *id - *id % 10;
    if (*id % 10 == 0 || is_control_id(*id) || is_administrative(crs_file_number(*id))) continue;
    if (context.ruleset.find(base) != nullptr) continue;
    findings.add(
        Check::id_matches_file_and_step, rule, rule.id_span,
        fmt::format("{} is the id for a variation of rule {}, which does not exist", *id, base),
        "ids of rules are multiples of ten, with variations in between");
  }
}

void request_response_half(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) {
    const auto id = crs_id(rule);
    if (!id || *id >= 980'000) continue;
    const bool response = *id >= 950'000;
    const bool late = rule.phase == 3 || rule.phase == 4;
    if (rule.phase == 5 || late == response) continue;
    findings.add(Check::request_response_half, rule, rule.id_span,
                 fmt::format("rule {} runs in phase {}, but its id is for rules on {}", *id,
                             rule.phase, response ? "responses" : "requests"),
                 response ? "rules on requests are numbered below 950000"
                          : "rules on responses are numbered from 950000 on");
  }
}

void negated_cookie(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) {
    const Rule& starter = context.starter(rule);
    if (!crs_id(starter)) continue;
    for (size_t i = 0; i < rule.targets.size(); ++i) {
      const Target& target = rule.targets[i];
      if (!target.excluded || target.updated || target.variable != Variable::REQUEST_COOKIES) {
        continue;
      }
      const std::string written(context.ruleset.sources.text(target.span));
      auto& finding =
          findings.add(Check::negated_cookie, rule, target.span,
                       fmt::format("{} is an exclusion inside a rule", parser::shown(written)),
                       fmt::format("write SecRuleUpdateTargetById {} \"{}\" after the rules",
                                   *starter.id, parser::shown(written)));
      const bool alone = starter.links == 1 && i > 0 && !rule.targets[i - 1].updated;
      if (!alone) continue;
      const parser::Span gone{target.span.file, rule.targets[i - 1].span.end, target.span.end};
      const parser::Span behind{rule.span.file, rule.span.end, rule.span.end};
      finding.fix = parser::Fix{
          "exclude it with a directive",
          false,
          {{gone, ""},
           {behind, fmt::format("\nSecRuleUpdateTargetById {} \"{}\"", *starter.id, written)}}};
    }
  }
}

void stricter_sibling(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) {
    const auto id = crs_id(rule);
    if (!id || *id % 10 == 0 || is_control_id(*id) || is_administrative(crs_file_number(*id))) {
      continue;
    }
    const uint64_t base = *id - *id % 10;
    const Rule* const first = context.ruleset.find(base);
    if (first == nullptr) continue;  // id-matches-file-and-step owns that
    // At the same level it is a variation for other targets, say, and no stricter one.
    if (parser::paranoia_level(rule) &&
        parser::paranoia_level(rule) == parser::paranoia_level(*first))
      continue;
    const std::string_view bytes = context.ruleset.sources[rule.span.file].bytes;
    const size_t line = bytes.substr(0, rule.span.begin).find_last_of('\n') + 1;
    if (tells_of_sibling(bytes, line)) continue;
    findings.add(Check::stricter_sibling, rule, rule.id_span,
                 fmt::format("no comment says that rule {} is a stricter sibling of {}", *id, base),
                 fmt::format("write above it: # This rule is a stricter sibling of {}.", base));
  }
}

void plugin_files(const Context& context, Findings& findings) {
  const parser::RulesetModel& ruleset = context.ruleset;
  RuleIndex first = parser::kNoRule;
  RuleIndex last = 0;
  for (const Rule& rule : ruleset.rules) {
    if (!crs_id(rule)) continue;
    first = std::min(first, context.index(rule));
    last = context.index(rule);
  }
  parser::FileId reported = parser::kNoFile;
  for (const Rule& rule : ruleset.rules) {
    if (!rule.is_starter() || !rule.id || !is_plugin_id(*rule.id)) continue;
    if (rule.span.file == reported) continue;
    const std::string& path = path_of(ruleset, rule);
    const PluginPart part = plugin_part(path);
    const RuleIndex here = context.index(rule);
    std::string message;
    std::string help;
    if (part == PluginPart::none) {
      message = fmt::format("rule {} has the id of a plugin rule, but is in {}", *rule.id, path);
      help = "name the files of a plugin NAME-config.conf, NAME-before.conf and NAME-after.conf";
    } else if (first == parser::kNoRule) {
      continue;
    } else if (part != PluginPart::after && here > first) {
      message = fmt::format("{} is loaded after rules of CRS", path);
      help = "load the -config.conf and -before.conf files of plugins before the rules of CRS";
    } else if (part == PluginPart::after && here < last) {
      message = fmt::format("{} is loaded before rules of CRS", path);
      help = "load the -after.conf files of plugins after the rules of CRS";
    } else {
      continue;
    }
    reported = rule.span.file;
    findings.add(Check::plugin_files, rule, rule.id_span, std::move(message), std::move(help));
  }
}

void args_names_json_prefix(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) {
    if (!crs_id(context.starter(rule)) || rule.op.negated || !is_anchored_name(rule.op)) continue;
    const auto names = std::ranges::find_if(rule.targets, [](const Target& target) {
      return target.variable == Variable::ARGS_NAMES && !target.excluded && !target.count;
    });
    if (names == rule.targets.end()) continue;
    auto& finding = findings.add(
        Check::args_names_json_prefix, rule, rule.op.span,
        "this does not match members of a JSON body, which ModSecurity 3 and Coraza name json.NAME",
        "write @rx ^(?:json\\.)?NAME");
    finding.related.push_back({names->span, "the names are inspected here"});
  }
}

}  // namespace wafcheck::lint::inline checks
