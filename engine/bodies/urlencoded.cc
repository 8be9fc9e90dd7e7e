// One splitter for query strings and bodies, one for cookies, and the cuts of a request target.
// Nothing here fails: bytes that no grammar knows stay where they were sent, so that rules see
// them.

#include "engine/bodies/urlencoded.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "parser/base/ascii.h"
#include "parser/base/escape.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::inline bodies {
namespace {

bool is_escape(std::string_view text, size_t at) {
  return at + 2 < text.size() && is_hex(static_cast<unsigned char>(text[at + 1])) &&
         is_hex(static_cast<unsigned char>(text[at + 2]));
}

/// Cuts `text` at the first `separator`; the rest is left in `text`.
std::string_view take_piece(std::string_view& text, char separator) {
  const size_t end = text.find(separator);
  const std::string_view piece = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return piece;
}

NameValue split_at_equals(std::string_view piece) {
  const size_t equals = piece.find('=');
  if (equals == std::string_view::npos) return {piece, {}};
  return {piece.substr(0, equals), piece.substr(equals + 1)};
}

/// RFC 2109, section 4.1: NAME=VALUE pairs parted by ';' or ',', values perhaps quoted. An
/// attribute such as $Path belongs to the cookie before it and is shown as $NAME_Path, so that two
/// of them in one header stay apart; $Version comes before any cookie and keeps its name.
class VersionOneCookies {
 public:
  VersionOneCookies(std::string_view header, char separator, Arena& arena)
      : rest_(header), separator_(separator), arena_(arena) {}

  std::vector<NameValue> parse() {
    while (!rest_.empty()) {
      const std::string_view name = trim(take_name());
      const bool valued = !rest_.empty() && rest_.front() == '=';
      const std::string_view value = valued ? take_value() : std::string_view();
      if (!rest_.empty()) rest_.remove_prefix(1);  // the separator
      if (!name.empty()) {
        add(name, value);
      } else if (valued) {
        nameless_ = true;
      }
    }
    return std::move(cookies_);
  }
  bool nameless() const { return nameless_; }

 private:
  bool ends_pair(char c) const { return c == separator_ || c == ','; }

  std::string_view take(size_t count) {
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  std::string_view take_name() {
    size_t end = 0;
    while (end < rest_.size() && rest_[end] != '=' && !ends_pair(rest_[end])) ++end;
    return take(end);
  }

  std::string_view take_value() {
    rest_ = trim_left(rest_.substr(1));
    if (!rest_.empty() && rest_.front() == '"') return take_quoted();
    size_t end = 0;
    while (end < rest_.size() && !ends_pair(rest_[end])) ++end;
    return trim_right(take(end));
  }

  /// A quoted string without its quotes and escapes; without a closing quote it ends the header.
  /// What stands between the closing quote and the separator belongs to no grammar and is kept.
  std::string_view take_quoted() {
    std::string value;
    size_t at = 1;
    for (; at < rest_.size() && rest_[at] != '"'; ++at) {
      if (rest_[at] == '\\' && at + 1 < rest_.size()) ++at;
      value += rest_[at];
    }
    take(std::min(at + 1, rest_.size()));
    size_t end = 0;
    while (end < rest_.size() && !ends_pair(rest_[end])) ++end;
    value += trim(take(end));
    return arena_.copy(value);
  }

  void add(std::string_view name, std::string_view value) {
    if (name.front() != '$') {
      owner_ = name;
      cookies_.push_back({name, value});
    } else if (owner_.empty()) {
      cookies_.push_back({name, value});
    } else {
      // The owner's name is cut, or one long name and many attributes would cost quadratic memory.
      constexpr size_t kShownOwner = 256;
      std::string shown = "$";
      shown.append(owner_.substr(0, kShownOwner)).append("_").append(name.substr(1));
      cookies_.push_back({arena_.copy(shown), value});
    }
  }

  std::string_view rest_;
  char separator_;
  Arena& arena_;
  std::string_view owner_;
  std::vector<NameValue> cookies_;
  bool nameless_ = false;
};

/// Bytes of `scheme://authority` at the start of an absolute-form target, else 0 (RFC 9112, 3.2.2).
size_t authority_size(std::string_view path) {
  if (path.empty() || !is_alpha(static_cast<unsigned char>(path.front()))) return 0;
  size_t at = 1;
  while (at < path.size() && (is_alnum(static_cast<unsigned char>(path[at])) || path[at] == '+' ||
                              path[at] == '-' || path[at] == '.')) {
    ++at;
  }
  if (path.substr(at, 3) != "://") return 0;
  return std::min(path.find('/', at + 3), path.size());
}

/// What Go's net/url finds wrong with a URI without its fragment, in its words; empty: nothing. Its
/// judgement of what follows `//` is left out.
std::string uri_error(std::string_view uri) {
  const auto told = [&](const std::string& reason) {
    return fmt::format("parse {}: {}", go_quoted(uri), reason);
  };
  if (std::ranges::any_of(uri, is_control)) {
    return told("net/url: invalid control character in URL");
  }
  if (uri.starts_with(':')) return told("missing protocol scheme");
  const std::string_view path = uri.substr(0, uri.find('?'));
  const size_t colon = path.substr(0, path.find('/')).find(':');
  if (colon != std::string_view::npos) {
    const auto in_scheme = [](char c) {
      return is_alnum(static_cast<unsigned char>(c)) || std::string_view("+-.").contains(c);
    };
    const bool scheme = is_alpha(static_cast<unsigned char>(path[0])) &&
                        std::ranges::all_of(path.substr(0, colon), in_scheme);
    if (!scheme) return told("first path segment in URL cannot contain colon");
    if (!path.substr(colon + 1).starts_with('/')) return {};  // opaque, and taken as it stands
  }
  for (size_t at = path.find('%'); at != std::string_view::npos; at = path.find('%', at + 1)) {
    if (is_escape(path, at)) continue;
    return told(fmt::format("invalid URL escape {}", go_quoted(path.substr(at, 3))));
  }
  return {};
}

}  // namespace

std::string_view basename_of(std::string_view path, const parser::Semantics& semantics) {
  const size_t slash = path.find_last_of("/\\");
  const std::string_view name =
      slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  return name.empty() && semantics.basename_never_empty ? path : name;
}

std::string_view percent_decode(std::string_view text, bool plus, Arena& arena, bool* invalid) {
  bool changes = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') changes |= plus;
    if (text[i] != '%') continue;
    if (is_escape(text, i)) {
      changes = true;
    } else if (invalid != nullptr) {
      *invalid = true;
    }
  }
  if (!changes) return text;

  char* const decoded = arena.allocate(text.size());
  char* to = decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus) {
      *to++ = ' ';
    } else if (text[i] == '%' && is_escape(text, i)) {
      *to++ = static_cast<char>(hex_value(static_cast<unsigned char>(text[i + 1])) * 16 +
                                hex_value(static_cast<unsigned char>(text[i + 2])));
      i += 2;
    } else {
      *to++ = text[i];
    }
  }
  return {decoded, static_cast<size_t>(to - decoded)};
}

Arguments parse_urlencoded(std::string_view text, char separator, size_t limit,
                           const parser::Semantics& semantics, Arena& arena) {
  Arguments arguments;
  const char* const begin = text.data();
  while (!text.empty()) {
    const std::string_view piece = take_piece(text, separator);
    if (piece.empty() && !semantics.empty_arguments) continue;
    if (arguments.members.size() == limit) {
      arguments.limit_reached = true;
      break;
    }
    const NameValue raw = split_at_equals(piece);
    arguments.offsets.push_back(static_cast<size_t>(piece.data() - begin));
    arguments.members.push_back(
        {percent_decode(raw.name, true, arena, &arguments.invalid_encoding),
         percent_decode(raw.value, true, arena, &arguments.invalid_encoding)});
  }
  return arguments;
}

std::vector<NameValue> parse_cookies(std::string_view header, char separator, int version,
                                     const parser::Semantics& semantics, Arena& arena,
                                     bool* nameless) {
  if (semantics.cookie_end_trimmed) header = trim_right(header);
  if (version == 1) {
    VersionOneCookies reader(header, separator, arena);
    std::vector<NameValue> cookies = reader.parse();
    if (nameless != nullptr) *nameless = reader.nameless();
    return cookies;
  }
  if (semantics.cookies_by_comma && separator == ';' && !header.contains(';')) {
    const size_t comma = header.find(',');
    if (comma != std::string_view::npos && header.substr(comma + 1).starts_with(' ')) {
      separator = ',';
    }
  }
  std::vector<NameValue> cookies;
  while (!header.empty()) {
    std::string_view piece = take_piece(header, separator);
    if (semantics.cookies_trimmed) piece = trim_right(piece);
    piece = trim_left(piece);
    NameValue cookie = split_at_equals(piece);
    if (semantics.cookies_trimmed) cookie.name = trim_right(cookie.name);
    if (!cookie.name.empty()) {
      cookies.push_back(cookie);
    } else if (!piece.empty() && nameless != nullptr) {
      *nameless = true;
    }
  }
  return cookies;
}

RequestTarget parse_target(std::string_view raw, const parser::Semantics& semantics, Arena& arena) {
  const std::string_view visible = raw.substr(0, raw.find('#'));
  // Cut before decoding: an escaped '?' is part of the path.
  const size_t question = visible.find('?');
  const std::string_view path = visible.substr(0, question);
  const size_t authority = authority_size(path);

  RequestTarget target;
  target.raw = raw;
  if (semantics.uri_must_parse) {
    const std::string error = uri_error(visible);
    if (!error.empty()) {
      target.uri = target.filename = visible;
      target.basename = basename_of(visible, semantics);
      target.error = arena.copy(error);
      return target;
    }
  }
  if (question != std::string_view::npos) target.query = visible.substr(question + 1);
  target.uri = semantics.uri_keeps_host ? visible : visible.substr(authority);
  target.filename = path.substr(authority);
  if (authority != 0 && target.filename.empty()) {
    if (semantics.filename_keeps_host) {
      target.uri = visible;  // this profile cuts the host off only where a path follows it
    } else {
      target.filename = "/";
      if (!semantics.uri_keeps_host) target.uri = arena.copy("/" + std::string(target.uri));
    }
  }
  if (semantics.filename_keeps_host) target.filename = path;

  if (semantics.uri_decoded) target.uri = percent_decode(target.uri, false, arena);
  if (semantics.filename_decoded) target.filename = percent_decode(target.filename, false, arena);
  if (semantics.filename_ends_decoded) {
    target.filename = target.filename.substr(0, target.filename.find('?'));
  }
  target.basename = basename_of(target.filename, semantics);
  return target;
}

}  // namespace wafcheck::engine::inline bodies
