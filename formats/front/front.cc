#include "formats/front/front.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "formats/front/rules.h"
#include "formats/traffic/http_reasons.h"
#include "parser/base/ascii.h"

namespace wafcheck::formats::inline front {
namespace {

struct Ends {
  bool crlf = false, lf = false;
};

/// A line without its end, which is noted.
std::string_view without_end(std::string_view line, Ends& ends) {
  if (!line.ends_with('\n')) return line;  // the input's last
  line.remove_suffix(1);
  const bool crlf = line.ends_with('\r');
  (crlf ? ends.crlf : ends.lf) = true;
  if (crlf) line.remove_suffix(1);
  return line;
}

/// The lines that a request without any would have had. A version that only says which of HTTP/2
/// and HTTP/3 it was is written as servers write it.
std::vector<std::string> lines_of(const Request& request) {
  std::vector<std::string> lines = {request.method + ' ' + request.uri};
  if (!request.protocol.empty()) {
    const bool short_form = request.protocol == "HTTP/2" || request.protocol == "HTTP/3";
    lines[0] += ' ' + request.protocol + (short_form ? ".0" : "");
  }
  for (const auto& [name, value] : request.headers) lines.push_back(name + ": " + value);
  return lines;
}

Passage passage_of(const Exchange& exchange, const std::vector<std::string>& lines) {
  Passage passage;
  passage.wire = exchange.wire.has_value();
  Ends ends;
  passage.line = passage.wire ? without_end(lines[0], ends) : lines[0];
  for (size_t at = 1; at < lines.size(); ++at) {
    passage.fields.push_back(passage.wire ? without_end(lines[at], ends) : lines[at]);
  }
  passage.bare_lf = ends.crlf && ends.lf;
  passage.bad_chunks = passage.wire && exchange.wire->bad_chunks;
  passage.body = exchange.request.body;
  return passage;
}

}  // namespace

std::optional<Front> find_front(std::string_view name) {
  const auto row = std::ranges::find(kFrontNames, name);
  if (row == kFrontNames.end()) return std::nullopt;
  return static_cast<Front>(row - kFrontNames.begin());
}

FrontResult pass_front(Front front, Exchange& exchange) {
  if (front == Front::none) return {};
  std::vector<std::string> lines;
  const bool wire = exchange.wire && !exchange.wire->head.empty();
  if (!wire) lines = lines_of(exchange.request);
  Passage passage = passage_of(exchange, wire ? exchange.wire->head : lines);
  for (const FrontRule rule : front == Front::httpd ? httpd_rules() : nginx_rules()) {
    auto refusal = rule(passage);
    if (!refusal) continue;
    exchange.http_error = std::move(refusal);
    return {.refused = true};
  }
  exchange.http_error.reset();
  exchange.request = {std::move(passage.method), std::move(passage.target),
                      std::move(passage.protocol), std::move(passage.headers),
                      std::move(passage.body)};
  exchange.notes.insert(exchange.notes.end(), passage.notes.begin(), passage.notes.end());
  return {.status_line = !passage.simple()};
}

std::optional<ServedPath> served_path(Front front, const Request& request) {
  if (front != Front::httpd || !request.uri.contains('/')) return std::nullopt;
  return httpd_path(request.uri);
}

Response refusal(Front front, const HttpError& error) {
  const HttpReason reason = http_reason(error.status);
  const bool own = front == Front::nginx && !reason.nginx.empty();
  Response response;
  response.status = error.status;
  response.reason = own ? reason.nginx : reason.phrase;
  return response;
}

Header* Passage::find(std::string_view name) {
  const auto it = std::ranges::find_if(
      headers, [&](const Header& header) { return iequals(header.first, name); });
  return it == headers.end() ? nullptr : &*it;
}

HttpError bad_request(HttpFault fault) {
  return bad_request(to_string(fault));
}

HttpError bad_request(std::string_view reason) {
  return {400, std::string(reason)};
}

std::optional<HttpError> check_line_bytes(Passage& request) {
  const auto any_holds = [&](char byte) {
    const auto holds = [&](std::string_view line) { return line.find(byte) != line.npos; };
    return holds(request.line) || std::ranges::any_of(request.fields, holds);
  };
  if (any_holds('\0')) return bad_request(HttpFault::nul);
  if (any_holds('\n')) return bad_request("line feed in the header block");
  return std::nullopt;
}

std::optional<HttpError> frame_body(Passage& request) {
  if (request.simple()) {
    request.headers.clear();
    request.body.clear();
    return std::nullopt;
  }
  if (!request.framed()) return std::nullopt;
  if (request.find("Transfer-Encoding") != nullptr) {
    if (request.bad_chunks) return bad_request(HttpFault::chunks);
    return std::nullopt;
  }
  const Header* header = request.find("Content-Length");
  const uint64_t length = header == nullptr ? 0 : content_length(header->second).value_or(0);
  if (request.body.size() > length) {
    if (header == nullptr) {
      request.notes.push_back(
          fmt::format("{} bytes of body left out: no header announces them", request.body.size()));
    }
    request.body.resize(static_cast<size_t>(length));
  } else if (request.body.size() < length && request.wire) {
    return bad_request("body shorter than its Content-Length");
  }
  return std::nullopt;
}

std::optional<uint64_t> content_length(std::string_view value) {
  if (value.empty()) return std::nullopt;
  constexpr auto kMax = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  uint64_t length = 0;
  for (const char c : value) {
    if (!is_digit(static_cast<unsigned char>(c))) return std::nullopt;
    const auto digit = static_cast<uint64_t>(c - '0');
    if (length > (kMax - digit) / 10) return std::nullopt;
    length = length * 10 + digit;
  }
  return length;
}

}  // namespace wafcheck::formats::inline front
