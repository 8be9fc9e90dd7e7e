#pragma once
// Values that hold names and values themselves: queries, bodies, whole messages. What is cut off or
// malformed is read as far as it goes. All of it is linear in the value.

#include <cstddef>

#include "formats/privacy/hidden.h"
#include "formats/privacy/private_names.h"

namespace wafcheck::formats::inline privacy {

/// Hides the values of private names in the bytes from `begin` up to `end` of a value, each
/// function in one encoding.
struct Composite {
  Hidden& hidden;
  const PrivateNames& names;

  /// "a=1&b=2"
  void query(size_t begin, size_t end) const;
  /// "/path;a=1?b=2#c", and what stands before and behind it in a request line.
  void uri(size_t begin, size_t end) const;
  void json(size_t begin, size_t end) const;
  void xml(size_t begin, size_t end) const;
  void multipart(size_t begin, size_t end) const;
  /// A body: which of these it is shows at its beginning; a query where nothing does.
  void body(size_t begin, size_t end) const;
  /// A value that is JSON, XML or a URL as its beginning shows; nothing where it is not.
  bool embedded(size_t begin, size_t end) const;
  /// The value of a header.
  void header(std::string_view name, size_t begin, size_t end) const;
  /// A request line, headers and body.
  void message(size_t begin, size_t end) const;
};

}  // namespace wafcheck::formats::inline privacy
