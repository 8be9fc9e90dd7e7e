#include "cli/tune/place.h"

#include <algorithm>
#include <string>

#include "formats/json/reader.h"
#include "formats/json/value.h"
#include "formats/json/writer.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"

namespace wafcheck::cli::inline tune {
namespace {

using formats::Exchange;
using parser::Variable;

/// What "+" and %HH stand for.
std::string form_decoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto at = [&](size_t k) { return static_cast<unsigned char>(text[k]); };
    if (text[i] == '%' && i + 2 < text.size() && is_hex(at(i + 1)) && is_hex(at(i + 2))) {
      out += static_cast<char>(hex_value(at(i + 1)) * 16 + hex_value(at(i + 2)));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::string percent(std::string_view bytes) {
  return percent_encoded(bytes,
                         [](char byte) { return is_alnum(static_cast<unsigned char>(byte)); });
}

/// A piece of "a=1&b=2" by its decoded name; npos: it is not there.
bool replace_member(std::string& text, size_t from, char separator, std::string_view name,
                    std::string_view encoded) {
  while (from <= text.size()) {
    const size_t end = std::min(text.find(separator, from), text.size());
    const std::string_view piece = std::string_view(text).substr(from, end - from);
    const size_t equals = piece.find('=');
    if (equals != piece.npos && iequals(form_decoded(trim_left(piece.substr(0, equals))), name)) {
      text.replace(from + equals + 1, piece.size() - equals - 1, encoded);
      return true;
    }
    from = end + 1;
  }
  return false;
}

std::string* header(Exchange& exchange, std::string_view name) {
  for (auto& [own, value] : exchange.request.headers) {
    if (iequals(own, name)) return &value;
  }
  return nullptr;
}

bool replace_first(std::string& text, std::string_view what, std::string_view with) {
  const size_t at = what.empty() ? std::string::npos : text.find(what);
  if (at == std::string::npos) return false;
  text.replace(at, what.size(), with);
  return true;
}

/// The first string value of a JSON text that is `value`.
bool replace_json(std::string& text, std::string_view value, std::string_view payload) {
  for (size_t at = text.find('"'); at != std::string::npos;) {
    size_t end = at + 1;
    while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
    if (end >= text.size()) return false;
    const std::string token = text.substr(at, end + 1 - at);
    const size_t next = text.find_first_not_of(" \t\r\n", end + 1);
    const bool is_name = next != std::string::npos && text[next] == ':';
    const auto parsed = formats::parse_json(token, 1);
    if (!is_name && parsed && parsed->root().string() == value) {
      std::string encoded;
      formats::JsonWriter(encoded).string(payload);
      text.replace(at, token.size(), encoded);
      return true;
    }
    at = text.find('"', end + 1);
  }
  return false;
}

/// The content of the multipart field of that name.
bool replace_field(std::string& body, std::string_view name, std::string_view payload) {
  const size_t at = body.find("name=\"" + std::string(name) + "\"");
  const size_t head = at == std::string::npos ? at : body.find("\r\n\r\n", at);
  const size_t end = head == std::string::npos ? head : body.find("\r\n--", head + 4);
  if (end == std::string::npos) return false;
  body.replace(head + 4, end - head - 4, payload);
  return true;
}

bool replace_argument(Exchange& exchange, std::string_view name, std::string_view value,
                      std::string_view payload) {
  std::string& uri = exchange.request.uri;
  const size_t query = uri.find('?');
  if (query != std::string::npos && replace_member(uri, query + 1, '&', name, percent(payload))) {
    return true;
  }
  std::string& body = exchange.request.body;
  const std::string* const type = header(exchange, "Content-Type");
  const std::string kind = type == nullptr ? "" : lowercase(*type);
  if (kind.find("json") != std::string::npos) return replace_json(body, value, payload);
  if (kind.starts_with("multipart/")) return replace_field(body, name, payload);
  if (kind.find("xml") != std::string::npos) {
    return replace_first(body, xml_escaped(value), xml_escaped(payload)) ||
           replace_first(body, value, xml_escaped(payload));
  }
  return replace_member(body, 0, '&', name, percent(payload));
}

bool replace(Exchange& exchange, const TargetName& target, std::string_view value,
             std::string_view payload) {
  switch (target.variable) {
    case Variable::ARGS:
    case Variable::ARGS_GET:
    case Variable::ARGS_POST:
      return replace_argument(exchange, target.key, value, payload);
    case Variable::XML:
      return replace_first(exchange.request.body, xml_escaped(value), xml_escaped(payload)) ||
             replace_first(exchange.request.body, value, xml_escaped(payload));
    case Variable::REQUEST_COOKIES: {
      std::string* const cookies = header(exchange, "Cookie");
      // Engines do not decode cookies: what would end one is encoded all the same.
      const bool plain = std::ranges::none_of(
          payload, [](char byte) { return is_control(byte) || byte == ';' || byte == '%'; });
      return cookies != nullptr && replace_member(*cookies, 0, ';', target.key,
                                                  plain ? std::string(payload) : percent(payload));
    }
    case Variable::REQUEST_HEADERS: {
      std::string* const own = header(exchange, target.key);
      if (own == nullptr || payload.find_first_of("\r\n") != std::string_view::npos) return false;
      *own = payload;
      return true;
    }
    case Variable::REQUEST_BODY:
      exchange.request.body = payload;
      return true;
    case Variable::FILES:
    case Variable::FILES_NAMES:
    case Variable::MULTIPART_PART_HEADERS:
      return replace_first(exchange.request.body, value, payload);
    default:
      return false;
  }
}

}  // namespace

std::optional<Exchange> with_payload(const Exchange& exchange, const TargetName& target,
                                     std::string_view value, std::string_view payload) {
  if (target.counted) return std::nullopt;
  Exchange changed = exchange;
  changed.wire.reset();
  changed.response.reset();
  if (!replace(changed, target, value, payload)) return std::nullopt;
  if (std::string* const length = header(changed, "Content-Length")) {
    *length = std::to_string(changed.request.body.size());
  }
  return changed;
}

}  // namespace wafcheck::cli::inline tune
