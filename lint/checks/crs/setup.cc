// Settings of CRS that no rule reads because they are misspelled or were renamed.

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "lint/analysis/tx.h"
#include "lint/checks/check.h"
#include "lint/checks/crs/crs.h"
#include "parser/base/ascii.h"
#include "parser/base/nearest.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Variable;

/// What CRS 3 read and CRS 4 does not. Source: the release notes of CRS 4.0.0 and the comments in
/// its crs-setup.conf.
struct Renamed {
  std::string_view before;
  std::string_view now;   ///< empty: gone
  std::string_view note;  ///< where it went
};
constexpr Renamed kRenamed[] = {
    {"anomaly_score_pl1", "inbound_anomaly_score_pl1", ""},
    {"anomaly_score_pl2", "inbound_anomaly_score_pl2", ""},
    {"anomaly_score_pl3", "inbound_anomaly_score_pl3", ""},
    {"anomaly_score_pl4", "inbound_anomaly_score_pl4", ""},
    {"block_harvester_ip", "", "CRS 4 no longer looks up addresses"},
    {"block_search_ip", "", "CRS 4 no longer looks up addresses"},
    {"block_spammer_ip", "", "CRS 4 no longer looks up addresses"},
    {"block_suspicious_ip", "", "CRS 4 no longer looks up addresses"},
    {"crs_exclusions_cpanel", "", "install the plugin for cPanel"},
    {"crs_exclusions_dokuwiki", "", "install the plugin for DokuWiki"},
    {"crs_exclusions_drupal", "", "install the plugin for Drupal"},
    {"crs_exclusions_nextcloud", "", "install the plugin for Nextcloud"},
    {"crs_exclusions_phpbb", "", "install the plugin for phpBB"},
    {"crs_exclusions_phpmyadmin", "", "install the plugin for phpMyAdmin"},
    {"crs_exclusions_wordpress", "", "install the plugin for WordPress"},
    {"crs_exclusions_xenforo", "", "install the plugin for XenForo"},
    {"do_reput_block", "", "CRS 4 no longer blocks by reputation"},
    {"dos_block_timeout", "", "install the DoS protection plugin"},
    {"dos_burst_time_slice", "", "install the DoS protection plugin"},
    {"dos_counter_threshold", "", "install the DoS protection plugin"},
    {"executing_paranoia_level", "detection_paranoia_level", ""},
    {"high_risk_country_codes", "", "CRS 4 no longer looks up countries"},
    {"paranoia_level", "blocking_paranoia_level", ""},
    {"reput_block_duration", "", "CRS 4 no longer blocks by reputation"},
    {"restricted_headers", "restricted_headers_basic", ""},
    {"static_extensions", "", "install the DoS protection plugin"},
};

/// Rules of a user of CRS, not of CRS itself or a plugin.
bool is_local(const parser::Rule& starter) {
  return starter.id && !is_crs_id(*starter.id) && !is_plugin_id(*starter.id);
}

}  // namespace

void setup_variable_typo(const Context& context, Findings& findings) {
  if (!holds_crs(context.ruleset)) return;
  const TxIndex& tx = context.tx();
  if (tx.scripted()) return;
  const auto read_by_crs = [&](const TxVariable& variable) {
    return variable.collection == Variable::TX && !variable.is_capture() &&
           std::ranges::any_of(variable.reads, [&](const TxUse* use) {
             return crs_id(context.starter(context.ruleset.rules[use->rule])).has_value();
           });
  };
  std::vector<std::string_view> settings;
  for (const TxVariable& variable : tx.variables()) {
    if (read_by_crs(variable)) settings.push_back(variable.name);
  }
  const auto is_setting = [&](std::string_view name) {
    return std::ranges::any_of(settings, [&](std::string_view k) { return iequals(k, name); });
  };
  for (const TxVariable& variable : tx.variables()) {
    if (variable.collection != Variable::TX || variable.is_capture() || tx.is_read(variable))
      continue;
    const auto renamed = std::ranges::find_if(
        kRenamed, [&](const Renamed& row) { return iequals(row.before, variable.name); });
    const bool old =
        renamed != std::end(kRenamed) && (renamed->now.empty() || is_setting(renamed->now));
    const std::string_view near =
        old ? renamed->now
            : nearest(variable.name, settings, [](std::string_view name) { return name; });
    if (!old && near.empty()) continue;  // tx-set-never-read owns that
    for (const TxUse* use : variable.writes) {
      const parser::Rule& rule = context.ruleset.rules[use->rule];
      const auto* setvar =
          use->action != nullptr ? std::get_if<parser::Setvar>(&use->action->value) : nullptr;
      if (!is_local(context.starter(rule)) || setvar == nullptr) continue;
      const parser::Span name =
          setvar->name.parts.empty() ? use->span : setvar->name.parts.front().span;
      auto& finding =
          findings.add(Check::setup_variable_typo, rule, name,
                       fmt::format("no rule of CRS reads tx.{}{}", parser::shown(variable.name),
                                   !old           ? ""
                                   : near.empty() ? " any more"
                                                  : ": it was renamed"),
                       near.empty() ? std::string(renamed->note)
                       : old        ? fmt::format("write tx.{}", near)
                                    : parser::did_you_mean(fmt::format("tx.{}", near)));
      if (near.empty()) continue;
      finding.fix = parser::Fix{fmt::format("write tx.{}", near), false, {{name, lowercase(near)}}};
    }
  }
}

}  // namespace wafcheck::lint::inline checks
