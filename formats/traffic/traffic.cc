#include "formats/traffic/traffic.h"

namespace wafcheck::formats::inline traffic {

std::string entry_name(std::optional<size_t> entry, uint64_t offset) {
  return entry ? std::to_string(*entry) : "@" + std::to_string(offset);
}

std::optional<Entry> TrafficReader::next() {
  auto pending = next_pending();
  if (!pending) return std::nullopt;
  Entry entry = pending->decode();
  if (entry) entry->offset = pending->offset;
  return entry;
}

}  // namespace wafcheck::formats::inline traffic
