#include "formats/traffic/auditlog/alert_lines.h"

#include <algorithm>
#include <charconv>

#include "formats/traffic/auditlog/alerts.h"
#include "formats/traffic/auditlog/byte_json.h"
#include "formats/traffic/auditlog/times.h"
#include "formats/traffic/auditlog/unwrap.h"
#include "parser/base/ascii.h"

namespace wafcheck::formats::inline traffic {
namespace {

constexpr size_t kRowDepth = 32;

std::string path_of(std::string_view uri) {
  // Azure and some fronts give the whole URL.
  if (const size_t scheme = uri.find("://"); scheme != std::string_view::npos && scheme < 8) {
    const size_t path = uri.find('/', scheme + 3);
    uri = path == std::string_view::npos ? std::string_view("/") : uri.substr(path);
  }
  return std::string(uri.substr(0, uri.find_first_of("?#")));
}

/// The address in `[client 192.0.2.1:40000]` or `[client "192.0.2.1"]`, before the engine's words.
std::string client_of(std::string_view prefix) {
  constexpr std::string_view kClient = "[client ";
  const size_t at = prefix.rfind(kClient);
  if (at == std::string_view::npos) return {};
  std::string_view text = prefix.substr(at + kClient.size());
  text = text.substr(0, text.find(']'));
  if (text.starts_with('"')) text.remove_prefix(1);
  if (text.ends_with('"')) text.remove_suffix(1);
  // A port follows an address of version 4; one of version 6 has more colons.
  const size_t colon = text.find(':');
  if (colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos) {
    text = text.substr(0, colon);
  }
  return std::string(text);
}

/// The time that a line begins with: in brackets as Apache writes it, or plain.
std::optional<int64_t> time_of(std::string_view prefix) {
  if (prefix.starts_with('[')) {
    const auto time = parse_log_time(prefix.substr(1, prefix.find(']') - 1));
    if (time) return time->us;
  }
  constexpr size_t kPlain = 19;  // "2026/11/29 16:00:00"
  if (const auto time = parse_log_time(prefix.substr(0, kPlain))) return time->us;
  const size_t blank = prefix.find(' ');
  if (const auto time = parse_log_time(prefix.substr(0, blank))) return time->us;
  return std::nullopt;
}

/// Where an engine's words begin; npos: no engine speaks.
size_t words_at(std::string_view line) {
  return std::min(line.find("ModSecurity: "), line.find("Coraza: "));
}

/// A member of a row, whose name differs by where the row was exported.
class AzureRow {
 public:
  AzureRow(const ByteJson& json, JsonValue row) : json_(json), row_(row) {}

  std::string text(std::initializer_list<std::string_view> names) const {
    for (JsonMembers members(row_); const auto member = members.next();) {
      const std::string name = json_.string(member->name);
      for (const std::string_view wanted : names) {
        if (!iequals(name, wanted)) continue;
        if (std::string value = json_.string(member->value); !value.empty()) return value;
      }
    }
    return {};
  }

 private:
  const ByteJson& json_;
  JsonValue row_;
};

std::expected<SeenAlert, NoAlert> read_azure_row(std::string_view line) {
  const auto json = ByteJson::parse(std::string(line), kRowDepth);
  if (!json) return std::unexpected(NoAlert::foreign);
  const JsonValue root = json->root();
  const JsonValue properties = root.member("properties");
  const AzureRow row(*json, properties ? properties : root), outer(*json, root);
  const AzureRow details(*json, properties.member("details"));
  const std::string id = row.text({"ruleId", "ruleId_s", "RuleID"});
  const std::string uri = row.text({"requestUri", "requestUri_s"});
  if (id.empty() || uri.empty()) return std::unexpected(NoAlert::foreign);
  SeenAlert alert;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), alert.rule_id);
  if (error != std::errc() || end == id.data()) return std::unexpected(NoAlert::unreadable);
  alert.path = path_of(uri);
  alert.message = row.text({"message", "Message"});
  alert.client = row.text({"clientIp", "clientIp_s", "clientIP", "ClientIP"});
  alert.host = row.text({"hostname", "hostname_s", "host"});
  const std::string action = row.text({"action", "action_s"});
  alert.interrupted = iequals(action, "Blocked") || iequals(action, "Block");
  const std::string time = outer.text({"time", "timeStamp", "timestamp", "TimeGenerated"});
  if (const auto parsed = parse_log_time(time)) alert.time_us = parsed->us;
  // "Pattern match ... at ARGS:q." and, newer, "Matched Data: x found within [ARGS:q:x]"
  std::string data = details.text({"data"});
  if (data.empty()) data = row.text({"DetailedData", "details_data_s"});
  constexpr std::string_view kWithin = "found within [";
  if (const size_t at = data.find(kWithin); at != std::string::npos) {
    const std::string_view rest = std::string_view(data).substr(at + kWithin.size());
    const size_t name = rest.find(':');
    alert.target = std::string(rest.substr(0, rest.find(':', name + 1)));
  }
  if (alert.target.empty()) {
    std::string words = details.text({"message"});
    if (words.empty()) words = row.text({"DetailedMessage", "details_message_s"});
    if (const size_t at = words.rfind(" at "); at != std::string::npos) {
      alert.target = words.substr(at + 4);
      if (alert.target.ends_with('.')) alert.target.pop_back();
    }
  }
  return alert;
}

}  // namespace

std::expected<SeenAlert, NoAlert> read_alert_line(std::string_view line) {
  const size_t words = words_at(line);
  if (words == std::string_view::npos) {
    return line.starts_with('{') ? read_azure_row(line) : std::unexpected(NoAlert::foreign);
  }
  std::string inner;
  if (line.starts_with('{')) {
    for (const Wrapping wrapping : {Wrapping::docker, Wrapping::document}) {
      auto unwrapped = unwrap(line, wrapping);
      if (!unwrapped) continue;
      inner = std::move(unwrapped->text);
      break;
    }
    if (inner.empty()) return std::unexpected(NoAlert::unreadable);
    line = trim(inner);
  }
  const size_t at = words_at(line);
  if (at == std::string_view::npos) return std::unexpected(NoAlert::foreign);
  const std::string_view said = line.substr(line.find(": ", at) + 2);
  const bool is_alert = said.starts_with("Warning") || said.starts_with("Access ");
  if (!is_alert) return std::unexpected(NoAlert::engine_message);
  const auto parsed = parse_alert(line);
  if (!parsed) return std::unexpected(NoAlert::unreadable);
  SeenAlert alert;
  alert.rule_id = *parsed->id();
  alert.message = std::string(parsed->field("msg"));
  alert.target = parsed->target();
  alert.path = path_of(parsed->field("uri"));
  alert.host = std::string(parsed->field("hostname"));
  alert.client = client_of(line.substr(0, at));
  alert.time_us = time_of(line);
  alert.interrupted = parsed->verb >= AlertVerb::denied;
  return alert;
}

bool looks_like_alert_lines(std::string_view head) {
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find('\n'));
    head.remove_prefix(std::min(line.size() + 1, head.size()));
    const auto alert = read_alert_line(trim(line));
    if (alert || alert.error() != NoAlert::foreign) return true;
  }
  return false;
}

}  // namespace wafcheck::formats::inline traffic
