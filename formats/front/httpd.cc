// Apache httpd 2.4 with its default settings, of which the ones that matter are
// `HttpProtocolOptions Strict LenientMethods Allow0.9`, `LimitRequestLine 8190`,
// `LimitRequestFieldSize 8190` and `LimitRequestFields 100`. Rules stand in the server's order.

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>

#include "formats/front/rules.h"
#include "formats/traffic/http_message.h"
#include "parser/base/ascii.h"

namespace wafcheck::formats::inline front {
namespace {

constexpr size_t kLimitRequestLine = 8190;
constexpr size_t kLimitRequestFieldSize = 8190;
constexpr size_t kLimitRequestFields = 100;

/// Strict takes CRLF alone for a line end. A head whose lines all end in LF is a text file's, and
/// was not sent so. RFC 9112, 2.2 lets a recipient take either.
Refusal check_line_ends(Passage& request) {
  if (request.bare_lf) return bad_request("line that ends in a bare LF");
  return std::nullopt;
}

/// LimitRequestLine.
Refusal check_line_length(Passage& request) {
  if (request.line.size() <= kLimitRequestLine) return std::nullopt;
  return HttpError{414, fmt::format("request line over {} bytes", kLimitRequestLine)};
}

/// RFC 9112, 3: method SP request-target SP HTTP-version, every SP one space. Without a version,
/// where a space may be left at the end, it is HTTP/0.9.
Refusal read_request_line(Passage& request) {
  const size_t method_end = request.line.find(' ');
  const std::string_view method = request.line.substr(0, method_end);
  if (!is_token(method) || method_end == std::string_view::npos) {
    return bad_request(HttpFault::request_line);
  }
  const std::string_view rest = request.line.substr(method_end + 1);
  const size_t target_end = rest.find(' ');
  const std::string_view target = rest.substr(0, target_end);
  if (std::ranges::any_of(target, is_control)) return bad_request(HttpFault::target_control);
  std::string_view protocol;
  if (target_end != std::string_view::npos) protocol = rest.substr(target_end + 1);
  // A space in front of the target leaves that empty.
  if (target.empty() || protocol.find(' ') != std::string_view::npos) {
    return bad_request(rest.empty() ? HttpFault::request_line : HttpFault::target_whitespace);
  }
  request.method = method;
  request.target = target;
  request.protocol = protocol;
  return std::nullopt;
}

/// RFC 9112, 2.3: "HTTP/" DIGIT "." DIGIT in upper case. Any version from 1.0 is served, as the
/// highest that the server knows.
Refusal read_version(Passage& request) {
  const std::string_view text = request.protocol;
  if (text.empty()) {
    request.protocol = "HTTP/0.9";
    request.version = 9;
    return std::nullopt;
  }
  const bool valid = text.size() == 8 && text.starts_with("HTTP/") && is_digit_char(text[5]) &&
                     text[5] != '0' && text[6] == '.' && is_digit_char(text[7]);
  if (!valid) return bad_request(HttpFault::bad_version);
  request.version = 10 * (text[5] - '0') + (text[7] - '0');
  return std::nullopt;
}

/// Where a host ends in "host", "host:port" or "[v6]:port".
size_t host_end(std::string_view authority) {
  const size_t close = authority.starts_with('[') ? authority.find(']') : 0;
  return std::min(authority.find(':', close), authority.size());
}

/// RFC 9112, 3.2.3: CONNECT takes host and port, nothing else.
Refusal connect_target(Passage& request) {
  const std::string_view target = request.target;
  const size_t colon = host_end(target);
  const bool valid = colon + 1 < target.size() && all_digits(target.substr(colon + 1));
  if (!valid) return bad_request("CONNECT without host and port");
  request.authority = target;
  return std::nullopt;
}

/// The size of "scheme://" in front of a target; 0: it has none. RFC 3986, 3.1.
size_t scheme_size(std::string_view target) {
  const size_t colon = target.find_first_of(":/?");
  if (colon == std::string_view::npos || !is_alpha(static_cast<unsigned char>(target[0]))) return 0;
  return target.substr(colon).starts_with("://") ? colon + 3 : 0;
}

/// RFC 9112, 3.2: a path, a URL or, for OPTIONS, `*`; RFC 3986, 3.5 and RFC 9110, 4.2.4: Strict
/// refuses a fragment, and a user or password.
Refusal read_target(Passage& request) {
  if (request.method == "CONNECT") return connect_target(request);
  std::string_view rest = request.target;
  if (rest.find('#') != std::string_view::npos) {
    return bad_request("fragment in the request target");
  }
  if (const size_t scheme = scheme_size(rest); scheme != 0) {
    const bool http = istarts_with(rest, "http://") || istarts_with(rest, "https://");
    rest.remove_prefix(scheme);
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
    if (authority.find('@') != std::string_view::npos) {
      return bad_request("user in the request target");
    }
    const size_t colon = host_end(authority);
    if (!all_digits(authority.substr(std::min(colon + 1, authority.size())))) {
      return bad_request("bad port in the request target");
    }
    // The host of a scheme that the server does not serve does not count.
    if (http) request.authority = authority.ends_with(':') ? authority.substr(0, colon) : authority;
    return std::nullopt;
  }
  const bool asterisk = rest == "*" && request.method == "OPTIONS";
  if (rest.starts_with('/') || rest.starts_with('?') || asterisk) return std::nullopt;
  return bad_request("request target that is no path");
}

/// Strict serves GET alone without a version.
Refusal check_simple_method(Passage& request) {
  if (!request.simple() || request.method == "GET") return std::nullopt;
  return bad_request(HttpFault::missing_version);
}

/// One header line, with the lines that it was folded over. RFC 9110, 5.1 and 5.5: the name is a
/// token up to the colon, the value has no controls but tabs. LimitRequestFields.
Refusal add_field(Passage& request, std::string_view line) {
  if (request.headers.size() == kLimitRequestFields) {
    return bad_request(fmt::format("more than {} headers", kLimitRequestFields));
  }
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return bad_request(HttpFault::header_without_colon);
  const std::string_view name = line.substr(0, colon);
  if (!is_token(name)) {
    const bool blank = !name.empty() && is_blank(static_cast<unsigned char>(name.back()));
    return bad_request(blank ? HttpFault::space_before_colon : HttpFault::header_name);
  }
  const std::string_view value = trim_blanks(line.substr(colon + 1));
  if (value.find('\r') != std::string_view::npos) return bad_request(HttpFault::bare_cr);
  if (std::ranges::any_of(value, [](char c) { return is_control(c) && c != '\t'; })) {
    return bad_request("control character in a header value");
  }
  request.headers.emplace_back(name, value);
  return std::nullopt;
}

/// RFC 9112, 5 and 5.2: folded lines are joined with one space; the first line cannot be one, and
/// it must hold something. LimitRequestFieldSize. HTTP/0.9 has no headers.
Refusal read_headers(Passage& request) {
  if (request.simple()) return std::nullopt;
  std::string pending;
  bool any = false;
  for (const std::string_view line : request.fields) {
    const bool folded = is_blank(static_cast<unsigned char>(line.empty() ? 0 : line[0]));
    const std::string_view more = trim_blanks(line);
    if (folded && !any) return bad_request("folded line before the first header");
    if (folded && more.empty()) return bad_request("empty folded line");
    if (any && !folded) {
      if (auto refusal = add_field(request, pending)) return refusal;
    }
    if (!folded) pending.clear();
    if (line.size() + pending.size() > kLimitRequestFieldSize) {
      return bad_request(fmt::format("header over {} bytes", kLimitRequestFieldSize));
    }
    if (folded) pending += ' ';
    pending += more;
    any = true;
  }
  return any ? add_field(request, pending) : std::nullopt;
}

/// RFC 9110, 5.3: repeated headers become one, in the place of the first. Again
/// LimitRequestFieldSize.
Refusal merge_headers(Passage& request) {
  std::vector<Header> merged;
  for (Header& header : request.headers) {
    const auto first = std::ranges::find_if(
        merged, [&](const Header& other) { return iequals(other.first, header.first); });
    if (first == merged.end()) {
      merged.push_back(std::move(header));
      continue;
    }
    first->second += ", " + header.second;
    if (first->second.size() > kLimitRequestFieldSize) {
      return bad_request(fmt::format("header over {} bytes", kLimitRequestFieldSize));
    }
  }
  request.headers = std::move(merged);
  return std::nullopt;
}

/// RFC 9110, 8.6. Repeated ones are a list by now, which is no number, be they equal or not.
Refusal check_content_length(Passage& request) {
  const Header* header = request.find("Content-Length");
  if (header == nullptr || content_length(header->second)) return std::nullopt;
  return bad_request(header->second.find(',') == std::string::npos
                         ? HttpFault::content_length
                         : HttpFault::repeated_content_length);
}

/// RFC 9112, 6.1: the last coding must be chunked; others under it are the application's. It
/// overrides Content-Length, which is taken out.
Refusal check_transfer_encoding(Passage& request) {
  const Header* header = request.find("Transfer-Encoding");
  if (header == nullptr) return std::nullopt;
  const std::string_view value = header->second;
  const size_t comma = value.rfind(',');
  const std::string_view last =
      comma == std::string_view::npos ? value : trim(value.substr(comma + 1));
  if (!iequals(last, "chunked")) return bad_request(HttpFault::transfer_encoding);
  std::erase_if(request.headers,
                [](const Header& field) { return iequals(field.first, "Content-Length"); });
  return std::nullopt;
}

bool is_ipv6(std::string_view text) {
  in6_addr address;
  return inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}

/// RFC 952, RFC 1123, 2.1 and RFC 3986, 7.4, as Strict reads them: letters, digits, `-`, `_` and
/// single dots; four numbers without leading zeros, or a last label that begins with a letter.
bool is_host_name(std::string_view host) {
  if (host.find("..") != std::string_view::npos) return false;
  if (host.ends_with('.')) host.remove_suffix(1);
  bool numeric = true;
  for (const char c : host) {
    const auto byte = static_cast<unsigned char>(c);
    if (!is_alnum(byte) && c != '-' && c != '_' && c != '.') return false;
    numeric = numeric && (is_digit(byte) || c == '.');
  }
  const size_t dot = host.rfind('.');
  if (!numeric) {
    return dot == std::string_view::npos || is_alpha(static_cast<unsigned char>(host[dot + 1]));
  }
  if (std::ranges::count(host, '.') != 3 || host.starts_with('.')) return false;
  for (size_t at = 0; at < host.size(); ++at) {
    const bool label = at == 0 || host[at - 1] == '.';
    if (label && host[at] == '0' && at + 1 < host.size() && is_digit_char(host[at + 1])) {
      return false;
    }
  }
  return true;
}

/// "name", "1.2.3.4" or "[v6]", each with a port or not. A number alone is no host.
bool is_host(std::string_view text) {
  if (all_digits(text)) return false;
  const size_t colon = text.rfind(':');
  const bool has_port = colon != std::string_view::npos && colon + 1 < text.size() &&
                        all_digits(text.substr(colon + 1));
  if (has_port) {
    const auto port = content_length(text.substr(colon + 1));
    if (!port || *port < 1 || *port > 65535) return false;
    text = text.substr(0, colon);
  }
  if (!text.starts_with('[')) return is_host_name(text);
  return text.ends_with(']') && is_ipv6(text.substr(1, text.size() - 2));
}

/// RFC 9112, 3.2 and 3.2.2: HTTP/1.1 needs a host that is one; the target's replaces the header's.
/// Repeated headers are a list by now, which is no host.
Refusal settle_host(Passage& request) {
  if (request.simple()) return std::nullopt;
  Header* header = request.find("Host");
  const std::string_view name = !request.authority.empty() ? std::string_view(request.authority)
                                : header != nullptr        ? std::string_view(header->second)
                                                           : std::string_view();
  if (!name.empty() && !is_host(name)) {
    const bool repeated = request.authority.empty() && name.find(',') != std::string_view::npos;
    return bad_request(repeated ? to_string(HttpFault::repeated_host) : "bad Host");
  }
  if (header == nullptr && request.version == 11) return bad_request(HttpFault::missing_host);
  if (name.empty() && request.version >= 11) return bad_request("empty Host");
  if (header != nullptr && !request.authority.empty()) header->second = request.authority;
  return std::nullopt;
}

/// RFC 9110, 10.1.1: the one expectation there is.
Refusal check_expect(Passage& request) {
  const Header* header = request.find("Expect");
  const bool is_supported =
      header == nullptr || header->second.empty() || iequals(header->second, "100-continue");
  if (is_supported) return std::nullopt;
  return HttpError{417, "unknown expectation"};
}

/// RFC 3986, 2.3: what need not be escaped.
bool is_unreserved(char c) {
  return is_alnum(static_cast<unsigned char>(c)) || c == '-' || c == '.' || c == '_' || c == '~';
}

/// What an escape at `at` stands for; nothing: it is none.
std::optional<char> escaped_at(std::string_view text, size_t at) {
  if (at + 2 >= text.size()) return std::nullopt;
  const auto high = static_cast<unsigned char>(text[at + 1]);
  const auto low = static_cast<unsigned char>(text[at + 2]);
  if (!is_hex(high) || !is_hex(low)) return std::nullopt;
  return static_cast<char>(hex_value(high) * 16 + hex_value(low));
}

/// Escapes of what need not be escaped undone; slashes merged, dot segments resolved. Nothing: the
/// path leads above its root. RFC 3986, 5.2.4 and 6.2.2.
std::optional<std::string> normalized(std::string_view path) {
  std::string decoded;
  for (size_t at = 0; at < path.size(); ++at) {
    const auto byte = path[at] == '%' ? escaped_at(path, at) : std::nullopt;
    if (byte && is_unreserved(*byte)) {
      decoded += *byte;
      at += 2;
    } else {
      decoded += path[at];
    }
  }
  std::string result;
  for (size_t at = 0; at < decoded.size();) {
    // At a slash, or at the start.
    if (decoded[at] == '/') {
      if (!result.ends_with('/')) result += '/';
      ++at;
      continue;
    }
    const size_t end = std::min(decoded.find('/', at), decoded.size());
    const std::string_view segment = std::string_view(decoded).substr(at, end - at);
    at = end;
    if (segment == ".") {
      if (at < decoded.size()) ++at;
    } else if (segment == "..") {
      if (result.size() < 2) return std::nullopt;
      result.pop_back();
      result.resize(result.rfind('/') + 1);
      if (at < decoded.size()) ++at;
    } else {
      result += segment;
    }
  }
  return result;
}

constexpr FrontRule kRules[] = {
    check_line_ends, check_line_bytes,     check_line_length,       read_request_line,
    read_version,    read_target,          check_simple_method,     read_headers,
    merge_headers,   check_content_length, check_transfer_encoding, settle_host,
    check_expect,    frame_body,
};

}  // namespace

/// A path with an escaped slash or NUL is not found; one with a % that escapes nothing is refused.
ServedPath httpd_path(std::string_view target) {
  const size_t scheme = scheme_size(target);
  if (scheme != 0) target.remove_prefix(std::min(target.find('/', scheme), target.size()));
  while (target.starts_with("//")) target.remove_prefix(1);
  ServedPath served;
  served.first = target.substr(0, target.find('?'));
  const auto path = normalized(served.first);
  const auto refused = [&](int status) {
    served.status = status;
    return served;
  };
  if (!path) return refused(400);
  bool hidden = false;
  for (size_t at = 0; at < path->size(); ++at) {
    if ((*path)[at] != '%') {
      served.path += (*path)[at];
      continue;
    }
    const auto byte = escaped_at(*path, at);
    if (!byte) return refused(400);
    hidden = hidden || *byte == '\0' || *byte == '/';
    served.path += *byte;
    at += 2;
  }
  if (hidden) return refused(404);
  return served;
}

std::span<const FrontRule> httpd_rules() {
  return kRules;
}

}  // namespace wafcheck::formats::inline front
