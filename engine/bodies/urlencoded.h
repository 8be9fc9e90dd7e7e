#pragma once
// Query strings, urlencoded bodies, cookies and the request target.

#include <string_view>
#include <vector>

#include "parser/base/arena.h"
#include "parser/language/semantics_forward.h"

namespace wafcheck::engine::inline bodies {

struct NameValue {
  std::string_view name;
  std::string_view value;
};

struct Arguments {
  std::vector<NameValue> members;  ///< decoded, in order; views into the input or the arena
  std::vector<size_t> offsets;     ///< of each member in the text
  bool invalid_encoding =
      false;  ///< a name or value held '%' without two hex digits: URLENCODED_ERROR
  bool limit_reached = false;  ///< members past `limit` were left out
};

/// Splits at `separator`, each piece at its first '=', and decodes '+' and %HH once. Invalid
/// escapes stay as they are. Source: seclang reference 3.3.
Arguments parse_urlencoded(std::string_view text, char separator, size_t limit,
                           const parser::Semantics& semantics, Arena& arena);

/// Version 0 cookies: split at `separator` (';'), the name trimmed on the left. `version` 1 knows
/// RFC 2109's $-attributes and quoted values. Cookies without a name are left out, as engines do;
/// `*nameless` (may be null) tells of one. Source: seclang reference 3.4.
std::vector<NameValue> parse_cookies(std::string_view header, char separator, int version,
                                     const parser::Semantics& semantics, Arena& arena,
                                     bool* nameless = nullptr);

/// The views of a request target that variables show. Source: seclang reference 3.2.
struct RequestTarget {
  std::string_view raw;       ///< REQUEST_URI_RAW
  std::string_view uri;       ///< REQUEST_URI
  std::string_view filename;  ///< REQUEST_FILENAME
  std::string_view basename;  ///< REQUEST_BASENAME
  std::string_view query;     ///< QUERY_STRING
  std::string_view error;     ///< why the engine could not cut it; empty: it could
};
RequestTarget parse_target(std::string_view raw, const parser::Semantics& semantics, Arena& arena);

/// What stands behind the last slash of a path.
std::string_view basename_of(std::string_view path, const parser::Semantics& semantics);

/// Percent-decodes once, '+' to space only if `plus`; returns `text` itself when nothing changes.
std::string_view percent_decode(std::string_view text, bool plus, Arena& arena,
                                bool* invalid = nullptr);

}  // namespace wafcheck::engine::inline bodies
