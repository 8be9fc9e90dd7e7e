#include "parser/base/ascii.h"

namespace wafcheck {
namespace {

template <typename Class>
std::string_view trim_class(std::string_view text, Class in_class) {
  const auto drop = [&](char c) { return in_class(static_cast<unsigned char>(c)); };
  while (!text.empty() && drop(text.front())) text.remove_prefix(1);
  while (!text.empty() && drop(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string lowercase(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), to_lower);
  return lower;
}

std::string_view trim(std::string_view text) {
  return trim_left(trim_right(text));
}

std::string_view trim_left(std::string_view text) {
  size_t at = 0;
  while (at < text.size() && is_space(static_cast<unsigned char>(text[at]))) ++at;
  return text.substr(at);
}

std::string_view trim_right(std::string_view text) {
  while (!text.empty() && is_space(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return text;
}

std::string_view trim_blanks(std::string_view text) {
  return trim_class(text, is_blank);
}

}  // namespace wafcheck
