#pragma once
// What tune keeps of good traffic: the evidence that exclusions are made of.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/tune/candidates.h"
#include "cli/tune/suspicious.h"
#include "formats/json/rows.h"

namespace wafcheck::cli::inline tune {

struct GoodTraffic {
  uint64_t transactions = 0;
  uint64_t unreadable = 0, skipped = 0, not_selected = 0;
  PathStatistics paths;
  ClientCounts clients;
  std::optional<int64_t> newest_us;
  std::vector<BlockedRequest> blocked;

  /// Brings what is held back into the order of sources and offsets.
  void sort();
  /// Adds other traffic, evaluated with the same rules. Sorted, if both are.
  void merge(const GoodTraffic& other);
};

void write_whole(formats::JsonWriter& json, const GoodTraffic& traffic);
void read_whole(formats::JsonTaker& take, formats::JsonValue from, GoodTraffic& traffic);

// How many requests are held back, and which rules have a part in that.
std::string good_traffic_text(const GoodTraffic& traffic);
std::string good_traffic_json(const GoodTraffic& traffic);

}  // namespace wafcheck::cli::inline tune
