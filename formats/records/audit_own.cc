#include "formats/records/audit_own.h"

#include <algorithm>

#include "formats/json/writer.h"
#include "formats/records/then_and_now.h"
#include "formats/traffic/auditlog/record.h"
#include "formats/traffic/jsonl.h"
#include "parser/base/escape.h"
#include "parser/base/iso8601.h"
#include "parser/base/utf8.h"
#include "parser/language/semantics.h"

namespace wafcheck::formats::inline records {
namespace {

/// Whether a header stands in a line as it is, or in a JSON string.
bool is_kept(const Header& header, const LayoutKeeps& keeps) {
  const auto& [name, value] = header;
  if (!keeps.bytes) return is_valid_utf8(name) && is_valid_utf8(value);
  return !name.empty() && name.find(':') == std::string::npos && !value.starts_with(' ') &&
         std::ranges::none_of(name + value, is_control);
}

bool is_kept(std::string_view line, const LayoutKeeps& keeps) {
  return keeps.bytes ? std::ranges::none_of(line, is_control) : is_valid_utf8(line);
}

bool are_kept(const std::vector<Header>& headers, const LayoutKeeps& keeps) {
  return keeps.header_lines &&
         std::ranges::all_of(headers, [&](const Header& header) { return is_kept(header, keeps); });
}

bool is_kept_body(std::string_view body, const LayoutKeeps& keeps) {
  return keeps.bytes || is_valid_utf8(body);
}

/// What a writer of values leaves out where it is empty.
class Members {
 public:
  Members(JsonWriter& json, std::string_view name) : json_(json), name_(name) {}
  ~Members() {
    if (open_) json_.end_object();
  }
  Members(const Members&) = delete;
  Members& operator=(const Members&) = delete;
  JsonWriter& begin() {
    if (!std::exchange(open_, true)) {
      json_.key(name_);
      json_.begin_object();
    }
    return json_;
  }

 private:
  JsonWriter& json_;
  const std::string_view name_;
  bool open_ = false;
};

/// Whether a reader of the request line takes it apart as it was put together.
bool is_plain_line(const Request& request) {
  Request read;
  take_request_line(
      request.method + ' ' + request.uri + (request.protocol.empty() ? "" : ' ' + request.protocol),
      read);
  return read.method == request.method && read.uri == request.uri &&
         read.protocol == request.protocol;
}

void write_request(JsonWriter& json, const AuditView& view, const LayoutKeeps& keeps) {
  const Request& request = view.outcome().exchange->request;
  Members members(json, "request");
  const bool odd_line = keeps.request_line && !is_plain_line(request);
  if (odd_line || !is_kept(request.method, keeps)) {
    write_transaction_bytes(members.begin(), "method", request.method);
  }
  if (odd_line || !is_kept(request.uri, keeps) || request.uri != view.target()) {
    write_transaction_bytes(members.begin(), "uri", request.uri);
  }
  const bool plain_protocol = request.protocol == "HTTP/" + view.http_version();
  if (odd_line || !is_kept(request.protocol, keeps) || !(plain_protocol || keeps.any_protocol)) {
    write_transaction_bytes(members.begin(), "protocol", request.protocol);
  }
  const bool same_headers = request.headers == view.request_headers();
  if (view.part('B') && (!are_kept(request.headers, keeps) || !same_headers)) {
    write_transaction_headers(members.begin(), request.headers);
  }
  if (view.part('C') &&
      (!is_kept_body(request.body, keeps) || request.body != view.transaction().request_body())) {
    write_transaction_body(members.begin(), request.body);
  }
}

void write_response(JsonWriter& json, const AuditView& view, const LayoutKeeps& keeps) {
  const auto& response = view.outcome().exchange->response;
  if (!response) {
    json.key("no_response");
    return json.boolean(true);
  }
  Members members(json, "response");
  if (response->status != view.status()) {
    members.begin().key("status");
    json.number(response->status);
  }
  const bool reason =
      !response->reason.empty() && !(keeps.reason && response->reason == view.reason());
  if (reason) write_transaction_bytes(members.begin(), "reason", response->reason);
  if (!keeps.response_protocol || response->protocol != view.response_protocol()) {
    write_transaction_bytes(members.begin(), "protocol", response->protocol);
  }
  if (view.part('F') &&
      (!are_kept(response->headers, keeps) || response->headers != view.response_headers())) {
    write_transaction_headers(members.begin(), response->headers);
  }
  if (view.part('E') && (!is_kept_body(response->body, keeps) ||
                         response->body != view.transaction().response_body())) {
    write_transaction_body(members.begin(), response->body);
  }
}

}  // namespace

std::string own_members(const AuditView& view, const LayoutKeeps& keeps) {
  const Outcome& outcome = view.outcome();
  const engine::Transaction& transaction = view.transaction();
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("version", WAFCHECK_VERSION);
  json.member("time", format_iso8601(transaction.time_us()));
  if (const parser::Engine engine = transaction.program().semantics().engine();
      engine.profile != parser::Profile::standard) {
    json.member("engine", to_string(engine));
  }
  json.member("decision", decision_of(outcome));
  if (transaction.would_interrupt()) {
    json.key("would_interrupt");
    json.boolean(true);
  }
  if (const auto& interruption = transaction.interruption()) {
    json.key("status");
    json.number(interruption->status);
    json.key("phase");
    json.number(static_cast<int>(interruption->phase));
  }
  if (const auto score = scores_of(transaction).inbound) json.number("score", score);
  if (view.is_masked()) {
    json.key("sanitised");
    json.boolean(true);
  } else {
    write_request(json, view, keeps);
    write_response(json, view, keeps);
  }
  json.end_object();
  return out;
}

}  // namespace wafcheck::formats::inline records
