#include "formats/reduce/model.h"

#include <algorithm>

#include "formats/reduce/bodies.h"
#include "formats/traffic/http.h"
#include "parser/base/ascii.h"

namespace wafcheck::formats::inline reduce {
namespace {

constexpr std::string_view kLength = "Content-Length";

std::string_view header_value(const std::vector<Header>& headers, std::string_view name) {
  const auto found = std::ranges::find_if(
      headers, [&](const Header& header) { return iequals(header.first, name); });
  return found == headers.end() ? std::string_view() : found->second;
}

Piece path_piece(std::string_view path) {
  if (!path.starts_with('/')) return value_piece(path, "REQUEST_FILENAME");
  Piece segments;
  while (!path.empty()) {
    const size_t end = std::min(path.find('/', 1), path.size());
    Piece segment = value_piece(path.substr(1, end - 1), "REQUEST_FILENAME");
    segment.before = "/";
    segments.parts.push_back(std::move(segment));
    path.remove_prefix(end);
  }
  return segments;
}

/// The target's parts: what stands before the path in one that is a URL, the path, the query.
Piece target_piece(std::string_view uri) {
  Piece target;
  const size_t scheme = uri.find("://");
  if (!uri.starts_with('/') && scheme < uri.find_first_of("?#")) {
    const size_t path = std::min(uri.find_first_of("/?#", scheme + 3), uri.size());
    target.before = uri.substr(0, path);
    uri.remove_prefix(path);
  }
  const size_t query = std::min(uri.find('?'), uri.size());
  target.parts.push_back(path_piece(uri.substr(0, query)));
  target.parts.back().fixed = true;
  if (query == uri.size()) return target;
  target.parts.push_back(pairs_piece(uri.substr(query + 1), '&', "ARGS_GET"));
  target.parts.back().before = "?";
  return target;
}

/// `before` is the name, the text or the parts are the value.
Piece header_piece(const Header& header, std::string_view variable) {
  const auto& [name, value] = header;
  Piece piece;
  if (variable == "REQUEST_HEADERS" && iequals(name, "Cookie")) {
    piece.separator = "; ";
    for (size_t at = 0; at <= value.size();) {
      const size_t end = std::min(value.find(';', at), value.size());
      piece.parts.push_back(
          pair_piece(trim_blanks(std::string_view(value).substr(at, end - at)), "REQUEST_COOKIES"));
      at = end + 1;
    }
  } else {
    piece = value_piece(value, std::string(variable) + ':' + name);
  }
  piece.before = name;
  return piece;
}

/// `right_length`: whether a Content-Length says what the body has; its piece is then empty.
Piece headers_piece(const std::vector<Header>& headers, std::string_view variable,
                    bool right_length) {
  Piece piece;
  for (const Header& header : headers) {
    const bool is_length = right_length && iequals(header.first, kLength);
    piece.parts.push_back(header_piece(is_length ? Header(header.first, "") : header, variable));
  }
  return piece;
}

bool is_right_length(const std::vector<Header>& headers, const std::string& body) {
  return header_value(headers, kLength) == std::to_string(body.size());
}

std::vector<Header> headers_of(const Piece& headers, bool right_length, size_t body_bytes) {
  std::vector<Header> list;
  for (const Piece& header : headers.parts) {
    const bool is_length = right_length && iequals(header.before, kLength);
    list.emplace_back(header.before,
                      is_length ? std::to_string(body_bytes) : inner_bytes_of(header));
  }
  return list;
}

/// Replaces a text in what stands around values.
void replace_around(Piece& piece, const std::string& text, const std::string& by) {
  for (std::string* around : {&piece.before, &piece.after}) {
    if (const size_t at = around->find(text); at != std::string::npos) {
      around->replace(at, text.size(), by);
    }
  }
  for (Piece& part : piece.parts) replace_around(part, text, by);
}

}  // namespace

RequestModel::RequestModel(const Exchange& exchange, BodyModel bodies, const Masks& masks)
    : method(exchange.request.method),
      protocol(exchange.request.protocol),
      client(exchange.client),
      server(exchange.server),
      time_us(exchange.time_us),
      target_(target_piece(exchange.request.uri)) {
  const Request& request = exchange.request;
  right_length_ = is_right_length(request.headers, request.body);
  headers_ = headers_piece(request.headers, "REQUEST_HEADERS", right_length_);
  if (!request.body.empty()) {
    const std::string_view type = header_value(request.headers, "Content-Type");
    body_.parts.push_back(bodies == BodyModel::structured
                              ? body_piece(request.body, type)
                              : value_piece(request.body, "REQUEST_BODY"));
    if (bodies == BodyModel::structured) boundary_ = boundary_of(type);
  }
  if (exchange.response) {
    response = *exchange.response;
    right_response_length_ = is_right_length(response->headers, response->body);
    response_headers_ =
        headers_piece(response->headers, "RESPONSE_HEADERS", right_response_length_);
    if (!response->body.empty()) {
      response_body_.parts.push_back(value_piece(response->body, "RESPONSE_BODY"));
    }
    response->headers.clear();
    response->body.clear();
  }
  for (Piece* const root : roots()) mark_secrets(*root, masks);
}

Exchange RequestModel::exchange() const {
  Exchange exchange;
  exchange.client = client;
  exchange.server = server;
  exchange.time_us = time_us;
  Request& request = exchange.request;
  request.method = method;
  request.protocol = protocol;
  request.uri = bytes_of(target_);
  const bool is_path = target_.parts[0].target.empty();
  if (is_path && target_.parts[0].parts.empty()) request.uri.insert(target_.before.size(), "/");
  request.body = bytes_of(body_);
  request.headers = headers_of(headers_, right_length_, request.body.size());
  if (response) {
    exchange.response = response;
    exchange.response->body = bytes_of(response_body_);
    exchange.response->headers =
        headers_of(response_headers_, right_response_length_, exchange.response->body.size());
  }
  return exchange;
}

std::array<Piece*, 5> RequestModel::roots() {
  for (Piece& header : headers_.parts) {
    const bool is_host = iequals(header.before, "Host"),
               is_length = iequals(header.before, kLength);
    header.fixed =
        (is_host && protocol == "HTTP/1.1") || (is_length && right_length_ && has_body());
  }
  return {&response_body_, &response_headers_, &body_, &headers_, &target_};
}

bool RequestModel::has_host() const {
  return std::ranges::any_of(headers_.parts,
                             [](const Piece& header) { return iequals(header.before, "Host"); });
}

bool RequestModel::has_wrong_length() const {
  return !right_length_ && std::ranges::any_of(headers_.parts, [](const Piece& header) {
    return iequals(header.before, kLength);
  });
}

void RequestModel::mend_length() {
  right_length_ = true;
  for (Piece& header : headers_.parts) {
    if (!iequals(header.before, kLength)) continue;
    header.text.clear();
    header.secret.clear();
  }
}

void RequestModel::drop_response() {
  response.reset();
  response_headers_ = response_body_ = Piece();
}

void RequestModel::set_boundary(const std::string& boundary) {
  replace_around(body_, "--" + boundary_, "--" + boundary);
  for (Piece& header : headers_.parts) {
    if (!iequals(header.before, "Content-Type")) continue;
    const size_t at = header.text.find(boundary_);
    if (at == std::string::npos) continue;
    header.text.replace(at, boundary_.size(), boundary);
    header.secret.assign(header.text.size(), false);
  }
  boundary_ = boundary;
}

void RequestModel::set_host(std::string_view host) {
  for (Piece& header : headers_.parts) {
    if (!iequals(header.before, "Host")) continue;
    header.text = host;
    header.secret.assign(host.size(), false);
    header.least = host.size();
    header.is_name = true;
  }
}

size_t wire_bytes(const Exchange& exchange) {
  const size_t response = exchange.response ? serialize_response(*exchange.response).size() : 0;
  return serialize_request(exchange.request).size() + response;
}

}  // namespace wafcheck::formats::inline reduce
