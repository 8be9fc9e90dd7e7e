#include "formats/traffic/auditlog/json_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "formats/traffic/auditlog/alerts.h"
#include "formats/traffic/auditlog/byte_json.h"
#include "formats/traffic/auditlog/own.h"
#include "formats/traffic/auditlog/record.h"
#include "formats/traffic/auditlog/times.h"
#include "formats/traffic/gaps.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"

namespace wafcheck::formats::inline traffic {
namespace {

using Kind = JsonValue::Kind;
using parser::Profile;

/// A record whose text was parsed, and what the layouts share.
class JsonRecord {
 public:
  JsonRecord(const ByteJson& json, const TrafficLimits& limits) : json_(json), limits_(limits) {
    out_.recorded.emplace();
  }
  Result<Exchange> decode();

 private:
  // The layouts.
  void modsecurity3(JsonValue transaction);
  void modsecurity2(JsonValue root);
  void coraza(JsonValue root);
  void ocsf(JsonValue root);

  // Of modsecurity3 and coraza.
  void take_ends(JsonValue transaction);

  std::string text(JsonValue value) const { return json_.string(value); }
  /// A number, also one in quotes.
  std::optional<int64_t> number(JsonValue value) const;
  void take_time(std::string_view text);
  static void put_endpoint(std::string ip, std::optional<int64_t> port,
                           std::optional<Endpoint>& endpoint);
  /// Members as headers; a value may be a string, or a list of them.
  std::vector<Header> headers(JsonValue object) const;
  /// A string, or a list of chunks.
  std::string body(JsonValue value) const;
  /// What ModSecurity 3.0.15 and later wrote as \xHH is a byte again.
  void unescape(std::string& bytes);
  void assume(Profile profile, std::string_view producer);
  /// `answered`: the record has headers of the response, or cannot tell.
  void infer_decision(bool answered);
  void note_replacements();

  const ByteJson& json_;
  const TrafficLimits& limits_;
  Exchange out_;
  RecordedBodies bodies_;
};

std::optional<int64_t> JsonRecord::number(JsonValue value) const {
  if (value.is(Kind::number)) return value.integer();
  const std::string digits = text(value);
  int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end == digits.data()) return std::nullopt;
  return number;
}

void JsonRecord::take_time(std::string_view text) {
  const auto time = parse_log_time(text);
  if (!time) return;
  out_.time_us = time->us;
  if (!time->has_zone) add_gap(out_.gaps, Gap::time_zone);
}

void JsonRecord::put_endpoint(std::string ip, std::optional<int64_t> port,
                              std::optional<Endpoint>& endpoint) {
  if (ip.empty()) return;
  const bool valid = port && *port >= 0 && *port <= 65535;
  endpoint = Endpoint{std::move(ip), static_cast<uint16_t>(valid ? *port : 0)};
}

std::vector<Header> JsonRecord::headers(JsonValue object) const {
  std::vector<Header> headers;
  for (JsonMembers members(object); const auto member = members.next();) {
    if (!member->value.is(Kind::array)) {
      headers.emplace_back(text(member->name), text(member->value));
      continue;
    }
    for (JsonElements values(member->value); const auto value = values.next();) {
      headers.emplace_back(text(member->name), text(*value));
    }
  }
  return headers;
}

std::string JsonRecord::body(JsonValue value) const {
  if (!value.is(Kind::array)) return text(value);
  std::string bytes;
  for (JsonElements chunks(value); const auto chunk = chunks.next();) bytes += text(*chunk);
  return bytes;
}

void JsonRecord::unescape(std::string& bytes) {
  if (!has_hex_escape(bytes)) return;
  add_gap(out_.gaps, Gap::escaped_bytes);
  bytes = without_hex_escapes(bytes);
}

/// The engine, where the record does not name it: the layout is known to be its.
void JsonRecord::assume(Profile profile, std::string_view producer) {
  Recorded& recorded = *out_.recorded;
  if (recorded.engine) return;
  recorded.engine = parser::Engine{profile, {}};
  recorded.producer = std::string(producer);
}

/// ModSecurity 3's JSON does not say whether the request was held back. It was where a rule that
/// compares scores matched, or where the last match is of a rule that is not CRS's, and the client
/// got an error or a redirection. A redirection has status 200 and no answer at all.
void JsonRecord::infer_decision(bool answered) {
  Recorded& recorded = *out_.recorded;
  recorded.inferred = true;
  if (recorded.detection_only || recorded.rule_ids.empty()) return;
  const uint64_t last = recorded.rule_ids.back();
  const bool own_rule = last < 900'000 || last > 999'999;
  const auto blocking = std::ranges::find_if(recorded.rule_ids, is_blocking_rule);
  const bool scored = blocking != recorded.rule_ids.end();
  if (!own_rule && !scored) return;
  const int status = recorded.status.value_or(0);
  if (status < 300) {
    if (own_rule && status == 200 && !answered) recorded.decision = "redirect";
    return;
  }
  recorded.decision = status < 400 ? "redirect" : "deny";
  // In phase 4 the record has the body that the application gave, else the server's own page.
  const bool outbound = scored && is_outbound_rule(*blocking);
  const bool page =
      !scored && out_.response && !out_.response->body.empty() &&
      out_.response->body.find(fmt::format("<title>{} ", status)) == std::string::npos;
  if (outbound || page) recorded.phase = 4;
}

void JsonRecord::note_replacements() {
  const Request& request = out_.request;
  const bool found =
      ByteJson::has_replacement(request.uri) || ByteJson::has_replacement(request.body) ||
      std::ranges::any_of(request.headers, [](const Header& header) {
        return ByteJson::has_replacement(header.first) || ByteJson::has_replacement(header.second);
      });
  if (found) add_gap(out_.gaps, Gap::replaced_bytes);
}

/// Addresses and id, in the names that two layouts have in common.
void JsonRecord::take_ends(JsonValue transaction) {
  const auto [client, client_port, host, host_port] =
      transaction.members("client_ip", "client_port", "host_ip", "host_port");
  put_endpoint(text(client), number(client_port), out_.client);
  put_endpoint(text(host), number(host_port), out_.server);
}

void JsonRecord::modsecurity3(JsonValue transaction) {
  const auto [time, id, request, response, producer, messages] =
      transaction.members("time_stamp", "unique_id", "request", "response", "producer", "messages");
  Recorded& recorded = *out_.recorded;
  take_time(text(time));
  take_ends(transaction);
  out_.id = text(id);

  const auto [engine, mode] = producer.members("modsecurity", "secrules_engine");
  take_producer(text(engine), recorded);
  recorded.detection_only = text(mode) == "DetectionOnly";
  const bool own = text(engine).starts_with("wafcheck ");
  if (!own) assume(Profile::modsecurity3, "ModSecurity/3");

  const auto [method, version, uri, request_headers, request_body] =
      request.members("method", "http_version", "uri", "headers", "body");
  out_.request.method = text(method);
  out_.request.uri = text(uri);
  const std::string number_text = text(version);
  out_.request.protocol = number_text.empty() ? "" : "HTTP/" + number_text;
  out_.request.headers = headers(request_headers);
  if (!request_headers) add_gap(out_.gaps, Gap::request_headers);
  out_.request.body = body(request_body);
  bodies_.request = request_body.kind() != Kind::missing;

  const auto [code, response_headers, response_body] =
      response.members("http_code", "headers", "body");
  if (const auto status = number(code); status && *status > 0) {
    Response& answer = out_.response.emplace();
    recorded.status = answer.status = static_cast<int>(*status);
    answer.headers = headers(response_headers);
    answer.body = body(response_body);
    bodies_.response = response_body.kind() != Kind::missing;
  }

  for (JsonElements list(messages); const auto message = list.next();) {
    const auto rule = number(message->member("details").member("ruleId"));
    if (rule && *rule >= 0) {
      take_rule(static_cast<uint64_t>(*rule), text(message->member("message")), recorded);
    }
  }
  if (!messages && !producer) add_gap(out_.gaps, Gap::verdict);
  if (own) return;
  infer_decision(!response_headers || !out_.response || !out_.response->headers.empty());
  add_gap(out_.gaps, Gap::header_order);
  const parser::Version known = recorded.engine->version;
  const bool escapes =
      known.patch != parser::Version::kNewest && known >= parser::Version{3, 0, 15};
  bodies_.cut_at_nul = !escapes;
  if (!escapes) return;
  unescape(out_.request.uri);
  unescape(out_.request.body);
  for (Header& header : out_.request.headers) unescape(header.second);
  if (out_.response) unescape(out_.response->body);
}

void JsonRecord::modsecurity2(JsonValue root) {
  const auto [transaction, request, response, audit] =
      root.members("transaction", "request", "response", "audit_data");
  Recorded& recorded = *out_.recorded;
  const auto [time, id, remote, remote_port, local, local_port] = transaction.members(
      "time", "transaction_id", "remote_address", "remote_port", "local_address", "local_port");
  take_time(text(time));
  out_.id = text(id);
  put_endpoint(text(remote), number(remote_port), out_.client);
  put_endpoint(text(local), number(local_port), out_.server);

  const auto [line, request_headers, request_body, fields] =
      request.members("request_line", "headers", "body", "fake_body");
  take_request_line(text(line), out_.request);
  out_.request.headers = headers(request_headers);
  if (!request_headers) add_gap(out_.gaps, Gap::request_headers);
  out_.request.body = body(request_body);
  bodies_.request = request_body.kind() != Kind::missing;
  bodies_.cut_at_nul = true;
  if (!bodies_.request && fields) {
    const std::string* type = find_header(out_.request.headers, "Content-Type");
    out_.request.body = multipart_body(form_fields(text(fields)), type ? *type : "");
    add_gap(out_.gaps, Gap::request_body_fields);
  }

  const auto [protocol, status, response_headers, response_body] =
      response.members("protocol", "status", "headers", "body");
  if (const auto code = number(status); code && *code > 0) {
    Response& answer = out_.response.emplace();
    recorded.status = answer.status = static_cast<int>(*code);
    if (protocol) answer.protocol = text(protocol);
    answer.headers = headers(response_headers);
    answer.body = body(response_body);
    bodies_.response = response_body.kind() != Kind::missing;
  }

  const auto [messages, errors, action, producer, mode, sanitised] =
      audit.members("messages", "error_messages", "action", "producer", "engine_mode", "sanitized");
  recorded.detection_only = text(mode) == "DETECTION_ONLY";
  take_producer(body(producer), recorded);
  const bool joins = !recorded.engine && !body(producer).starts_with("wafcheck");
  if (sanitised) add_gap(out_.gaps, Gap::sanitised);
  for (JsonElements list(messages); const auto message = list.next();) {
    const std::string said = text(*message);
    if (const auto alert = parse_alert(said)) {
      take_alert(*alert, recorded);
    } else if (is_failure(said)) {
      out_.notes.push_back(excerpt(said, kNoteBytes));
    }
  }
  // Coraza writes its alerts among the errors.
  if (recorded.rule_ids.empty()) {
    for (JsonElements list(errors); const auto message = list.next();) {
      if (const auto alert = parse_alert(text(*message))) take_alert(*alert, recorded);
    }
  }
  if (!audit) add_gap(out_.gaps, Gap::verdict);
  const auto [intercepted, phase] = action.members("intercepted", "phase");
  if (intercepted.text() == "true" && !recorded.detection_only) {
    if (recorded.decision == "pass" || recorded.decision == "allow") recorded.decision = "deny";
    if (recorded.phase == 0) recorded.phase = static_cast<int>(number(phase).value_or(0));
  }
  if (joins) {
    assume(Profile::coraza, "Coraza");
    add_gap(out_.gaps, Gap::header_order);
    add_gap(out_.gaps, Gap::headers_joined);
  }
}

void JsonRecord::coraza(JsonValue root) {
  const auto [transaction, messages] = root.members("transaction", "messages");
  const auto [timestamp, unix_ns, id, request, response, producer, interrupted] =
      transaction.members("timestamp", "unix_timestamp", "id", "request", "response", "producer",
                          "is_interrupted");
  Recorded& recorded = *out_.recorded;
  if (const auto ns = number(unix_ns); ns && *ns > 0) {
    out_.time_us = *ns / 1000;
  } else {
    take_time(text(timestamp));
  }
  take_ends(transaction);
  out_.id = text(id);

  const auto [connector, version, mode] = producer.members("connector", "version", "rule_engine");
  recorded.detection_only = text(mode) == "DetectionOnly";
  const bool own = text(connector) == "wafcheck";
  if (!own) {
    assume(Profile::coraza, "Coraza");
    add_gap(out_.gaps, Gap::header_order);
    add_gap(out_.gaps, Gap::header_case);
  }

  const auto [method, protocol, http_version, uri, request_headers, request_body, arguments] =
      request.members("method", "protocol", "http_version", "uri", "headers", "body", "args");
  out_.request.method = text(method);
  out_.request.uri = text(uri);
  out_.request.protocol = text(protocol);
  if (out_.request.protocol.empty() && !text(http_version).empty()) {
    out_.request.protocol = "HTTP/" + text(http_version);
  }
  out_.request.headers = headers(request_headers);
  if (!request_headers) add_gap(out_.gaps, Gap::request_headers);
  out_.request.body = text(request_body);
  bodies_.request = request_body.kind() != Kind::missing;
  if (out_.request.body.empty() && arguments) {
    const std::string* type = find_header(out_.request.headers, "Content-Type");
    const bool form = type != nullptr && istarts_with(*type, "application/x-www-form-urlencoded");
    const bool multipart = type != nullptr && istarts_with(*type, "multipart/form-data");
    // Those of the query are among them.
    std::vector<Header> fields = headers(arguments);
    const size_t query = out_.request.uri.find('?');
    if (query != std::string::npos) {
      for (const Header& given :
           form_fields(std::string_view(out_.request.uri).substr(query + 1))) {
        if (const auto same = std::ranges::find(fields, given); same != fields.end()) {
          fields.erase(same);
        }
      }
    }
    if (!fields.empty() && (form || multipart)) {
      out_.request.body = form ? form_body(fields) : multipart_body(fields, *type);
      add_gap(out_.gaps, Gap::request_body_arguments);
    }
  }

  const auto [response_protocol, status, response_headers, response_body] =
      response.members("protocol", "status", "headers", "body");
  if (const auto code = number(status); code && *code > 0) {
    Response& answer = out_.response.emplace();
    recorded.status = answer.status = static_cast<int>(*code);
    if (response_protocol) answer.protocol = text(response_protocol);
    answer.headers = headers(response_headers);
    answer.body = text(response_body);
    bodies_.response = response_body.kind() != Kind::missing;
  }

  for (JsonElements list(messages); const auto message = list.next();) {
    const auto [error, data] = message->members("error_message", "data");
    if (const auto alert = parse_alert(text(error))) {
      take_alert(*alert, recorded);
    } else if (const auto rule = number(data.member("id")); rule && *rule > 0) {
      take_rule(static_cast<uint64_t>(*rule), text(data.member("msg")), recorded);
    }
  }
  if (interrupted.text() == "true" && recorded.decision == "pass") {
    const bool redirects = recorded.status && *recorded.status >= 300 && *recorded.status < 400;
    recorded.decision = redirects ? "redirect" : "deny";
  }
}

void JsonRecord::ocsf(JsonValue root) {
  const auto [time, action, metadata, request, response, source, destination, enrichments] =
      root.members("time", "action", "metadata", "http_request", "http_response", "src_endpoint",
                   "dst_endpoint", "enrichments");
  Recorded& recorded = *out_.recorded;
  assume(Profile::coraza, "Coraza");
  add_gap(out_.gaps, Gap::header_order);
  add_gap(out_.gaps, Gap::header_case);
  // Coraza gives nanoseconds where the schema has milliseconds.
  if (const auto ns = number(time); ns && *ns > 0) {
    constexpr int64_t kMilliseconds = 100'000'000'000'000;
    out_.time_us = *ns < kMilliseconds ? *ns * 1000 : *ns / 1000;
  }
  out_.id = text(metadata.member("uid"));
  put_endpoint(text(source.member("ip")), number(source.member("port")), out_.client);
  put_endpoint(text(destination.member("ip")), number(destination.member("port")), out_.server);

  const auto named_headers = [&](JsonValue list) {
    std::vector<Header> headers;
    for (JsonElements items(list); const auto item = items.next();) {
      headers.emplace_back(text(item->member("name")), text(item->member("value")));
    }
    return headers;
  };
  const auto [method, version, url, request_headers] =
      request.members("http_method", "version", "url", "http_headers");
  out_.request.method = text(method);
  out_.request.protocol = text(version);
  out_.request.uri = text(url.member("url_string"));
  out_.request.headers = named_headers(request_headers);
  if (!request_headers) add_gap(out_.gaps, Gap::request_headers);

  const auto [code, response_headers] = response.members("code", "http_headers");
  if (const auto status = number(code); status && *status > 0) {
    Response& answer = out_.response.emplace();
    recorded.status = answer.status = static_cast<int>(*status);
    answer.headers = named_headers(response_headers);
  }
  for (JsonElements list(enrichments); const auto item = list.next();) {
    const auto data = ByteJson::parse(text(item->member("data")), limits_.depth);
    if (!data) continue;
    const auto rule = data->root().member("id");
    const auto id = rule.integer();
    if (id && *id > 0) take_rule(static_cast<uint64_t>(*id), text(item->member("name")), recorded);
  }
  if (text(action) == "Denied") recorded.decision = "deny";
}

Result<Exchange> JsonRecord::decode() {
  const JsonValue root = json_.root();
  if (!root.is(Kind::object)) return fail("a record must be an object");
  const auto [transaction, request, audit, http_request, own] =
      root.members("transaction", "request", "audit_data", "http_request", "wafcheck");
  if (http_request) {
    ocsf(root);
  } else if (request || audit) {
    modsecurity2(root);
  } else if (transaction.member("unix_timestamp") || transaction.member("timestamp")) {
    coraza(root);
  } else if (transaction.member("request")) {
    modsecurity3(transaction);
  } else {
    return fail("no record of a known layout: it holds no request");
  }
  if (out_.request.headers.size() > limits_.headers) {
    return fail(
        fmt::format("{} headers, the limit is {}", out_.request.headers.size(), limits_.headers));
  }
  for (const JsonValue members : {own, transaction.member("wafcheck")}) {
    if (!members) continue;
    if (auto taken = take_own_members(members, limits_, out_); !taken) {
      return std::unexpected(std::move(taken.error()));
    }
  }
  if (out_.request.method.empty() && out_.request.uri.empty()) {
    return fail("the record has no request line: SecAuditLogParts leaves out part B");
  }
  note_replacements();
  find_gaps(bodies_, out_);
  return std::move(out_);
}

}  // namespace

Result<Exchange> decode_json_record(std::string text, const TrafficLimits& limits) {
  // Up to version 3.0.14 ModSecurity writes nothing where it knows no version of HTTP.
  constexpr std::string_view kNoVersion = "\"http_version\":,";
  if (const size_t at = text.find(kNoVersion); at != std::string::npos) {
    text.replace(at, kNoVersion.size(), "\"http_version\":\"\",");
  }
  const auto json = ByteJson::parse(std::move(text), limits.depth);
  if (!json) return std::unexpected(json.error());
  return JsonRecord(*json, limits).decode();
}

}  // namespace wafcheck::formats::inline traffic
