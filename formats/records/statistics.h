#pragma once
// Which rules matched which targets how often, with an example of each.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "formats/json/writer.h"
#include "formats/privacy/masks.h"
#include "formats/records/outcome.h"

namespace wafcheck::formats::inline records {

class MatchStatistics {
 public:
  struct Row {
    uint64_t matches = 0;       ///< values that matched
    uint64_t transactions = 0;  ///< in so many transactions
    std::string example;        ///< the shortest of them, masked and cut around what matched
  };
  using Key = std::pair<uint64_t, std::string>;  ///< rule id, target
  /// Of more, the last in order are counted without a row of their own, whatever came first.
  static constexpr size_t kMostRows = 10'000;

  /// Of rules that are shown.
  void add(const Outcome& outcome, const Masks& masks);
  void add(const Key& key, const Row& row);
  void add_others(uint64_t matches) { others_ += matches; }
  void merge(const MatchStatistics& other);
  const std::map<Key, Row>& rows() const { return rows_; }
  uint64_t others() const { return others_; }  ///< matches without a row

 private:
  std::map<Key, Row> rows_;
  uint64_t others_ = 0;
};

/// The members of a row.
void write_statistics_row(JsonWriter& json, const MatchStatistics::Key& key,
                          const MatchStatistics::Row& row);
/// The member "statistics".
void write_statistics(JsonWriter& json, const MatchStatistics& statistics);
/// A table, the most frequent first, fitted to `columns`; 0: to 120.
std::string statistics_text(const MatchStatistics& statistics, size_t columns, bool ascii);

}  // namespace wafcheck::formats::inline records
