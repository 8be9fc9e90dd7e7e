#include "formats/privacy/hidden.h"

#include "parser/base/ascii.h"

namespace wafcheck::formats::inline privacy {

std::string form_decoded(std::string_view text, std::vector<size_t>* where) {
  std::string bytes;
  for (size_t at = 0; at < text.size(); ++at) {
    if (where != nullptr) where->push_back(at);
    const auto digit = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
    if (text[at] == '%' && at + 2 < text.size() && is_hex(digit(at + 1)) && is_hex(digit(at + 2))) {
      bytes.push_back(static_cast<char>(hex_value(digit(at + 1)) * 16 + hex_value(digit(at + 2))));
      at += 2;
    } else {
      bytes.push_back(text[at] == '+' ? ' ' : text[at]);
    }
  }
  if (where != nullptr) where->push_back(text.size());
  return bytes;
}

}  // namespace wafcheck::formats::inline privacy
