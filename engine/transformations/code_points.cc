#include "engine/transformations/code_points.h"

namespace wafcheck::engine::transformations {

CodePoint decode_sequence(std::string_view in, size_t at) {
  const size_t length = utf8_length(in.substr(at));
  if (length == 0) return {kReplacementCharacter, 1, false};
  return {utf8_character(in.substr(at, length)), length, true};
}

bool is_unicode_space(char32_t value) {
  return (value >= 0x09 && value <= 0x0d) || value == 0x20 || value == 0x85 || value == 0xa0 ||
         value == 0x1680 || (value >= 0x2000 && value <= 0x200a) || value == 0x2028 ||
         value == 0x2029 || value == 0x202f || value == 0x205f || value == 0x3000;
}

}  // namespace wafcheck::engine::transformations
