// ModSecurity 2's JSON, which Coraza calls JsonLegacy: one object a line. Source: seclang reference
// 8.3.

#include <fmt/format.h>

#include "engine/program.h"
#include "engine/program/settings.h"
#include "formats/json/writer.h"
#include "formats/records/audit_log.h"
#include "formats/records/audit_own.h"
#include "formats/records/audit_view.h"
#include "parser/language/semantics.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::formats::inline records {
namespace {

using engine::MatchedRule;
using parser::Action;
using parser::Variable;

void write_transaction(JsonWriter& json, const AuditView& view) {
  json.key("transaction");
  json.begin_object();
  json.member("time", view.time("%d/%b/%Y:%H:%M:%S +0000"));
  json.member("transaction_id", view.transaction().id());
  json.member("remote_address", view.first(Variable::REMOTE_ADDR));
  json.key("remote_port");
  json.number(view.port(Variable::REMOTE_PORT));
  json.member("local_address", view.first(Variable::SERVER_ADDR));
  json.key("local_port");
  json.number(view.port(Variable::SERVER_PORT));
  json.end_object();
}

void write_body(JsonWriter& json, const std::string& body) {
  json.key("body");
  json.begin_array();
  if (!body.empty()) json.string(body);
  json.end_array();
}

void write_request(JsonWriter& json, const AuditView& view) {
  const bool body = view.part('C'), compact = view.part('I');
  if (!view.part('B') && !body && !compact) return;
  json.key("request");
  json.begin_object();
  if (view.part('B')) {
    const std::string protocol = view.protocol();
    json.member("request_line", fmt::format("{} {}{}{}", view.method(), view.target(),
                                            protocol.empty() ? "" : " ", protocol));
    write_audit_headers(json, view.request_headers());
  }
  if (body) write_body(json, view.request_body());
  if (compact) json.member("fake_body", view.compact_request_body());
  json.end_object();
}

void write_response(JsonWriter& json, const AuditView& view) {
  if (!view.part('E') && !view.part('F')) return;
  json.key("response");
  json.begin_object();
  if (view.part('F')) {
    json.member("protocol", view.response_protocol());
    json.key("status");
    json.number(view.status());
    write_audit_headers(json, view.response_headers());
  }
  if (view.part('E')) json.member("body", view.response_body());
  json.end_object();
}

void write_audit_data(JsonWriter& json, const AuditView& view) {
  const engine::Transaction& transaction = view.transaction();
  const engine::Settings& settings = transaction.program().settings();
  json.key("audit_data");
  json.begin_object();
  json.key("messages");
  json.begin_array();
  const parser::Profile profile = transaction.program().semantics().profile;
  const parser::Profile words =
      profile == parser::Profile::coraza ? profile : parser::Profile::modsecurity2;
  for (const MatchedRule* matched : view.rules()) json.string(view.alert(*matched, words));
  json.end_array();
  json.key("error_messages");
  json.begin_array();
  for (const engine::Problem& problem : transaction.problems()) {
    json.string(fmt::format("{}: {}", problem.kind, view.text(problem.message)));
  }
  json.end_array();
  if (const auto& interruption = transaction.interruption()) {
    json.key("action");
    json.begin_object();
    json.key("intercepted");
    json.boolean(true);
    json.key("phase");
    json.number(static_cast<int>(interruption->phase));
    json.member("message", view.text(interruption->message));
    json.end_object();
  }
  json.key("stopwatch");
  json.begin_object();
  json.key("start");
  json.number(transaction.time_us());
  json.key("elapsed_us");
  json.number(view.outcome().elapsed_us, 0);
  json.end_object();
  json.key("producer");
  json.begin_array();
  json.string(view.product());
  for (const std::string& component : view.components()) json.string(component);
  json.end_array();
  json.member("server", settings.server_signature);
  json.member("engine_mode", view.engine_mode());
  json.end_object();
}

void write_uploads(JsonWriter& json, const AuditView& view) {
  size_t total = 0;
  json.key("uploads");
  json.begin_object();
  json.key("info");
  json.begin_array();
  for (const AuditView::Upload& upload : view.uploads()) {
    total += upload.bytes;
    json.begin_object();
    json.key("file_size");
    json.number(upload.bytes);
    json.member("file_name", upload.name);
    json.member("content_type", upload.type);
    json.end_object();
  }
  json.end_array();
  json.key("total");
  json.number(total);
  json.end_object();
}

void write_actions(JsonWriter& json, const parser::Rule& rule) {
  json.key("actionset");
  json.begin_object();
  if (rule.id) json.member("id", std::to_string(*rule.id));
  constexpr std::pair<Action, std::string_view> kNamed[] = {
      {Action::rev, "rev"},           {Action::msg, "msg"},     {Action::logdata, "logdata"},
      {Action::severity, "severity"}, {Action::ver, "version"}, {Action::maturity, "maturity"},
      {Action::accuracy, "accuracy"}};
  for (const auto& [action, name] : kNamed) {
    if (rule.has(action)) json.member(name, raw_value(rule, action, ""));
  }
  json.key("phase");
  json.number(static_cast<int>(rule.phase));
  json.key("is_chained");
  json.boolean(rule.link > 0 || rule.links > 1);
  json.key("tags");
  json.begin_array();
  for (const parser::ActionUse* use : rule.effective) {
    if (use->id == Action::tag) json.string(use->raw);
  }
  json.end_array();
  json.end_object();
}

void write_rule(JsonWriter& json, const AuditView& view, const parser::Rule& rule) {
  const parser::Place place = view.place(rule);
  const bool compares = rule.kind == parser::RuleKind::rule;
  json.begin_object();
  write_actions(json, rule);
  json.key("operator");
  json.begin_object();
  json.member("operator",
              compares ? parser::info(rule.op.id).name : std::string_view("unconditionalMatch"));
  json.member("operator_param", compares ? rule.op.argument.view() : std::string_view());
  std::string targets;
  for (const parser::Target& target : rule.targets) {
    if (!targets.empty()) targets.push_back('|');
    targets += view.transaction().program().ruleset().sources.text(target.span);
  }
  json.member("target", targets);
  json.key("negated");
  json.boolean(compares && rule.op.negated);
  json.end_object();
  json.key("config");
  json.begin_object();
  json.member("filename", place.path);
  json.key("line_num");
  json.number(place.line);
  json.end_object();
  json.member("unparsed", view.source(rule));
  json.key("is_matched");
  json.boolean(true);
  json.end_object();
}

void write_matched_rules(JsonWriter& json, const AuditView& view) {
  json.key("matched_rules");
  json.begin_array();
  for (const MatchedRule* matched : view.rules()) {
    const auto chain = view.chain(*matched->rule);
    json.begin_object();
    json.key("chain");
    json.boolean(chain.size() > 1);
    json.key("rules");
    json.begin_array();
    for (const parser::Rule* link : chain) write_rule(json, view, *link);
    json.end_array();
    json.key("full_chain_match");
    json.boolean(true);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

std::string audit_record_modsecurity2(const Outcome& outcome) {
  const AuditView view(outcome);
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_transaction(json, view);
  write_request(json, view);
  write_response(json, view);
  if (view.part('H')) write_audit_data(json, view);
  if (view.part('J')) write_uploads(json, view);
  if (view.part('K')) write_matched_rules(json, view);
  json.key("wafcheck");
  json.raw(own_members(view, {.request_line = true}));
  json.end_object();
  return out;
}

}  // namespace wafcheck::formats::inline records
