#pragma once
// What the fuzz targets share. A target takes bytes, runs one entrance of the program over them and
// stops the process where something that must hold does not.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace wafcheck::fuzz {

inline std::string_view bytes_of(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

/// The first byte as a number below `end`, and taken off; 0 where there is none.
inline size_t choice(std::string_view& bytes, size_t end) {
  if (bytes.empty()) return 0;
  const size_t chosen = static_cast<unsigned char>(bytes.front()) % end;
  bytes.remove_prefix(1);
  return chosen;
}

/// The first line without its end, taken off.
inline std::string_view line(std::string_view& bytes) {
  const std::string_view first = bytes.substr(0, bytes.find('\n'));
  bytes.remove_prefix(first.size() < bytes.size() ? first.size() + 1 : first.size());
  return first;
}

}  // namespace wafcheck::fuzz
