#include "formats/reduce/bodies.h"

#include <algorithm>

#include "parser/base/ascii.h"

namespace wafcheck::formats::inline reduce {
namespace {

/// "form-data; name=\"a\"; filename=\"b\"": the parameters can go; their names, quotes and
/// "form-data" stay.
Piece part_header_value(std::string_view value) {
  Piece header;
  for (size_t at = 0; at < value.size();) {
    const size_t end = std::min(value.find(';', at), value.size());
    std::string_view parameter = value.substr(at, end - at);
    const size_t equals = parameter.find('=');
    Piece piece;
    if (at != 0) piece.before = ";";
    if (iequals(trim(parameter), "form-data")) {
      piece.before += parameter;
      piece.fixed = true;
      parameter = {};
    }
    if (equals != std::string_view::npos) {
      piece.before += parameter.substr(0, equals + 1);
      parameter.remove_prefix(equals + 1);
    }
    if (parameter.size() >= 2 && parameter.starts_with('"') && parameter.ends_with('"')) {
      piece.before += '"';
      piece.after = "\"";
      parameter = parameter.substr(1, parameter.size() - 2);
    }
    piece.text = parameter;
    piece.target = "MULTIPART_PART_HEADERS";
    header.parts.push_back(std::move(piece));
    at = end + 1;
  }
  return header;
}

/// The name that a part's headers give it.
std::string part_name(std::string_view headers) {
  constexpr std::string_view kName = " name=\"";
  const size_t at = lowercase(headers).find(kName);
  if (at == std::string::npos) return {};
  headers.remove_prefix(at + kName.size());
  return std::string(headers.substr(0, headers.find('"')));
}

/// The lines of a part up to the next boundary, the boundary's own line aside.
Piece part_piece(std::string_view text) {
  Piece part, headers;
  headers.fixed = true;
  size_t at = 0;
  while (at < text.size()) {
    const size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    const std::string_view line = text.substr(at, end - at);
    const std::string_view content = trim_right(line);
    if (content.empty()) break;
    const size_t colon = std::min(content.find(':'), content.size() - 1) + 1;
    Piece header = part_header_value(content.substr(colon));
    header.before = content.substr(0, colon);
    header.after = line.substr(content.size());
    headers.parts.push_back(std::move(header));
    at = end;
  }
  const std::string name = part_name(text.substr(0, at));
  const size_t value = std::min(text.find('\n', at), text.size() - 1) + 1;
  headers.after = text.substr(at, value - at);
  part.parts.push_back(std::move(headers));
  part.parts.push_back(value_piece(text.substr(value), "ARGS_POST:" + name));
  part.parts.back().fixed = true;
  return part;
}

}  // namespace

std::string_view boundary_of(std::string_view content_type) {
  constexpr std::string_view kBoundary = "boundary=";
  if (!istarts_with(content_type, "multipart/")) return {};
  const size_t at = lowercase(content_type).find(kBoundary);
  if (at == std::string::npos) return {};
  std::string_view boundary = content_type.substr(at + kBoundary.size());
  if (boundary.starts_with('"')) {
    boundary.remove_prefix(1);
    return boundary.substr(0, boundary.find('"'));
  }
  return boundary.substr(0, boundary.find_first_of("; \t"));
}

std::optional<Piece> multipart_piece(std::string_view body, std::string_view boundary) {
  const std::string delimiter = "--" + std::string(boundary);
  if (boundary.empty() || !body.starts_with(delimiter)) return std::nullopt;
  Piece parts;
  for (size_t at = 0; at < body.size();) {
    // The line of the boundary, up to that of the next one.
    const size_t line_end = std::min(body.find('\n', at), body.size() - 1) + 1;
    const std::string_view line = body.substr(at, line_end - at);
    if (line.substr(delimiter.size()).starts_with("--")) {
      parts.after = body.substr(at);
      break;
    }
    const size_t next = std::min(body.find("\n" + delimiter, line_end), body.size() - 1) + 1;
    std::string_view content = body.substr(line_end, next - line_end);
    const bool ends = next < body.size();
    const size_t line_break = !ends ? 0 : content.ends_with("\r\n") ? 2 : 1;
    if (content.size() < line_break) return std::nullopt;
    content.remove_suffix(line_break);
    if (content.empty()) return std::nullopt;
    Piece part = part_piece(content);
    part.before = line;
    part.after = body.substr(next - line_break, line_break);
    parts.parts.push_back(std::move(part));
    at = next;
  }
  return parts;
}

Piece body_piece(std::string_view body, std::string_view content_type) {
  std::optional<Piece> content;
  const auto says = [&](std::string_view type) { return lowercase(content_type).contains(type); };
  if (says("urlencoded")) content = pairs_piece(body, '&', "ARGS_POST");
  if (!content) content = multipart_piece(body, boundary_of(content_type));
  const std::string_view start = trim_left(body);
  if (!content && start.starts_with('<')) content = xml_piece(body);
  // What the parts do not make up again, to the byte, is not taken apart.
  if (content && bytes_of(*content) != body) content.reset();
  if (!content && (start.starts_with('{') || start.starts_with('['))) content = json_piece(body);
  return content ? std::move(*content) : value_piece(body, "REQUEST_BODY");
}

}  // namespace wafcheck::formats::inline reduce
