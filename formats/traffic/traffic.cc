#include "formats/traffic/traffic.h"

namespace wafcheck::formats::inline traffic {

std::optional<Entry> TrafficReader::next() {
  auto pending = next_pending();
  if (!pending) return std::nullopt;
  return pending->decode();
}

}  // namespace wafcheck::formats::inline traffic
