// Coraza's JSON: one object a line. Source: seclang reference 8.3.

#include <fmt/format.h>

#include <charconv>
#include <map>

#include "engine/program.h"
#include "engine/program/settings.h"
#include "formats/json/writer.h"
#include "formats/records/audit_log.h"
#include "formats/records/audit_own.h"
#include "formats/records/audit_view.h"
#include "parser/base/ascii.h"
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
      return "On";
    case EngineMode::off:
      return "Off";
    case EngineMode::detection_only:
      return "DetectionOnly";
  }
  return "";
}

/// Names in the order they first came, each with all its values.
void write_grouped(JsonWriter& json, std::string_view key, const std::vector<Header>& members,
                   bool lower_case) {
  std::map<std::string, size_t> places;
  std::vector<std::pair<std::string, std::vector<std::string_view>>> groups;
  for (const auto& [name, value] : members) {
    std::string shown = lower_case ? lowercase(name) : name;
    const auto [place, inserted] = places.try_emplace(shown, groups.size());
    if (inserted) groups.emplace_back(std::move(shown), std::vector<std::string_view>());
    groups[place->second].second.push_back(value);
  }
  json.key(key);
  json.begin_object();
  for (const auto& [name, values] : groups) {
    json.texts(name, values);
  }
  json.end_object();
}

void write_request(JsonWriter& json, const AuditView& view) {
  json.key("request");
  json.begin_object();
  json.member("method", view.method());
  json.member("protocol", view.protocol());
  json.member("uri", view.target());
  json.member("http_version", view.http_version());
  if (view.part('B')) write_grouped(json, "headers", view.request_headers(), true);
  if (view.part('C')) {
    json.member("body", view.request_body());
    write_grouped(json, "args", view.arguments(), false);
  }
  if (view.part('J')) {
    json.key("files");
    json.begin_array();
    for (const AuditView::Upload& upload : view.uploads()) {
      json.begin_object();
      json.member("name", upload.name);
      json.key("size");
      json.number(upload.bytes);
      json.member("mime", upload.type);
      json.end_object();
    }
    json.end_array();
  }
  json.key("length");
  json.number(view.transaction().request_body().size());
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
    write_grouped(json, "headers", view.response_headers(), true);
  }
  if (view.part('E')) json.member("body", view.response_body());
  json.end_object();
}

void write_producer(JsonWriter& json, const AuditView& view) {
  json.key("producer");
  json.begin_object();
  json.member("connector", "wafcheck");
  json.member("version", WAFCHECK_VERSION);
  json.member("server", view.transaction().program().settings().server_signature);
  json.member("rule_engine", engine_name(view.transaction().engine_mode()));
  json.member("stopwatch", view.stopwatch());
  json.texts("rulesets", view.components());
  json.end_object();
}

/// "7" as 7; what is no number as 0.
int number_of(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

void write_full_message(JsonWriter& json, const AuditView& view, const MatchedRule& matched) {
  const parser::Rule& rule = *matched.rule;
  const parser::Place place = view.place(rule);
  json.begin_object();
  json.member("actionset", fmt::format("{}", fmt::join(view.components(), " ")));
  json.member("message", view.message(matched));
  json.member("error_message",
              view.part('H') ? view.alert(matched, parser::Profile::coraza) : std::string());
  json.key("data");
  json.begin_object();
  json.member("file", place.path);
  json.key("line");
  json.number(place.line);
  json.key("id");
  json.number(rule.id.value_or(0));
  json.member("rev", raw_value(rule, Action::rev, ""));
  json.member("msg", view.message(matched));
  json.member("data", view.data(matched));
  json.key("severity");
  json.number(matched.severity);
  json.member("ver", raw_value(rule, Action::ver, ""));
  json.key("maturity");
  json.number(number_of(raw_value(rule, Action::maturity, "0")));
  json.key("accuracy");
  json.number(number_of(raw_value(rule, Action::accuracy, "0")));
  json.texts("tags", view.tags(matched));
  json.member("raw", view.source(rule));
  json.end_object();
  json.end_object();
}

/// K tells all, once a value that matched; H alone only the error-log line.
void write_messages(JsonWriter& json, const AuditView& view) {
  if (!view.part('K') && !view.part('H')) return;
  json.key("messages");
  json.begin_array();
  for (const MatchedRule* matched : view.rules()) {
    if (view.part('K')) {
      const size_t values = std::max<size_t>(matched->matches.size(), 1);
      for (size_t value = 0; value < values; ++value) write_full_message(json, view, *matched);
    } else {
      json.begin_object();
      json.member("error_message", view.alert(*matched, parser::Profile::coraza));
      json.end_object();
    }
  }
  json.end_array();
}

}  // namespace

std::string audit_record_coraza(const Outcome& outcome) {
  const AuditView view(outcome);
  const engine::Transaction& transaction = view.transaction();
  const int severity = transaction.highest_severity();
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("transaction");
  json.begin_object();
  json.member("timestamp", view.time("%Y/%m/%d %H:%M:%S"));
  json.key("unix_timestamp");
  json.number(transaction.time_us() * 1000);
  json.member("id", transaction.id());
  json.member("client_ip", view.first(Variable::REMOTE_ADDR));
  json.key("client_port");
  json.number(view.port(Variable::REMOTE_PORT));
  json.member("host_ip", view.first(Variable::SERVER_ADDR));
  json.key("host_port");
  json.number(view.port(Variable::SERVER_PORT));
  json.member("server_id", view.text(view.first(Variable::SERVER_NAME)));
  write_request(json, view);
  write_response(json, view);
  if (view.part('H')) write_producer(json, view);
  json.member("highest_severity", severity < 8 ? std::to_string(severity) : std::string());
  json.key("is_interrupted");
  json.boolean(transaction.interruption().has_value());
  json.end_object();
  write_messages(json, view);
  if (view.shows_own()) {
    json.key("wafcheck");
    json.raw(own_members(view, {.header_lines = false}));
  }
  json.end_object();
  return out;
}

}  // namespace wafcheck::formats::inline records
