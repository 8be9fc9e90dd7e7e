#pragma once
// The Content-Disposition header of one multipart/form-data part (RFC 7578, RFC 2183, RFC 5987).

#include <string>
#include <string_view>

#include "parser/language/semantics_forward.h"

namespace wafcheck::engine::inline bodies {

struct Disposition {
  std::string name;                     ///< unescaped; empty: none was found
  std::string filename;                 ///< unescaped; empty: a form field
  size_t name_at = 0, filename_at = 0;  ///< where these stand in the header's value
  bool named = false, filed = false;    ///< there was a name or filename, be it empty
  bool invalid_quoting = false;
  const char* fault = nullptr;  ///< the first reason why the part is invalid; null: none
};

/// Reads the header's value (what follows the colon) to its end, past faults. Linear.
/// Source: seclang reference 3.6, rows of INVALID_QUOTING and INVALID_PART.
Disposition parse_disposition(std::string_view value, const parser::Semantics& semantics);

}  // namespace wafcheck::engine::inline bodies
