#pragma once

#include <algorithm>
#include <ios>
#include <istream>

namespace wafcheck::cli {

/// Waits for one byte, then takes what has come with it; 0 at the end. Throws, as a stream buffer
/// may, when the source cannot be read further: the stream above takes that for what it is.
inline std::streamsize read_some(std::istream& in, char* to, std::streamsize most) {
  if (in.peek() == std::istream::traits_type::eof()) {
    if (in.bad()) throw std::ios_base::failure("read error");
    return 0;
  }
  const std::streamsize ready = std::max<std::streamsize>(in.rdbuf()->in_avail(), 1);
  return in.rdbuf()->sgetn(to, std::min(ready, most));
}

}  // namespace wafcheck::cli
