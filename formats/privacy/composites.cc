#include "formats/privacy/composites.h"

#include <algorithm>
#include <string_view>

#include "formats/json/reader.h"
#include "formats/json/scan.h"
#include "formats/json/span.h"
#include "parser/base/ascii.h"

namespace wafcheck::formats::inline privacy {
namespace {

/// Of JSON brackets in a private member; what is deeper is hidden to the end.
constexpr size_t kDeepest = 1000;

/// The first of `bytes` in `text` from `at` on, before `end`; else `end`.
size_t find_in(std::string_view text, std::string_view bytes, size_t at, size_t end) {
  return std::min(text.substr(0, end).find_first_of(bytes, at), end);
}

/// The text in `text` from `at` on, before `end`; else `end`.
size_t find_text(std::string_view text, std::string_view sought, size_t at, size_t end) {
  return std::min(text.substr(0, end).find(sought, at), end);
}

/// A JSON string's bytes, from the quote before it to the one behind it.
std::string unescaped(std::string_view quoted) {
  const auto document = parse_json(quoted, 1);
  return document ? document->root().string() : std::string(quoted);
}

}  // namespace

void Composite::query(size_t begin, size_t end) const {
  const std::string_view text = hidden.value();
  for (size_t at = begin; at < end;) {
    size_t piece_end = find_in(text, "&;", at, end);
    const size_t equals = find_in(text, "=", at, piece_end);
    if (equals < piece_end && names.contains(text.substr(at, equals - at))) {
      piece_end = find_in(text, "&", equals, end);  // a value may hold a semicolon
      hidden.hide(equals + 1, piece_end);
    } else if (equals < piece_end) {
      embedded(equals + 1, piece_end);
    }
    at = piece_end + 1;
  }
}

void Composite::uri(size_t begin, size_t end) const {
  const std::string_view text = hidden.value();
  const size_t path_end = find_in(text, "?", begin, end);
  for (size_t at = begin; at < path_end;) {
    const size_t piece_end = find_in(text, ";/ ", at, path_end);
    const size_t equals = find_in(text, "=", at, piece_end);
    if (equals < piece_end && names.contains(text.substr(at, equals - at))) {
      hidden.hide(equals + 1, piece_end);
    }
    at = piece_end + 1;
  }
  const size_t query_end = find_in(text, " #", path_end, end);
  if (path_end < query_end) query(path_end + 1, query_end);
}

void Composite::json(size_t begin, size_t end) const {
  const std::string_view text = hidden.value().substr(0, end);
  for (size_t at = begin; (at = find_quote(text, at)) < end;) {
    const size_t name = at++;
    if (text[name] == '\\') continue;
    while ((at = find_quote(text, at)) < end && text[at] == '\\') at = std::min(at + 2, end);
    if (at >= end) return;
    ++at;
    size_t value = at;
    while (value < end && is_json_blank(text[value])) ++value;
    if (value >= end || text[value] != ':') continue;
    ++value;
    while (value < end && is_json_blank(text[value])) ++value;
    if (!names.contains(unescaped(text.substr(name, at - name)))) {
      at = value;
      continue;
    }
    JsonSpan span(kDeepest);
    const size_t size = span.feed(text.substr(value));
    at = value + size;
    const bool bracketed =
        size >= 2 && !is_alnum(static_cast<unsigned char>(text[value])) && text[value] != '-';
    hidden.hide(value + (bracketed ? 1 : 0), at - (bracketed && span.done() ? 1 : 0));
  }
}

void Composite::xml(size_t begin, size_t end) const {
  const std::string_view text = hidden.value().substr(0, end);
  for (size_t at = begin; (at = find_in(text, "<", at, end)) < end;) {
    const size_t name = ++at;
    at = find_in(text, " \t\r\n/>", at, end);
    const std::string_view element = text.substr(name, at - name);
    while (at < end && text[at] != '>') {
      const size_t attribute = at;
      at = find_in(text, "=>", at, end);
      if (at == end || text[at] == '>') break;
      const bool is_private = names.contains(trim(text.substr(attribute, at - attribute)));
      at = find_in(text, "\"'>", at, end);
      if (at == end || text[at] == '>') break;
      const size_t close = std::min(text.find(text[at], at + 1), end);
      if (is_private) hidden.hide(at + 1, close);
      at = std::min(close + 1, end);
    }
    const bool opens = !element.empty() && is_alpha(static_cast<unsigned char>(element[0]));
    if (at < end && opens && text[at - 1] != '/' && names.contains(element)) {
      const size_t close = find_text(text, "</" + std::string(element), at, end);
      hidden.hide(at + 1, close);
      at = close;
    }
  }
}

void Composite::multipart(size_t begin, size_t end) const {
  const std::string_view text = hidden.value().substr(0, end);
  const std::string boundary(
      trim_right(text.substr(begin, find_in(text, "\n", begin, end) - begin)));
  const auto part_end = [&](size_t from) {
    const size_t place = find_text(text, "\n" + boundary, from, end);
    return place < end && place > from && text[place - 1] == '\r' ? place - 1 : place;
  };
  for (size_t at = begin; at < end;) {
    bool is_private = false;
    at = find_in(text, "\n", at, end);
    while (at < end) {  // the lines of headers
      const size_t line = ++at;
      at = find_in(text, "\n", at, end);
      const std::string_view header = text.substr(line, at - line);
      if (trim(header).empty()) break;
      constexpr std::string_view kName = "name=";
      const std::string lower = lowercase(header);
      const size_t name = std::min(lower.find(" name="), lower.find(";name="));
      if (name == std::string::npos) continue;
      std::string_view value = trim(header.substr(name + 1 + kName.size()));
      if (value.starts_with('"')) value.remove_prefix(1);
      is_private = is_private || names.contains(value.substr(0, value.find_first_of("\";")));
    }
    const size_t value = std::min(at + 1, end);
    at = part_end(value);
    if (is_private) {
      hidden.hide(value, at);
    } else {
      embedded(value, at);
    }
    at = std::min(find_text(text, boundary, at, end) + boundary.size(), end);
  }
}

bool Composite::embedded(size_t begin, size_t end) const {
  const std::string_view text = hidden.value().substr(0, end);
  while (begin < end && is_space(static_cast<unsigned char>(text[begin]))) ++begin;
  const std::string_view value = text.substr(begin);
  if (value.size() < 2) return false;
  const auto second = static_cast<unsigned char>(value[1]);
  if (value[0] == '{' || value[0] == '[') {
    json(begin, end);
  } else if (value[0] == '<' && (is_alpha(second) || second == '?' || second == '!')) {
    xml(begin, end);
  } else if (istarts_with(value, "http://") || istarts_with(value, "https://") || value[0] == '/') {
    uri(begin, end);
  } else {
    return false;
  }
  return true;
}

void Composite::body(size_t begin, size_t end) const {
  const std::string_view text = hidden.value().substr(begin, end - begin);
  if (text.starts_with("--")) {
    multipart(begin, end);
  } else if (!embedded(begin, end)) {
    query(begin, end);
  }
}

void Composite::header(std::string_view name, size_t begin, size_t end) const {
  const std::string_view text = hidden.value().substr(0, end);
  const bool sets = iequals(name, "Set-Cookie");
  if (sets || iequals(name, "Cookie")) {
    for (size_t at = begin; at < end;) {
      const size_t piece_end = find_in(text, ";", at, end);
      const size_t equals = find_in(text, "=", at, piece_end);
      hidden.hide(equals < piece_end ? equals + 1 : at, piece_end);
      if (sets) break;  // attributes follow
      at = piece_end + 1;
      while (at < end && is_blank(static_cast<unsigned char>(text[at]))) ++at;
    }
  } else if (iequals(name, "Authorization") || iequals(name, "Proxy-Authorization")) {
    const size_t scheme_end = find_in(text, " ", begin, end);
    hidden.hide(scheme_end < end ? scheme_end + 1 : begin, end);
  } else if (names.contains(name)) {
    hidden.hide(begin, end);
  } else {
    embedded(begin, end);
  }
}

void Composite::message(size_t begin, size_t end) const {
  const std::string_view text = hidden.value().substr(0, end);
  size_t at = find_in(text, "\n", begin, end);
  uri(begin, at);
  while (at < end) {
    const size_t line = ++at;
    at = find_in(text, "\n", at, end);
    const std::string_view whole = trim_right(text.substr(line, at - line));
    if (whole.empty()) return body(std::min(at + 1, end), end);
    const size_t colon = std::min(whole.find(':'), whole.size());
    size_t value = std::min(colon + 1, whole.size());
    while (value < whole.size() && is_blank(static_cast<unsigned char>(whole[value]))) ++value;
    header(whole.substr(0, colon), line + value, line + whole.size());
  }
}

}  // namespace wafcheck::formats::inline privacy
