#pragma once

#include <sstream>
#include <string>

#include "formats/traffic/formats.h"
#include "formats/traffic/jsonl.h"
#include "fuzz.h"

namespace wafcheck::fuzz {

/// Reads traffic to its end, and writes what is read as transaction lines, each of which must read
/// as itself again.
inline void read_traffic(std::string_view format, std::string_view bytes) {
  std::istringstream in{std::string(bytes)};
  const auto reader = formats::find_traffic_format(format)->open(in, {});
  for (size_t count = 0; const auto entry = reader->next(); ++count) {
    require(count <= bytes.size(), "an entry takes a byte at least");
    if (!*entry) continue;
    const std::string line = formats::transaction_line(**entry);
    std::istringstream again{line};
    const auto lines = formats::find_traffic_format("jsonl")->open(again, {});
    const auto same = lines->next();
    require(same && *same && formats::transaction_line(**same) == line,
            "a transaction line reads as itself");
  }
  require(!reader->next(), "nothing follows the end");
}

}  // namespace wafcheck::fuzz
