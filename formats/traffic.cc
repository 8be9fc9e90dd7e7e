#include "formats/traffic.h"

namespace wafcheck::formats {

TrafficItem decode(FoundEntry&& found, const TrafficLimits& limits) {
  if (auto* found_raw = std::get_if<RawEntry>(&found)) {
    RawEntry raw = std::move(*found_raw);  // so that the text is gone when this returns
    return raw.decode(std::move(raw), limits);
  }
  if (auto* error = std::get_if<EntryError>(&found)) return std::move(*error);
  return std::get<Exchange>(std::move(found));
}

std::optional<TrafficItem> TrafficReader::next() {
  auto found = find();
  if (!found) return std::nullopt;
  return decode(std::move(*found), limits_);
}

}  // namespace wafcheck::formats
