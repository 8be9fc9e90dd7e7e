// libmodsecurity's JSON: one object a line. Source: seclang reference 8.3.

#include "engine/program.h"
#include "engine/program/settings.h"
#include "formats/json/writer.h"
#include "formats/records/audit_log.h"
#include "formats/records/audit_own.h"
#include "formats/records/audit_view.h"
#include "formats/records/error_log.h"
#include "parser/language/semantics.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::formats::inline records {
namespace {

using engine::EngineMode;
using engine::MatchedRule;
using parser::Action;
using parser::Variable;

std::string_view engine_name(EngineMode mode) {
  switch (mode) {
    case EngineMode::on:
      return "Enabled";
    case EngineMode::off:
      return "Disabled";
    case EngineMode::detection_only:
      return "DetectionOnly";
  }
  return "";
}

bool shows_empty_bodies(const AuditView& view) {
  return view.transaction().program().semantics().empty_bodies_audited;
}

void write_request(JsonWriter& json, const AuditView& view) {
  json.key("request");
  json.begin_object();
  json.member("method", view.method());
  json.key("http_version");
  if (view.transaction().program().semantics().http_version_quoted) {
    json.string(view.http_version());
  } else {
    json.raw(view.http_version());
  }
  json.member("uri", view.target());
  if (view.part('C') && (view.has_request_body() || shows_empty_bodies(view)))
    json.member("body", view.request_body());
  if (view.part('B')) write_audit_headers(json, view.request_headers());
  json.end_object();
}

void write_response(JsonWriter& json, const AuditView& view) {
  json.key("response");
  json.begin_object();
  if (view.part('E') && (view.has_response_body() || shows_empty_bodies(view)))
    json.member("body", view.response_body());
  json.key("http_code");
  json.number(view.status());
  if (view.part('F')) write_audit_headers(json, view.response_headers());
  json.end_object();
}

void write_producer(JsonWriter& json, const AuditView& view) {
  json.key("producer");
  json.begin_object();
  json.member("modsecurity", view.product());
  json.member("connector", view.connector());
  json.member("secrules_engine", engine_name(view.transaction().engine_mode()));
  std::vector<std::string> components = view.components();
  if (view.transaction().program().semantics().component_quote_kept) {
    for (std::string& component : components) component += '"';
  }
  json.texts("components", components);
  json.end_object();
}

void write_message(JsonWriter& json, const AuditView& view, const MatchedRule& matched) {
  const parser::Rule& rule = *matched.rule;
  const parser::Place place = view.place(rule);
  json.begin_object();
  json.member("message", view.message(matched));
  json.key("details");
  json.begin_object();
  json.member("match", view.match(matched));
  json.member("reference", matched.reference);
  json.member("ruleId", std::to_string(rule.id.value_or(0)));
  json.member("file", place.path);
  json.member("lineNumber", std::to_string(place.line - rule.lines_uncounted));
  json.member("data", view.data(matched));
  json.member("severity", std::to_string(std::max(matched.severity, 0)));
  json.member("ver", raw_value(rule, Action::ver, ""));
  json.member("rev", raw_value(rule, Action::rev, ""));
  json.texts("tags", view.tags(matched));
  json.member("maturity", raw_value(rule, Action::maturity, "0"));
  json.member("accuracy", raw_value(rule, Action::accuracy, "0"));
  json.end_object();
  json.end_object();
}

}  // namespace

std::string audit_record_modsecurity(const Outcome& outcome) {
  const AuditView view(outcome);
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("transaction");
  json.begin_object();
  json.member("client_ip", view.first(Variable::REMOTE_ADDR));
  json.member("time_stamp", view.time("%a %b %e %H:%M:%S %Y"));
  json.member("server_id", view.transaction().program().settings().sensor_id);
  json.key("client_port");
  json.number(view.port(Variable::REMOTE_PORT));
  json.member("host_ip", view.first(Variable::SERVER_ADDR));
  json.key("host_port");
  json.number(view.port(Variable::SERVER_PORT));
  json.member("unique_id", view.transaction().id());
  write_request(json, view);
  write_response(json, view);
  if (view.part('H')) {
    write_producer(json, view);
    json.key("messages");
    json.begin_array();
    for (const MatchedRule* matched : view.rules()) write_message(json, view, *matched);
    json.end_array();
  }
  json.end_object();
  if (view.shows_own()) {
    json.key("wafcheck");
    json.raw(own_members(view, {.any_protocol = false, .response_protocol = false}));
  }
  json.end_object();
  return out;
}

}  // namespace wafcheck::formats::inline records
