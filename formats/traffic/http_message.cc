#include "formats/traffic/http_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "parser/base/ascii.h"
#include "parser/base/escape.h"

namespace wafcheck::formats::inline traffic {

bool is_token_byte(char c) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return is_alnum(static_cast<unsigned char>(c)) || (c != 0 && kMarks.find(c) != kMarks.npos);
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_token_byte);
}

bool has_header(const std::vector<Header>& headers, std::string_view name) {
  return std::ranges::any_of(headers,
                             [&](const Header& header) { return iequals(header.first, name); });
}

namespace {

bool is_space_byte(char c) {
  return is_space(static_cast<unsigned char>(c));
}

/// A version of HTTP/1.0 or later, known or not (Apache serves HTTP/4.0); HTTP/2 and HTTP/3 also as
/// proxies write them into text.
bool is_version(std::string_view text) {
  if (!text.starts_with("HTTP/")) return false;
  text.remove_prefix(5);
  if (text == "2" || text == "3") return true;
  const auto digit = [&](size_t at) { return is_digit(static_cast<unsigned char>(text[at])); };
  return text.size() == 3 && digit(0) && text[0] != '0' && text[1] == '.' && digit(2);
}

bool is_known_method(std::string_view text) {
  constexpr std::string_view kMethods[] = {"GET",      "HEAD",      "POST",   "PUT",   "DELETE",
                                           "CONNECT",  "OPTIONS",   "TRACE",  "PATCH", "LOCK",
                                           "PROPFIND", "PROPPATCH", "MKCOL",  "COPY",  "MOVE",
                                           "UNLOCK",   "REPORT",    "SEARCH", "QUERY"};
  return std::ranges::find(kMethods, text) != std::end(kMethods);
}

/// Whether the text after a method begins as a request target does.
bool is_target_start(std::string_view text) {
  return text.starts_with('/') || text == "*" || istarts_with(text, "http://") ||
         istarts_with(text, "https://");
}

bool is_status_line(std::string_view line) {
  return line.starts_with("HTTP/") && line.size() > 5 &&
         is_digit(static_cast<unsigned char>(line[5]));
}

std::string_view after_last_space(std::string_view line) {
  return line.substr(line.rfind(' ') + 1);
}

void note_bytes(std::string_view line, HttpFaults& faults) {
  if (line.find('\0') != std::string_view::npos) faults.add(HttpFault::nul);
  if (line.find('\r') != std::string_view::npos) faults.add(HttpFault::bare_cr);
}

void add_header(std::string_view line, std::vector<Header>& headers, HttpFaults& faults) {
  const size_t colon = line.find(':');
  std::string_view name = line.substr(0, colon);
  if (colon == std::string_view::npos) {
    faults.add(HttpFault::header_without_colon);
    headers.emplace_back(trim_blanks(name), "");
    return;
  }
  if (!name.empty() && is_blank(static_cast<unsigned char>(name.back()))) {
    faults.add(HttpFault::space_before_colon);
  }
  name = trim_blanks(name);
  if (!is_token(name)) faults.add(HttpFault::header_name);
  headers.emplace_back(name, trim_blanks(line.substr(colon + 1)));
}

constexpr std::array kFaultTexts = std::to_array<std::string_view>({
    "malformed request line",
    "missing HTTP version",
    "bad HTTP version",
    "whitespace in the request target",
    "control character in the request target",
    "NUL byte in the header block",
    "bare CR in the header block",
    "header without a colon",
    "space before a header's colon",
    "bad header name",
    "bad Content-Length",
    "repeated Content-Length",
    "missing Host",
    "repeated Host",
    "bad chunked body",
    "bad Transfer-Encoding",
    "folded header",
    "both Content-Length and Transfer-Encoding",
});
static_assert(kFaultTexts.size() == static_cast<size_t>(HttpFault::two_lengths) + 1);

}  // namespace

std::string_view to_string(HttpFault fault) {
  return kFaultTexts[static_cast<size_t>(fault)];
}

HttpFault HttpFaults::first() const {
  return static_cast<HttpFault>(std::countr_zero(bits_));
}

bool looks_like_start_line(std::string_view line) {
  if (is_status_line(line)) return true;
  const size_t space = line.find(' ');
  if (space == std::string_view::npos || !is_token(line.substr(0, space))) return false;
  const std::string_view rest = line.substr(space + 1);
  if (rest.find(' ') != std::string_view::npos && is_version(after_last_space(rest))) return true;
  return is_known_method(line.substr(0, space)) && is_target_start(rest);
}

namespace {

bool begins_as_http(std::string_view head) {
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  while (!head.empty() && (head[0] == '\r' || head[0] == '\n')) head.remove_prefix(1);
  if (head.starts_with("###")) return true;
  std::string_view line = head.substr(0, head.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (looks_like_start_line(line) || is_known_method(line)) return true;
  // A faulty request line is still one: a method, then a target or something like a version.
  const size_t space = line.find(' ');
  if (space == std::string_view::npos) return false;
  const std::string_view method = line.substr(0, space);
  const std::string_view rest = line.substr(space + 1);
  if (is_known_method(method)) return true;
  const bool upper = !method.empty() && std::ranges::all_of(method, [](char c) {
    return is_upper(static_cast<unsigned char>(c)) || c == '-' || c == '_';
  });
  return (upper && is_target_start(rest)) || istarts_with(after_last_space(rest), "HTTP/");
}

}  // namespace

Likeness looks_like_http(std::string_view head) {
  return begins_as_http(head) ? Likeness::certain : Likeness::none;
}

Result<HttpHead> read_http_head(ByteReader& in, const TrafficLimits& limits, HttpFaults& faults) {
  HttpHead head;
  size_t total = 0;
  bool first = true;
  std::string line;
  for (;;) {
    std::string whole;
    const LineEnd end = read_whole_line(in, limits.header_bytes, whole);
    if (end == LineEnd::none) {
      head.cut = true;
      return head;
    }
    if (end == LineEnd::too_long) {
      return fail(fmt::format("a line of the header block is over the limit of {} bytes",
                              limits.header_bytes));
    }
    line = whole;
    if (line.ends_with('\n')) line.pop_back();
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty() && !first) return head;
    total += line.size();
    if (total > limits.entry_bytes) {
      return fail(
          fmt::format("the header block is over the limit of {} bytes", limits.entry_bytes));
    }
    note_bytes(line, faults);
    head.lines.push_back(std::move(whole));
    if (first) {
      head.start_line = std::move(line);
      first = false;
    } else if (is_blank(static_cast<unsigned char>(line[0])) && !head.headers.empty()) {
      faults.add(HttpFault::folding);
      std::string& value = head.headers.back().second;
      const std::string_view more = trim_blanks(line);
      if (value.size() + more.size() > limits.header_bytes) {
        return fail(
            fmt::format("a folded header is over the limit of {} bytes", limits.header_bytes));
      }
      if (!value.empty() && !more.empty()) value += ' ';
      value += more;
    } else if (head.headers.size() == limits.headers) {
      return fail(fmt::format("more headers than the limit of {}", limits.headers));
    } else {
      add_header(line, head.headers, faults);
    }
  }
}

void split_request_line(std::string_view line, Request& request, HttpFaults& faults) {
  const size_t method_end = std::min(line.find(' '), line.size());
  const std::string_view method = line.substr(0, method_end);
  std::string_view rest = line.substr(std::min(method_end + 1, line.size()));
  request.method = method;
  request.protocol.clear();
  if (!is_token(method)) faults.add(HttpFault::request_line);

  // The version is the last word, if it looks like one or there is a target in front of it.
  std::string_view target = rest;
  const std::string_view trimmed = trim(rest);
  const size_t space = trimmed.rfind(' ');
  const std::string_view last = after_last_space(trimmed);
  if (space != std::string_view::npos || istarts_with(last, "HTTP/")) {
    request.protocol = last;
    target = rest.substr(0, static_cast<size_t>(last.data() - rest.data()));
    if (target.ends_with(' ')) target.remove_suffix(1);
    if (trimmed.size() != rest.size()) faults.add(HttpFault::target_whitespace);
  }
  const std::string_view inner = trim(target);
  if (inner.size() != target.size() || std::ranges::any_of(inner, is_space_byte)) {
    faults.add(HttpFault::target_whitespace);
  }
  if (std::ranges::any_of(inner, is_control)) faults.add(HttpFault::target_control);
  request.uri = inner;
  if (inner.empty()) faults.add(HttpFault::request_line);
  if (request.protocol.empty()) {
    faults.add(HttpFault::missing_version);
  } else if (!is_version(request.protocol)) {
    faults.add(HttpFault::bad_version);
  }
}

HttpFraming http_framing(const std::vector<Header>& headers, HttpFaults& faults) {
  HttpFraming framing;
  bool has_length = false, has_coding = false;
  for (const auto& [name, value] : headers) {
    if (iequals(name, "Content-Length")) {
      if (has_length) faults.add(HttpFault::repeated_content_length);
      uint64_t length = 0;
      bool valid = !value.empty();
      for (const char c : value) {
        valid = valid && is_digit(static_cast<unsigned char>(c)) &&
                length <= (std::numeric_limits<uint64_t>::max() - 9) / 10;
        if (!valid) break;
        length = length * 10 + static_cast<uint64_t>(c - '0');
      }
      if (!valid) faults.add(HttpFault::content_length);
      if (valid && !has_length) framing.length = length;
      has_length = true;
    } else if (iequals(name, "Transfer-Encoding")) {
      has_coding = true;
      const size_t comma = value.rfind(',');
      const std::string_view coding =
          trim_blanks(std::string_view(value).substr(comma == std::string::npos ? 0 : comma + 1));
      framing.chunked = iequals(coding, "chunked");
    }
  }
  if (has_coding && !framing.chunked) faults.add(HttpFault::transfer_encoding);
  if (has_coding && has_length) faults.add(HttpFault::two_lengths);
  if (framing.chunked) framing.length.reset();
  return framing;
}

void check_host(const Request& request, HttpFaults& faults) {
  const auto hosts = std::ranges::count_if(
      request.headers, [](const Header& header) { return iequals(header.first, "Host"); });
  const bool needed = request.protocol.starts_with("HTTP/1.") && request.protocol != "HTTP/1.0";
  if (hosts == 0 && needed) faults.add(HttpFault::missing_host);
  if (hosts > 1) faults.add(HttpFault::repeated_host);
}

namespace {

/// The size in a chunk's first line, extensions passed over.
std::optional<uint64_t> chunk_size(std::string_view line) {
  const std::string_view digits = trim_blanks(line.substr(0, line.find(';')));
  if (digits.empty() || digits.size() > 15) return std::nullopt;
  uint64_t size = 0;
  for (const char c : digits) {
    if (!is_hex(static_cast<unsigned char>(c))) return std::nullopt;
    size = size << 4 | hex_value(static_cast<unsigned char>(c));
  }
  return size;
}

constexpr size_t kChunkLine = 8192;  ///< of a chunk's first line with its extensions

}  // namespace

Result<void> read_chunked(ByteReader& in, const TrafficLimits& limits, std::string& body,
                          HttpFaults& faults, std::vector<std::string>& notes) {
  const auto fault = [&](std::string note) -> Result<void> {
    faults.add(HttpFault::chunks);
    notes.push_back(std::move(note));
    return {};
  };
  std::string line;
  for (;;) {
    // Look before reading: a line that is no chunk size stays in the input.
    const std::string_view ahead = in.peek(kChunkLine);
    const size_t feed = ahead.substr(0, kChunkLine).find('\n');
    if (ahead.empty()) return fault("the chunked body breaks off before its last chunk");
    std::string_view first = ahead.substr(0, std::min(feed, ahead.size()));
    if (first.ends_with('\r')) first.remove_suffix(1);
    const auto size = chunk_size(first);
    if (!size || (feed == std::string_view::npos && ahead.size() >= kChunkLine)) {
      return fault(fmt::format("no chunk size: \"{}\"", excerpt(first, 40)));
    }
    in.skip(std::min(feed, ahead.size() - 1) + 1);
    if (*size == 0) break;
    for (uint64_t rest = *size; rest > 0;) {
      const std::string_view data = in.peek();
      if (data.empty()) return fault("the chunked body breaks off inside a chunk");
      const size_t take = static_cast<size_t>(std::min<uint64_t>(rest, data.size()));
      if (take > limits.entry_bytes - std::min(limits.entry_bytes, body.size())) {
        return fail(fmt::format("the body is over the limit of {} bytes", limits.entry_bytes));
      }
      body += data.substr(0, take);
      in.skip(take);
      rest -= take;
    }
    const std::string_view end = in.peek(2);
    if (end.starts_with("\r\n")) {
      in.skip(2);
    } else if (end.starts_with('\n')) {
      in.skip(1);
    } else if (!end.empty()) {
      return fault("a chunk is longer than its size");
    }
  }
  size_t trailers = 0;
  for (;;) {
    const LineEnd end = read_line(in, limits.header_bytes, line);
    if (end == LineEnd::none || (end == LineEnd::line && line.empty())) break;
    if (++trailers > limits.headers) {
      return fail(fmt::format("more trailers than the limit of {} headers", limits.headers));
    }
  }
  if (trailers > 0) notes.push_back(fmt::format("{} trailer line(s) left out", trailers));
  return {};
}

}  // namespace wafcheck::formats::inline traffic
