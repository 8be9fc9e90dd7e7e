#include "formats/traffic/accesslog.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "formats/traffic/auditlog/index.h"
#include "formats/traffic/auditlog/record.h"
#include "formats/traffic/auditlog/times.h"
#include "formats/traffic/byte_reader.h"
#include "formats/traffic/entry.h"
#include "formats/traffic/gaps.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"

namespace wafcheck::formats::inline traffic {
namespace {

constexpr std::string_view kNoLine = "no line of an access log in the common or combined format";

/// The parts of a line, as they stand there.
struct AccessLine {
  std::string_view virtual_host;  ///< "host:port"; empty: it is not logged
  std::string_view client, time;
  std::string_view request;  ///< without the quotes
  std::string_view status;
  std::string_view referer, agent;  ///< empty: not logged
};

/// Takes the text in quotes that `rest` begins with; nothing where it does not end. A quote inside
/// is escaped.
std::optional<std::string_view> take_quoted(std::string_view& rest) {
  if (!rest.starts_with('"')) return std::nullopt;
  for (size_t at = 1; at < rest.size(); ++at) {
    if (rest[at] == '\\') {
      ++at;
    } else if (rest[at] == '"') {
      const std::string_view inside = rest.substr(1, at - 1);
      rest.remove_prefix(at + 1);
      return inside;
    }
  }
  return std::nullopt;
}

std::string_view take_word(std::string_view& rest) {
  rest = trim_left(rest);
  const std::string_view word = rest.substr(0, rest.find(' '));
  rest.remove_prefix(word.size());
  return word;
}

bool is_access_status(std::string_view word) {
  return word.size() == 3 && std::ranges::all_of(word, [](char byte) {
           return is_digit(static_cast<unsigned char>(byte));
         });
}

bool is_address(std::string_view word) {
  const bool plain = std::ranges::all_of(word, [](char byte) {
    return is_hex(static_cast<unsigned char>(byte)) || byte == '.' || byte == ':';
  });
  return plain && (std::ranges::count(word, '.') == 3 || std::ranges::count(word, ':') > 1);
}

std::optional<AccessLine> split_access_line(std::string_view line) {
  AccessLine parts;
  // Users may have blanks in their names, and brackets; the time is followed by the request.
  const size_t close = line.find("] \"");
  const size_t open = line.substr(0, close).rfind(" [");
  if (close == std::string_view::npos || open == std::string_view::npos) return std::nullopt;
  parts.time = line.substr(open + 2, close - open - 2);
  std::string_view names = line.substr(0, open);
  parts.client = take_word(names);
  std::string_view after = names;
  const std::string_view second = take_word(after);
  if (parts.client.find(':') != std::string_view::npos && !is_address(parts.client)) {
    parts.virtual_host = std::exchange(parts.client, second);
    names = after;
  }
  if (parts.client.empty() || take_word(names).empty() || trim(names).empty()) return std::nullopt;
  std::string_view rest = line.substr(close + 2);
  const auto request = take_quoted(rest);
  if (!request) return std::nullopt;
  parts.request = *request;
  parts.status = take_word(rest);
  const std::string_view bytes = take_word(rest);
  if (!is_access_status(parts.status) || bytes.empty()) return std::nullopt;
  rest = trim_left(rest);
  const auto referer = take_quoted(rest);
  rest = trim_left(rest);
  const auto agent = take_quoted(rest);
  if (referer && agent) {
    parts.referer = *referer;
    parts.agent = *agent;
  }
  return parts;
}

/// Undoes the escapes of Apache (\" \\ \n \t ... and \xhh) and of nginx (\xHH). Source:
/// ap_escape_logitem of server/util.c, ngx_http_log_escape.
std::string unescaped(std::string_view text) {
  constexpr std::string_view kNames = "bnrtvfa";
  constexpr std::string_view kBytes = "\b\n\r\t\v\f\a";
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\' || at + 1 == text.size()) {
      out += text[at];
      continue;
    }
    const char name = text[++at];
    const auto digit = [&](size_t offset) { return static_cast<unsigned char>(text[at + offset]); };
    if (name == 'x' && at + 2 < text.size() && is_hex(digit(1)) && is_hex(digit(2))) {
      out += static_cast<char>(hex_value(digit(1)) << 4 | hex_value(digit(2)));
      at += 2;
    } else if (const size_t known = kNames.find(name); known != std::string_view::npos) {
      out += kBytes[known];
    } else {
      if (name != '"' && name != '\\') out += '\\';
      out += name;
    }
  }
  return out;
}

bool may_have_body(std::string_view method) {
  constexpr std::string_view kNone[] = {"GET",     "HEAD",   "OPTIONS", "TRACE",
                                        "CONNECT", "DELETE", "PROPFIND"};
  return std::ranges::find(kNone, method) == std::end(kNone);
}

void take_access_time(std::string_view text, Exchange& exchange) {
  const auto time = parse_log_time(text);
  if (!time) {
    exchange.notes.push_back(fmt::format("\"{}\" is no time", excerpt(text)));
    return;
  }
  exchange.time_us = time->us;
  if (!time->has_zone) add_gap(exchange.gaps, Gap::time_zone);
}

Entry decode_access_line(std::string_view line, const Place& start, size_t entry) {
  const auto parts = split_access_line(line);
  if (!parts) return std::unexpected(error_at(start, entry, std::string(kNoLine)));
  if (parts->request == "-" || parts->request.empty()) {
    EntryError error = error_at(start, entry, "a connection without a request");
    error.no_request = true;
    return std::unexpected(std::move(error));
  }
  Exchange exchange;
  exchange.entry = entry;
  Request& request = exchange.request;
  take_request_line(unescaped(parts->request), request);
  if (!parts->virtual_host.empty()) {
    const size_t colon = parts->virtual_host.rfind(':');
    const std::string_view port = parts->virtual_host.substr(colon + 1);
    request.headers.emplace_back("Host", port == "80" || port == "443"
                                             ? parts->virtual_host.substr(0, colon)
                                             : parts->virtual_host);
  }
  for (const auto& [name, value] :
       {std::pair("Referer", parts->referer), std::pair("User-Agent", parts->agent)}) {
    if (!value.empty() && value != "-") request.headers.emplace_back(name, unescaped(value));
  }
  if (is_address(parts->client)) exchange.client = Endpoint{std::string(parts->client), 0};
  take_access_time(parts->time, exchange);
  const int status =
      (parts->status[0] - '0') * 100 + (parts->status[1] - '0') * 10 + (parts->status[2] - '0');
  if (status >= 100) exchange.response.emplace().status = status;
  add_gap(exchange.gaps, Gap::request_headers_few);
  if (may_have_body(request.method)) add_gap(exchange.gaps, Gap::request_body);
  add_gap(exchange.gaps, Gap::response_headers);
  add_gap(exchange.gaps, Gap::response_body);
  return exchange;
}

class AccessLogReader final : public LineReader {
 public:
  AccessLogReader(std::istream& in, const TrafficLimits& limits)
      : LineReader(in, limits.header_bytes, limits.start) {}

 private:
  PendingEntry pending(size_t entry, const Place& start, std::string line) const override {
    const size_t bytes = line.size();
    return {bytes, [line = std::move(line), start, entry] {
              return decode_access_line(line, start, entry);
            }};
  }
};

}  // namespace

std::unique_ptr<TrafficReader> open_accesslog(std::istream& in, const TrafficLimits& limits) {
  return std::make_unique<AccessLogReader>(in, limits);
}

Likeness looks_like_accesslog(std::string_view head) {
  head = trim_left(head);
  const std::string_view line = trim_right(head.substr(0, head.find('\n')));
  const auto parts = split_access_line(line);
  // The index of an audit log is a line of this kind, too.
  if (!parts || parse_index_line(line) || !parse_log_time(parts->time)) return Likeness::none;
  return Likeness::certain;
}

bool is_accesslog_name(std::string_view name) {
  const std::string lower = lowercase(name);
  return lower.find("access.log") != std::string::npos ||
         lower.find("access_log") != std::string::npos;
}

}  // namespace wafcheck::formats::inline traffic
