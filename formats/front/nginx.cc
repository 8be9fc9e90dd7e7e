// nginx 1.24 with its default settings, of which the ones that matter are
// `client_header_buffer_size 1k`, `large_client_header_buffers 4 8k`, `underscores_in_headers off`
// and `ignore_invalid_headers on`. Rules stand in the server's order. The rules of a WAF see the
// target as it was sent, not what `merge_slashes` makes of it.

#include <algorithm>

#include "formats/front/rules.h"
#include "formats/traffic/http_message.h"
#include "parser/base/ascii.h"

namespace wafcheck::formats::inline front {
namespace {

constexpr size_t kHeaderBuffer = 1024;
constexpr size_t kLargeBuffer = 8192;
constexpr size_t kLargeBuffers = 4;

std::string_view trim_spaces(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// client_header_buffer_size and large_client_header_buffers: a line that does not fit in what is
/// left of a buffer moves to the next one; the first line has 414 for itself.
Refusal check_buffers(Passage& request) {
  constexpr size_t kLineEnd = 2;
  if (request.line.size() + kLineEnd > kLargeBuffer) {
    return HttpError{414, "request line over 8192 bytes"};
  }
  size_t left = kHeaderBuffer, large = 0;
  const auto fits = [&](std::string_view line) {
    const size_t need = line.size() + kLineEnd;
    if (need > left) {
      left = kLargeBuffer;
      if (++large > kLargeBuffers || need > left) return false;
    }
    left -= need;
    return true;
  };
  if (fits(request.line) && std::ranges::all_of(request.fields, fits)) return std::nullopt;
  return bad_request("header block over its buffers");
}

/// The method of a request line, which is passed over with the spaces behind it. RFC 9112, 3: a
/// token; here only of upper-case letters, `_` and `-`.
Refusal read_method(std::string_view& line, std::string& method) {
  const size_t end = line.find(' ');
  method = line.substr(0, end);
  const bool valid =
      end != std::string_view::npos && end > 0 && std::ranges::all_of(method, [](char c) {
        return is_upper(static_cast<unsigned char>(c)) || c == '_' || c == '-';
      });
  if (!valid) return bad_request(HttpFault::request_line);
  line.remove_prefix(std::min(line.find_first_not_of(' ', end), line.size()));
  return std::nullopt;
}

/// RFC 9112, 2.3: HTTP/1 and a minor version up to 99; 505 to what is newer. Nothing but spaces
/// follows.
Refusal read_version(std::string_view text, Passage& request) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  request.protocol = text;
  if (text.empty()) {
    request.protocol = "HTTP/0.9";
    request.version = 9;
    return std::nullopt;
  }
  if (!text.starts_with("HTTP/")) return bad_request(HttpFault::bad_version);
  text.remove_prefix(5);
  if (text.empty() || !is_digit_char(text[0]) || text[0] == '0') {
    return bad_request(HttpFault::bad_version);
  }
  if (!request.wire && (text == "2.0" || text == "3.0")) {
    request.version = 10 * (text[0] - '0');
    return std::nullopt;
  }
  if (text[0] > '1' || (text.size() > 1 && is_digit_char(text[1]))) {
    return HttpError{505, "HTTP version not supported"};
  }
  const std::string_view minor = text.substr(std::min<size_t>(2, text.size()));
  const bool valid =
      text.starts_with("1.") && !minor.empty() && minor.size() <= 2 && all_digits(minor);
  if (!valid) return bad_request(HttpFault::bad_version);
  request.version = 10;
  for (const char c : minor) request.version += c - '0';  // 0 or more is all that counts
  return std::nullopt;
}

/// RFC 9112, 3: method, target and version, with any number of spaces between; no other whitespace
/// and no controls.
Refusal read_request_line(Passage& request) {
  std::string_view line = request.line;
  if (auto refusal = read_method(line, request.method)) return refusal;
  const size_t end = std::min(line.find(' '), line.size());
  request.target = line.substr(0, end);
  if (request.target.empty()) return bad_request(HttpFault::request_line);
  if (std::ranges::any_of(request.target, is_control)) {
    return bad_request(HttpFault::target_control);
  }
  const std::string_view rest = trim_spaces(line.substr(end));
  if (rest.find(' ') != std::string_view::npos) return bad_request(HttpFault::target_whitespace);
  return read_version(rest, request);
}

/// RFC 9112, 3.2: a path, or a URL, of which the path is handed over. Its host has letters, digits,
/// dots and dashes, or is an address in brackets. Other targets are refused, `*` too.
Refusal read_target(Passage& request) {
  const std::string_view target = request.target;
  if (target.starts_with('/')) return std::nullopt;
  const size_t scheme = target.find("://");
  const auto is_scheme_char = [](char c) {
    return is_alnum(static_cast<unsigned char>(c)) || c == '+' || c == '-' || c == '.';
  };
  if (scheme == std::string_view::npos || !is_alpha(static_cast<unsigned char>(target[0])) ||
      !std::ranges::all_of(target.substr(0, scheme), is_scheme_char)) {
    return bad_request("request target that is no path");
  }
  std::string_view rest = target.substr(scheme + 3);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  rest.remove_prefix(authority.size());
  std::string_view name = authority;
  const size_t close = name.starts_with('[') ? name.find(']') : 0;
  const size_t colon = name.find(':', close);
  if (colon != std::string_view::npos) {
    if (!all_digits(name.substr(colon + 1))) {
      return bad_request("bad port in the request target");
    }
    name = name.substr(0, colon);
  }
  const bool literal = name.starts_with('[') && name.ends_with(']');
  const bool valid = literal || std::ranges::all_of(name, [](char c) {
                       return is_alnum(static_cast<unsigned char>(c)) || c == '-' || c == '.';
                     });
  if (!valid) return bad_request("bad host in the request target");
  request.authority = authority;
  request.target = rest.empty() ? "/" : std::string(rest);
  return std::nullopt;
}

/// The path is decoded to find its location: a `%` without two digits, an encoded NUL and a path
/// that climbs over the root are refused.
Refusal check_path(Passage& request) {
  std::string_view path = request.target;
  path = path.substr(0, path.find_first_of("?#"));
  std::string segment;
  int depth = 0;
  const auto close_segment = [&] {
    if (segment == "..") {
      --depth;
    } else if (!segment.empty() && segment != ".") {
      ++depth;
    }
    segment.clear();
    return depth >= 0;
  };
  for (size_t at = 0; at < path.size(); ++at) {
    char c = path[at];
    if (c == '%') {
      const std::string_view digits = path.substr(at + 1, 2);
      if (digits.size() < 2 || !is_hex(static_cast<unsigned char>(digits[0])) ||
          !is_hex(static_cast<unsigned char>(digits[1]))) {
        return bad_request("bad percent-encoding in the path");
      }
      c = static_cast<char>(hex_value(static_cast<unsigned char>(digits[0])) << 4 |
                            hex_value(static_cast<unsigned char>(digits[1])));
      if (c == '\0') return bad_request("encoded NUL in the path");
      at += 2;
    }
    if (c != '/') {
      segment += c;
    } else if (!close_segment()) {
      return bad_request("path above the root");
    }
  }
  if (!close_segment()) return bad_request("path above the root");
  return std::nullopt;
}

/// RFC 9112, 5. A name with whitespace or controls, a folded line and a bare CR are refused; other
/// names are dropped unless they are letters, digits and dashes, and those with `_` too. A line
/// without a colon is a name. Of blanks, only spaces around a value go. HTTP/0.9 has no headers.
Refusal read_headers(Passage& request) {
  if (request.simple()) return std::nullopt;
  for (const std::string_view line : request.fields) {
    // The first byte is never the colon that ends a name.
    const size_t colon = line.empty() ? line.npos : line.find(':', 1);
    const std::string_view name = line.substr(0, colon);
    if (line.find('\r') != line.npos) return bad_request(HttpFault::bare_cr);
    if (std::ranges::any_of(name, [](char c) { return is_control(c) || c == ' '; })) {
      const bool folded = !line.empty() && is_blank(static_cast<unsigned char>(line[0]));
      return bad_request(folded ? HttpFault::folding : HttpFault::header_name);
    }
    const bool is_valid = std::ranges::all_of(
        name, [](char c) { return is_alnum(static_cast<unsigned char>(c)) || c == '-'; });
    if (!is_valid) continue;
    const std::string_view value = colon == line.npos ? "" : line.substr(colon + 1);
    request.headers.emplace_back(name, trim_spaces(value));
  }
  return std::nullopt;
}

/// RFC 9110, 5.3: headers that are no lists must not be repeated.
Refusal check_repeated(Passage& request) {
  constexpr std::string_view kUnique[] = {
      "Host",          "Content-Length", "Transfer-Encoding",  "Content-Range",
      "Authorization", "Expect",         "If-Match",           "If-Modified-Since",
      "If-None-Match", "If-Range",       "If-Unmodified-Since"};
  for (const std::string_view name : kUnique) {
    const auto count = std::ranges::count_if(
        request.headers, [&](const Header& header) { return iequals(header.first, name); });
    if (count > 1) return bad_request("repeated " + std::string(name));
  }
  return std::nullopt;
}

/// Whether a Host can be looked up: no two dots in a row, no slash, blank or control, not empty. An
/// address in brackets is not looked into, nor is what follows a colon.
bool is_host(std::string_view host) {
  const auto is_wrong = [](char c) { return is_control(c) || c == ' ' || c == '/'; };
  if (std::ranges::any_of(host, is_wrong) || host.find("..") != std::string_view::npos) {
    return false;
  }
  if (!host.starts_with('[')) host = host.substr(0, host.find(':'));
  return !host.empty() && host != ".";
}

/// RFC 9112, 3.2: HTTP/1.1 needs a Host, and any must be one; beside a URL it is not looked at.
Refusal check_host_header(Passage& request) {
  if (request.simple()) return std::nullopt;
  const Header* header = request.find("Host");
  if (header == nullptr) {
    if (request.version <= 10) return std::nullopt;
    return bad_request(HttpFault::missing_host);
  }
  if (is_host(header->second)) return std::nullopt;
  return bad_request(header->second.empty() ? "empty Host" : "bad Host");
}

/// RFC 9110, 8.6.
Refusal check_content_length(Passage& request) {
  const Header* header = request.find("Content-Length");
  if (header == nullptr || content_length(header->second)) return std::nullopt;
  return bad_request(HttpFault::content_length);
}

/// RFC 9112, 6.1: chunked is the one coding, HTTP/1.0 has none, and beside Content-Length it is
/// suspicious.
Refusal check_transfer_encoding(Passage& request) {
  const Header* header = request.find("Transfer-Encoding");
  if (header == nullptr) return std::nullopt;
  if (request.version == 10) return bad_request("Transfer-Encoding in HTTP/1.0");
  if (!iequals(header->second, "chunked")) return HttpError{501, "unknown Transfer-Encoding"};
  if (request.find("Content-Length") != nullptr) return bad_request(HttpFault::two_lengths);
  return std::nullopt;
}

/// RFC 9110, 9.3.6 and 9.3.8: a server that is no proxy for them does not offer CONNECT and TRACE.
Refusal check_method(Passage& request) {
  if (request.method != "CONNECT" && request.method != "TRACE") return std::nullopt;
  return HttpError{405, "method not allowed"};
}

constexpr FrontRule kRules[] = {
    check_line_bytes,     check_buffers,
    read_request_line,    read_target,
    check_path,           read_headers,
    check_repeated,       check_host_header,
    check_content_length, check_transfer_encoding,
    check_method,         frame_body,
};

}  // namespace

std::span<const FrontRule> nginx_rules() {
  return kRules;
}

}  // namespace wafcheck::formats::inline front
