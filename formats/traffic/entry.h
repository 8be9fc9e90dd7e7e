#pragma once
// What the readers of traffic share: the entries that they yield.

#include <cstddef>
#include <expected>
#include <istream>
#include <optional>
#include <string>
#include <utility>

#include "formats/json/value.h"
#include "formats/traffic/byte_reader.h"
#include "formats/traffic/traffic.h"
#include "parser/base/result.h"

namespace wafcheck::formats::inline traffic {

EntryError error_at(const Place& place, size_t entry, std::string message);
/// An error after which nothing can be read.
EntryError fatal_error_at(const Place& place, size_t entry, std::string message);

/// Why an entry could not be taken apart.
struct DecodeError : Error {
  DecodeError(Error error) : Error(std::move(error)) {}  // NOLINT: any Error is one
  DecodeError(Error error, bool no_request_) : Error(std::move(error)), no_request(no_request_) {}
  bool no_request = false;  ///< as EntryError has it
};

/// An entry that needs no decoding.
PendingEntry decoded(Exchange exchange, uint64_t offset);
PendingEntry decoded(EntryError error);

/// Reads a source of one entry a line; empty lines count for nothing.
class LineReader : public TrafficReader {
 public:
  /// A line of more than `limit` bytes is that entry's error. Reads `in`, which must outlive it;
  /// `start`: see TrafficLimits.
  LineReader(std::istream& in, size_t limit, uint64_t start);
  std::optional<PendingEntry> next_pending() override;

 private:
  /// The entry that a line is.
  virtual PendingEntry pending(size_t entry, const Place& start, std::string line) const = 0;

  const size_t limit_;
  ByteReader in_;
  size_t entry_ = 0;
  bool done_ = false;
};

/// Where the first line begins at or after `from`: TrafficFormat::find_entry of formats of lines.
uint64_t find_line(std::istream& in, uint64_t from, const TrafficLimits& limits);

/// An entry that is the JSON `text`, which stands at `start`. `decode` takes it apart; its errors
/// are about the entry as a whole.
PendingEntry json_entry(size_t entry, const Place& start, std::string text,
                        const TrafficLimits& limits,
                        std::expected<Exchange, DecodeError> (*decode)(JsonValue,
                                                                       const TrafficLimits&));

}  // namespace wafcheck::formats::inline traffic
