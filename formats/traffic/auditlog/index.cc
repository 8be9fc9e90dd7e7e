#include "formats/traffic/auditlog/index.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/transformations/transformation.h"
#include "parser/base/ascii.h"
#include "parser/language/semantics.h"

namespace wafcheck::formats::inline traffic {
namespace {

/// Takes the last word off a text.
std::string_view take_last(std::string_view& text) {
  text = trim_right(text);
  const size_t at = text.rfind(' ');
  const std::string_view word = text.substr(at == std::string_view::npos ? 0 : at + 1);
  text.remove_suffix(word.size());
  return word;
}

}  // namespace

std::optional<IndexLine> parse_index_line(std::string_view line) {
  std::string_view md5 = take_last(line);
  if (md5 == "L") md5 = take_last(line);  // fields were cut to fit
  const std::string_view size = take_last(line), offset = take_last(line), path = take_last(line);
  IndexLine index{std::string(path), 0, {}};
  if (!md5.starts_with("md5:") || md5.size() != 36 || offset != "0" || path.empty()) {
    return std::nullopt;
  }
  index.md5 = lowercase(md5.substr(4));
  // Version 3 writes a fraction of zeros.
  const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), index.bytes);
  if (error != std::errc() || (end != size.data() + size.size() && *end != '.')) {
    return std::nullopt;
  }
  return index;
}

bool has_digest(const IndexLine& line, std::string_view record) {
  using engine::transformations::function_of;
  std::string digest;
  function_of(parser::Transformation::md5)(record, digest,
                                           {parser::semantics_of(parser::Profile::modsecurity2)});
  std::string digits;
  for (const char byte : digest) digits += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return digits == line.md5;
}

bool looks_like_audit_index(std::string_view head) {
  return parse_index_line(head.substr(0, head.find('\n'))).has_value();
}

}  // namespace wafcheck::formats::inline traffic
