#pragma once
// Scalars of YAML, and of JSON, byte by byte: where each byte of the value is written in the file,
// and how text is written in its place.

#include <string_view>

#include "formats/embedded/embedded.h"
#include "formats/ftw/yaml.h"

namespace wafcheck::formats::inline embedded {

/// The value of a scalar. A scalar whose bytes cannot be followed, which no style of YAML has, maps
/// to its start as a whole.
MappedText mapped_scalar(std::string_view file, const YamlDocument& document, const YamlNode& node);

/// How text is written inside that scalar.
WriteText scalar_writer(std::string_view file, const YamlDocument& document, const YamlNode& node);

}  // namespace wafcheck::formats::inline embedded
