#include "formats/traffic/auditlog/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "formats/traffic/gaps.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"

namespace wafcheck::formats::inline traffic {
namespace {

std::optional<uint64_t> content_length(const std::vector<Header>& headers) {
  const std::string* text = find_header(headers, "Content-Length");
  if (text == nullptr) return std::nullopt;
  const std::string_view digits = trim(*text);
  uint64_t length = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return length;
}

bool is_chunked(const std::vector<Header>& headers) {
  const std::string* text = find_header(headers, "Transfer-Encoding");
  return text != nullptr && lowercase(*text).find("chunked") != std::string::npos;
}

/// "2.9.7" where `text` begins with a version.
std::string_view leading_version(std::string_view text) {
  return text.substr(0, std::min(text.find_first_not_of("0123456789."), text.size()));
}

constexpr size_t kGzipHead = 10;

struct Producer {
  std::string_view words;  ///< what precedes the version
  std::string_view name;   ///< as `recorded` calls it
  parser::Profile profile;
};
constexpr Producer kProducers[] = {
    {"ModSecurity for Apache/", "ModSecurity", parser::Profile::modsecurity2},
    {"ModSecurity for nginx/", "ModSecurity", parser::Profile::modsecurity2},
    {"ModSecurity for nginx (STABLE)/", "ModSecurity", parser::Profile::modsecurity2},
    {"ModSecurity for IIS (STABLE)/", "ModSecurity", parser::Profile::modsecurity2},
    {"ModSecurity v", "ModSecurity", parser::Profile::modsecurity3},
    {"Coraza v", "Coraza", parser::Profile::coraza},
};

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    const auto digit = [&](size_t offset) { return static_cast<unsigned char>(text[at + offset]); };
    if (text[at] == '%' && at + 2 < text.size() && is_hex(digit(1)) && is_hex(digit(2))) {
      out += static_cast<char>(hex_value(digit(1)) << 4 | hex_value(digit(2)));
      at += 2;
    } else {
      out += text[at] == '+' ? ' ' : text[at];
    }
  }
  return out;
}

bool is_form_plain(char byte) {
  return is_alnum(static_cast<unsigned char>(byte)) || byte == '-' || byte == '.' || byte == '_' ||
         byte == '*';
}

void find_request_gaps(const RecordedBodies& bodies, Exchange& exchange) {
  const Request& request = exchange.request;
  const auto length = content_length(request.headers);
  const bool rebuilt = std::ranges::any_of(exchange.gaps, [](Gap gap) {
    return gap == Gap::request_body_fields || gap == Gap::request_body_arguments;
  });
  if (rebuilt) return;
  const bool expected = (length && *length > 0) || (!length && is_chunked(request.headers));
  if (!expected) return;
  if (request.body.empty()) return add_gap(exchange.gaps, Gap::request_body);
  // Engines that end bodies at a NUL record them as they were sent, compressed or not; others may
  // record what became of one that was compressed.
  const bool encoded = find_header(request.headers, "Content-Encoding") != nullptr;
  const bool short_of_length =
      length && request.body.size() < *length && (bodies.cut_at_nul || !encoded);
  // The head of gzip has NULs.
  const bool cut_gzip = bodies.cut_at_nul && !length && request.body.size() < kGzipHead &&
                        request.body.starts_with("\x1F\x8B");
  if (!short_of_length && !cut_gzip) return;
  add_gap(exchange.gaps, Gap::request_body_cut);
  if (!bodies.cut_at_nul) return;
  exchange.notes.push_back(fmt::format(
      "the writer ends bodies at the first NUL: {} bytes of the request's{} are recorded",
      request.body.size(), length ? fmt::format(" {}", *length) : ""));
}

void find_response_gaps(const RecordedBodies& bodies, Exchange& exchange) {
  if (!exchange.response) return add_gap(exchange.gaps, Gap::response);
  const Response& response = *exchange.response;
  if (response.headers.empty()) add_gap(exchange.gaps, Gap::response_headers);
  // An answer to HEAD declares the length of a body that it has not, as others may.
  if (exchange.request.method == "HEAD" || response.status == 204 || response.status == 304) return;
  const auto length = content_length(response.headers);
  if (!bodies.response || (response.body.empty() && length.value_or(0) > 0)) {
    if (length.value_or(1) > 0) add_gap(exchange.gaps, Gap::response_body);
  } else if (length && response.body.size() < *length) {
    add_gap(exchange.gaps, Gap::response_body_cut);
  }
}

}  // namespace

void take_request_line(std::string_view line, Request& request) {
  const size_t method = line.find(' ');
  request.method = std::string(line.substr(0, method));
  request.protocol.clear();
  if (method == std::string_view::npos) return;
  std::string_view rest = line.substr(method + 1);
  const size_t last = rest.rfind(' ');
  if (last != std::string_view::npos && istarts_with(rest.substr(last + 1), "HTTP/")) {
    request.protocol = std::string(rest.substr(last + 1));
    rest = rest.substr(0, last);
  }
  request.uri = std::string(rest);
}

const std::string* find_header(const std::vector<Header>& headers, std::string_view name) {
  const auto found = std::ranges::find_if(
      headers, [&](const Header& header) { return iequals(header.first, name); });
  return found == headers.end() ? nullptr : &found->second;
}

void take_producer(std::string_view words, Recorded& recorded) {
  for (const Producer& row : kProducers) {
    const size_t at = words.find(row.words);
    if (at == std::string_view::npos) continue;
    std::string_view version = leading_version(words.substr(at + row.words.size()));
    while (version.ends_with('.')) version.remove_suffix(1);
    const auto parsed = parser::parse_version(version);
    recorded.producer = fmt::format("{}/{}", row.name, version);
    recorded.engine = parser::Engine{row.profile, parsed.value_or(parser::Version{})};
    return;
  }
}

std::string multipart_body(const std::vector<Header>& fields, std::string_view content_type) {
  const size_t at = lowercase(content_type).find("boundary=");
  std::string_view boundary =
      at == std::string::npos ? std::string_view() : content_type.substr(at + 9);
  if (boundary.starts_with('"')) {
    boundary = boundary.substr(1, boundary.find('"', 1) - 1);
  } else {
    boundary = trim(boundary.substr(0, boundary.find(';')));
  }
  std::string body;
  for (const auto& [name, value] : fields) {
    body +=
        fmt::format("--{}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n", boundary, name);
    body += value;
    body += "\r\n";
  }
  return body + fmt::format("--{}--\r\n", boundary);
}

std::vector<Header> form_fields(std::string_view text) {
  std::vector<Header> fields;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
    const size_t sign = pair.find('=');
    const std::string_view value =
        sign == std::string_view::npos ? std::string_view() : pair.substr(sign + 1);
    fields.emplace_back(percent_decoded(pair.substr(0, sign)), percent_decoded(value));
  }
  return fields;
}

std::string form_body(const std::vector<Header>& fields) {
  std::string body;
  for (const auto& [name, value] : fields) {
    if (!body.empty()) body += '&';
    body += form_encoded(name, is_form_plain) + '=' + form_encoded(value, is_form_plain);
  }
  return body;
}

bool has_hex_escape(std::string_view text) {
  for (size_t at = 0; (at = text.find("\\x", at)) != std::string_view::npos; at += 2) {
    if (at + 3 < text.size() && is_hex(static_cast<unsigned char>(text[at + 2])) &&
        is_hex(static_cast<unsigned char>(text[at + 3]))) {
      return true;
    }
  }
  return false;
}

std::string without_hex_escapes(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    if (has_hex_escape(text.substr(at, 4))) {
      out += static_cast<char>(hex_value(static_cast<unsigned char>(text[at + 2])) << 4 |
                               hex_value(static_cast<unsigned char>(text[at + 3])));
      at += 3;
    } else {
      out += text[at];
    }
  }
  return out;
}

void find_gaps(const RecordedBodies& bodies, Exchange& exchange) {
  find_request_gaps(bodies, exchange);
  const Recorded& recorded = *exchange.recorded;
  const bool interrupted = recorded.decision != "pass" && recorded.decision != "allow";
  // Of a request that was held back, the response is the page of the server. What phase 4 held back
  // is the body that the application gave.
  // wafcheck records the application's answer whatever the rules decide.
  const bool own = recorded.producer.starts_with("wafcheck/");
  if (interrupted && recorded.phase < 4 && !own) exchange.response.reset();
  find_response_gaps(bodies, exchange);
}

}  // namespace wafcheck::formats::inline traffic
