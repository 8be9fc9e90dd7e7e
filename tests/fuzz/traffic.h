#pragma once

#include <sstream>
#include <string>
#include <variant>

#include "formats/traffic.h"
#include "fuzz.h"

namespace wafcheck::fuzz {

/// Reads traffic to its end, and writes what is read as transaction lines, each of which must read
/// as itself again.
inline void read_traffic(std::string_view format, std::string_view bytes) {
  std::istringstream in{std::string(bytes)};
  const auto reader = formats::find_traffic_format(format)->open(in, {});
  for (size_t items = 0; const auto item = reader->next(); ++items) {
    require(items <= bytes.size(), "an item takes a byte at least");
    const auto* const exchange = std::get_if<formats::Exchange>(&*item);
    if (exchange == nullptr) continue;
    const std::string line = formats::transaction_line(*exchange);
    std::istringstream again{line};
    const auto lines = formats::find_traffic_format("jsonl")->open(again, {});
    const auto read = lines->next();
    const auto* const same = read ? std::get_if<formats::Exchange>(&*read) : nullptr;
    require(same != nullptr && formats::transaction_line(*same) == line,
            "a transaction line reads as itself");
  }
  require(!reader->next(), "nothing follows the end");
}

}  // namespace wafcheck::fuzz
