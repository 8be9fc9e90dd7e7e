#include "formats/records/members.h"

#include <algorithm>

namespace wafcheck::formats::inline records {

void write_engine(JsonWriter& json, const parser::Engine& engine) {
  json.key("engine");
  json.begin_object();
  json.member("name", "wafcheck");
  const bool own = engine.profile == parser::Profile::standard;
  json.member("version", own ? WAFCHECK_VERSION : parser::to_string(engine.version));
  json.member("profile", parser::to_string(engine.profile));
  json.member("wafcheck_version", WAFCHECK_VERSION);
  json.end_object();
}

void write_dropped(JsonWriter& json, const std::vector<DroppedRule>& rules) {
  if (rules.empty()) return;
  json.key("dropped");
  json.begin_array();
  for (const DroppedRule& rule : rules) {
    json.begin_object();
    json.number("id", rule.id);
    json.bytes("file", rule.file);
    json.key("line");
    json.number(rule.line);
    json.member("reason", rule.reason);
    json.end_object();
  }
  json.end_array();
}

void write_interruption(JsonWriter& json, std::string_view name,
                        const std::optional<engine::Interruption>& interruption) {
  json.key(name);
  if (!interruption) {
    json.null();
    return;
  }
  json.begin_object();
  json.member("action", engine::to_string(interruption->action));
  json.key("status");
  json.number(interruption->status);
  json.number("rule_id", interruption->rule_id);
  json.key("phase");
  json.number(static_cast<int>(interruption->phase));
  if (interruption->url.empty()) {
    json.key("url");
    json.null();
  } else {
    json.bytes("url", interruption->url);
  }
  json.bytes("message", interruption->message);
  json.end_object();
}

void write_uninspected(JsonWriter& json, std::span<const engine::Uninspected> bodies) {
  if (bodies.empty()) return;
  json.key("uninspected");
  json.begin_array();
  for (const engine::Uninspected& body : bodies) {
    json.begin_object();
    json.member("body", body.response ? "response" : "request");
    json.member("reason", to_string(body.why));
    json.bytes("type", body.type);
    json.end_object();
  }
  json.end_array();
}

void write_problem(JsonWriter& json, std::string_view kind, std::string_view message) {
  json.begin_object();
  json.member("kind", kind);
  json.member("message", message);
  json.end_object();
}

}  // namespace wafcheck::formats::inline records
