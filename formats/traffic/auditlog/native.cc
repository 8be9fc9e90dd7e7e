#include "formats/traffic/auditlog/native.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "formats/json/reader.h"
#include "formats/traffic/auditlog/alerts.h"
#include "formats/traffic/auditlog/own.h"
#include "formats/traffic/auditlog/record.h"
#include "formats/traffic/auditlog/times.h"
#include "formats/traffic/gaps.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"

namespace wafcheck::formats::inline traffic {
namespace {

/// Takes a line off the front, without its end.
std::string_view take_line(std::string_view& text) {
  const size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view take_word(std::string_view& text) {
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(std::min(word.size() + 1, text.size()));
  return word;
}

template <typename Number>
std::optional<Number> number_of(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::vector<Header> header_lines(std::string_view text, std::vector<std::string>& notes) {
  std::vector<Header> headers;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line.empty()) continue;
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
      notes.push_back(fmt::format("no header: \"{}\"", excerpt(line)));
      continue;
    }
    std::string_view value = line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    headers.emplace_back(line.substr(0, colon), value);
  }
  return headers;
}

class NativeDecoder {
 public:
  NativeDecoder(const NativeRecord& record, const TrafficLimits& limits)
      : record_(record), limits_(limits) {
    out_.recorded.emplace();
  }

  Result<Exchange> decode() {
    take_connection();
    const std::string* request = record_.part('B');
    if (request == nullptr) {
      return fail(record_.cut
                      ? "the record breaks off before its request line"
                      : "the record has no request line: SecAuditLogParts leaves out part B");
    }
    take_request(*request);
    if (out_.request.headers.size() > limits_.headers) {
      return fail(
          fmt::format("{} headers, the limit is {}", out_.request.headers.size(), limits_.headers));
    }
    take_body();
    take_response();
    if (const std::string* trailer = record_.part('H')) {
      take_trailer(*trailer);
    } else {
      add_gap(out_.gaps, Gap::verdict);
    }
    name_engine();
    if (record_.cut) add_gap(out_.gaps, Gap::record_cut);
    if (const std::string* own = record_.part('W')) {
      if (auto taken = take_own(*own); !taken) return std::unexpected(std::move(taken.error()));
    } else if (record_.style != NativeStyle::modsecurity2) {
      add_gap(out_.gaps, Gap::header_order);
    }
    if (out_.request.method.empty() && out_.request.uri.empty()) {
      return fail("the record's request line is empty");
    }
    find_gaps({.request = record_.part('C') != nullptr, .response = record_.part('E') != nullptr},
              out_);
    return std::move(out_);
  }

 private:
  void take_connection() {
    const std::string* text = record_.part('A');
    if (text == nullptr) return;
    std::string_view rest = *text;
    std::string_view line = take_line(rest);
    const size_t end = line.find(']');
    if (end == std::string_view::npos) return;
    if (const auto time = parse_log_time(line.substr(1, end - 1))) {
      out_.time_us = time->us;
      if (!time->has_zone) add_gap(out_.gaps, Gap::time_zone);
    }
    line = trim(line.substr(end + 1));
    const std::string_view id = take_word(line);
    if (id != "-") out_.id = std::string(id);
    for (std::optional<Endpoint>* const endpoint : {&out_.client, &out_.server}) {
      const std::string_view ip = take_word(line), port = take_word(line);
      if (ip.empty() || ip == "-") continue;
      *endpoint = Endpoint{std::string(ip), number_of<uint16_t>(port).value_or(0)};
    }
  }

  void take_request(std::string_view text) {
    take_request_line(take_line(text), out_.request);
    out_.request.headers = header_lines(text, out_.notes);
  }

  void take_body() {
    Request& request = out_.request;
    if (const std::string* whole = record_.part('C')) {
      request.body = std::string(body_of(*whole, record_));
      // ModSecurity 3.0.15 and later escapes bytes here; native records do not name the version.
      if (record_.style == NativeStyle::modsecurity3 && has_hex_escape(request.body)) {
        add_gap(out_.gaps, Gap::escaped_bytes);
      }
      return;
    }
    const std::string* fields = record_.part('I');
    if (fields == nullptr) return;
    const std::string_view text = body_of(*fields, record_);
    if (text.empty()) return;
    const std::string* type = find_header(request.headers, "Content-Type");
    if (type != nullptr && istarts_with(trim(*type), "multipart/form-data")) {
      request.body = multipart_body(form_fields(text), *type);
      add_gap(out_.gaps, Gap::request_body_fields);
    } else {
      request.body = std::string(text);
    }
  }

  void take_response() {
    const std::string* head = record_.part('F');
    const std::string* body = record_.part('E');
    if (head == nullptr && body == nullptr) return;
    Response& response = out_.response.emplace();
    if (head != nullptr) {
      std::string_view text = *head;
      std::string_view line = take_line(text);
      // The protocol may be missing; Coraza writes headers alone.
      if (istarts_with(line, "HTTP/")) response.protocol = std::string(take_word(line));
      if (const auto status = number_of<int>(take_word(line)); status && *status > 0) {
        response.status = *status;
        response.reason = std::string(line);
        out_.recorded->status = *status;
      } else if (record_.style == NativeStyle::coraza) {
        text = *head;
      }
      response.headers = header_lines(text, out_.notes);
    }
    if (body == nullptr) return;
    const std::string_view bytes = body_of(*body, record_);
    response.body = record_.style == NativeStyle::modsecurity3 ? without_hex_escapes(bytes)
                                                               : std::string(bytes);
  }

  void take_trailer(std::string_view text) {
    Recorded& recorded = *out_.recorded;
    recorded.detection_only =
        text.find("Engine-Mode: \"DETECTION_ONLY\"") != std::string_view::npos;
    while (!text.empty()) {
      const std::string_view line = take_line(text);
      const size_t colon = line.find(": ");
      const std::string_view name = line.substr(0, colon);
      const std::string_view value =
          colon == std::string_view::npos ? std::string_view() : line.substr(colon + 2);
      if (name == "Action") {
        take_action(value);
      } else if (name == "Producer") {
        take_producer(value, recorded);
        own_ = own_ || value.starts_with("wafcheck ");
      } else if (name.starts_with("Sanitised-")) {
        add_gap(out_.gaps, Gap::sanitised);
      } else if (is_failure(line)) {
        out_.notes.push_back(excerpt(value, kNoteBytes));
      } else if (name == "Apache-Error") {
        // Messages once more, as they went to the server's log: cut to its lines.
      } else if (const auto alert = parse_alert(line)) {
        take_alert(*alert, recorded);
      }
    }
    if (record_.style != NativeStyle::modsecurity3) return;
    // They name no mode: where a rule that blocks only warns, it is DetectionOnly.
    if (recorded.decision == "pass" && std::ranges::any_of(recorded.rule_ids, is_blocking_rule)) {
      recorded.detection_only = recorded.would_interrupt = true;
    }
    // "Access denied with code 200" are its words for a redirection.
    const int status = recorded.status.value_or(0);
    if (recorded.decision == "deny" && status >= 200 && status < 400) {
      recorded.decision = "redirect";
    }
  }

  /// "Intercepted (phase 2)"
  void take_action(std::string_view value) {
    Recorded& recorded = *out_.recorded;
    if (!value.starts_with("Intercepted") || recorded.detection_only) return;
    if (recorded.decision == "pass" || recorded.decision == "allow") recorded.decision = "deny";
    const size_t at = value.find("(phase ");
    if (recorded.phase != 0 || at == std::string_view::npos) return;
    recorded.phase = number_of<int>(value.substr(at + 7, 1)).value_or(0);
  }

  /// Where no producer is named, the markers tell the engine, but not its version.
  void name_engine() {
    Recorded& recorded = *out_.recorded;
    if (recorded.engine || own_) return;
    parser::Engine& engine = recorded.engine.emplace();
    switch (record_.style) {
      case NativeStyle::modsecurity2:
        engine.profile = parser::Profile::modsecurity2;
        recorded.producer = "ModSecurity/2";
        break;
      case NativeStyle::modsecurity3:
        engine.profile = parser::Profile::modsecurity3;
        recorded.producer = "ModSecurity/3";
        break;
      case NativeStyle::coraza:
        engine.profile = parser::Profile::coraza;
        recorded.producer = "Coraza";
        break;
    }
  }

  Result<void> take_own(std::string_view text) {
    const std::string_view object = take_line(text);
    const auto document = parse_json(object, limits_.depth);
    if (!document) return fail("part W: " + document.error().message);
    return take_own_members(document->root(), limits_, out_);
  }

  const NativeRecord& record_;
  const TrafficLimits& limits_;
  Exchange out_;
  bool own_ = false;
};

}  // namespace

const std::string* NativeRecord::part(char letter) const {
  const auto found = std::ranges::find(parts, letter, &decltype(parts)::value_type::first);
  return found == parts.end() ? nullptr : &found->second;
}

std::optional<size_t> declared_length(std::string_view part_b) {
  take_line(part_b);
  while (!part_b.empty()) {
    const std::string_view line = take_line(part_b);
    if (istarts_with(line, "content-length:")) return number_of<size_t>(trim(line.substr(15)));
  }
  return std::nullopt;
}

std::string_view body_of(std::string_view text, const NativeRecord& record) {
  const int line_ends = record.style == NativeStyle::modsecurity2 ? 1 : 2;
  for (int i = 0; i < line_ends; ++i) {
    if (!text.ends_with('\n')) break;
    text.remove_suffix(1);
    if (record.crlf && text.ends_with('\r')) text.remove_suffix(1);
  }
  return text;
}

Result<Exchange> decode_native(const NativeRecord& record, const TrafficLimits& limits) {
  return NativeDecoder(record, limits).decode();
}

}  // namespace wafcheck::formats::inline traffic
