// trim, trimLeft and trimRight: one idea, three words.

#include "engine/transformations/transformation.h"
#include "parser/base/ascii.h"

namespace wafcheck::engine::transformations {
namespace {

std::string_view trimmed_left(std::string_view in) {
  while (!in.empty() && is_space(static_cast<unsigned char>(in.front()))) in.remove_prefix(1);
  return in;
}

std::string_view trimmed_right(std::string_view in) {
  while (!in.empty() && is_space(static_cast<unsigned char>(in.back()))) in.remove_suffix(1);
  return in;
}

bool keep(std::string_view part, std::string_view in, std::string& out) {
  if (part.size() == in.size()) return false;
  out = part;
  return true;
}

}  // namespace

/// Drops white space (0x09-0x0D, 0x20) at the beginning.
bool trimLeft(std::string_view in, std::string& out, const TransformationContext&) {
  return keep(trimmed_left(in), in, out);
}

/// Drops white space (0x09-0x0D, 0x20) at the end.
bool trimRight(std::string_view in, std::string& out, const TransformationContext&) {
  return keep(trimmed_right(in), in, out);
}

/// Drops white space (0x09-0x0D, 0x20) on both sides.
bool trim(std::string_view in, std::string& out, const TransformationContext&) {
  return keep(trimmed_right(trimmed_left(in)), in, out);
}

}  // namespace wafcheck::engine::transformations
