#pragma once
// The bytes that a string in double quotes cannot hold as they are.

#include <string>

namespace wafcheck::formats::inline json {

/// Appends a byte as JSON, YAML and scripts write it in double quotes; of a character beyond ASCII,
/// as it is.
void append_escaped_byte(std::string& out, char byte);

}  // namespace wafcheck::formats::inline json
