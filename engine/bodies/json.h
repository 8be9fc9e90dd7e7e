#pragma once
// JSON bodies as arguments: one bounded, iterative walk, byte-exact, for requests and responses.

#include <string>
#include <string_view>
#include <vector>

#include "engine/bodies/urlencoded.h"
#include "parser/base/arena.h"
#include "parser/language/semantics_forward.h"

namespace wafcheck::engine::inline bodies {

struct JsonLimits {
  size_t depth = 10'000;  ///< SecRequestBodyJsonDepthLimit
  size_t members = 1000;  ///< SecArgumentsLimit; array lengths count too
};

struct JsonBody {
  std::vector<NameValue> members;  ///< json.a.b names per Semantics::json_names; numbers as written
  bool limit_reached = false;      ///< members past the limit were left out
  std::string error;               ///< empty: the document is well formed
  size_t error_at = 0;             ///< byte offset of the error
  bool incomplete = false;         ///< the error is that the text ends here
};

/// Members found before an error are kept. The whole body is checked even after the member limit is
/// reached. Equal names stay separate members. Names may hold 1 MiB and 4 bytes a byte of body in
/// total; beyond that limit_reached and error are set. Views point into `body` or the arena.
/// Source: RFC 8259; seclang reference 7.3.
JsonBody parse_json(std::string_view body, const JsonLimits& limits,
                    const parser::Semantics& semantics, Arena& arena);

}  // namespace wafcheck::engine::inline bodies
