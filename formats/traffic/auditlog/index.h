#pragma once
// The index that concurrent logging keeps: a line a record, with the name of its file.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wafcheck::formats::inline traffic {

struct IndexLine {
  std::string path;  ///< of ModSecurity 2 below the storage directory, of version 3 whole
  uint64_t bytes = 0;
  std::string md5;  ///< of the file's bytes, 32 lower-case digits
};

/// Nothing where the line is none. What precedes the name of the file is not escaped, and may hold
/// anything: the line is read from its end.
std::optional<IndexLine> parse_index_line(std::string_view line);

/// Whether these are the bytes that the line tells of.
bool has_digest(const IndexLine& line, std::string_view record);

/// Whether the first line of `head` is one.
bool looks_like_audit_index(std::string_view head);

}  // namespace wafcheck::formats::inline traffic
