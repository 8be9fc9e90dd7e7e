#pragma once
// Any bytes as text in XML.

#include <string>
#include <string_view>

namespace wafcheck {

/// Text for an XML attribute or element. What XML cannot hold, control characters and bytes that
/// are no UTF-8, is shown as \xHH.
std::string xml_escaped(std::string_view bytes);

}  // namespace wafcheck
