#pragma once
// A look at the bytes of an XML body before libxml2 gets them: its work on one element is quadratic
// in the attributes, and it has no limit of its own on them.

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/limits.h"

namespace wafcheck::engine::inline bodies {

/// How the bytes of a document make characters, as far as its first bytes tell.
enum class XmlUnits : uint8_t {
  bytes,  ///< ASCII, with whatever the declaration names for the rest
  utf16_le,
  utf16_be,
  ucs4_le,
  ucs4_be,
  unknown,
};

/// Which limit the document is over, or why that cannot be told; empty: it is within all of them.
/// Linear in the bytes. Counts what libxml2 would at most make of them, well formed or not: an
/// attribute too many may be counted in a document that is not, never one too few.
std::string xml_over_limit(std::string_view body, XmlUnits units, const Limits& limits);

/// The messages of limits that libxml2's own counts may be over too.
std::string over_attributes(const Limits& limits);
std::string over_nodes(const Limits& limits);

}  // namespace wafcheck::engine::inline bodies
