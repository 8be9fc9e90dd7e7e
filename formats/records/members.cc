#include "formats/records/members.h"

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

}  // namespace wafcheck::formats::inline records
