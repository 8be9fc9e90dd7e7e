#pragma once
// Transformations: pure functions from bytes to bytes, one file each, named as in SecLang.

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "parser/base/result.h"
#include "parser/language/language.h"
#include "parser/language/semantics_forward.h"

namespace wafcheck::engine::transformations {

/// What SecUnicodeMapFile loads: for each code unit the byte it maps to, or -1.
using UnicodeMap = std::array<int16_t, 65536>;

/// Reads the map of `code_page` from the text of a unicode.mapping file: a token equal to the page
/// number, then blank-separated `hhhh:hh` pairs up to the first token without a colon.
/// Source: seclang reference, "Unicode map file format".
Result<std::unique_ptr<UnicodeMap>> parse_unicode_map(std::string_view text, int code_page);

struct TransformationContext {
  const parser::Semantics& semantics;
  const UnicodeMap* unicode_map = nullptr;  ///< none: urlDecodeUni takes the low byte
};

/// Writes the transformed bytes to `out` and returns true; returns false, `out` being unspecified,
/// when they would equal `in`: the caller then keeps `in`. Never throws on any bytes, linear in
/// in.size() apart from what the transformation itself must produce.
using TransformationFunction = bool (*)(std::string_view in, std::string& out,
                                        const TransformationContext& context);

/// The function of each row of parser/language/transformations.def; a row without one does not
/// link.
#define WAFCHECK_TRANSFORMATION(name, ...) \
  bool name(std::string_view in, std::string& out, const TransformationContext& context);
#include "parser/language/transformations.def"

TransformationFunction function_of(parser::Transformation transformation);

/// The most bytes that it makes of one, of those that are there to make a text longer; else 1.
size_t growth_of(parser::Transformation transformation);

}  // namespace wafcheck::engine::transformations
