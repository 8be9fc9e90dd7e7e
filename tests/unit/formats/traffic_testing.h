#pragma once
// What the tests of the traffic readers share.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <istream>
#include <sstream>
#include <streambuf>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "formats/traffic.h"
#include "parser/ascii.h"

namespace wafcheck::formats::testing {

/// Hands out one byte at a time, as a slow pipe does.
class SlowBuffer : public std::streambuf {
 public:
  explicit SlowBuffer(std::string_view bytes) : bytes_(bytes) {}

 protected:
  int_type underflow() override {
    if (at_ == bytes_.size()) return traits_type::eof();
    current_ = bytes_[at_++];
    setg(&current_, &current_, &current_ + 1);
    return traits_type::to_int_type(current_);
  }

 private:
  std::string_view bytes_;
  size_t at_ = 0;
  char current_ = 0;
};

/// All that a reader of `format` yields. Stops, with a test failure, where it yields more items
/// than there can be.
inline std::vector<TrafficItem> read_all(std::string_view format, std::istream& in, size_t most,
                                         const TrafficLimits& limits = {}) {
  std::vector<TrafficItem> items;
  const auto reader = find_traffic_format(format)->open(in, limits);
  while (auto item = reader->next()) {
    items.push_back(std::move(*item));
    if (items.size() > most) {
      ADD_FAILURE() << "the reader does not end";
      break;
    }
  }
  EXPECT_FALSE(reader->next().has_value()) << "an item after the end";
  return items;
}

inline std::vector<TrafficItem> read_all(std::string_view format, std::string_view bytes,
                                         const TrafficLimits& limits = {}) {
  std::istringstream in{std::string(bytes)};
  return read_all(format, in, bytes.size() + 1, limits);
}

inline std::vector<TrafficItem> read_slowly(std::string_view format, std::string_view bytes) {
  SlowBuffer buffer(bytes);
  std::istream in(&buffer);
  return read_all(format, in, bytes.size() + 1);
}

template <typename T>
std::vector<T> of_kind(const std::vector<TrafficItem>& items) {
  std::vector<T> found;
  for (const TrafficItem& item : items) {
    if (const T* kind = std::get_if<T>(&item)) found.push_back(*kind);
  }
  return found;
}
inline std::vector<Exchange> exchanges(const std::vector<TrafficItem>& items) {
  return of_kind<Exchange>(items);
}
inline std::vector<EntryError> errors(const std::vector<TrafficItem>& items) {
  return of_kind<EntryError>(items);
}

/// An item as one line: all that was read, to compare.
inline std::string describe(const TrafficItem& item) {
  if (const auto* error = std::get_if<EntryError>(&item)) {
    return fmt::format("{}: {}error at {}:{} (byte {}): {}\n", error->entry,
                       error->fatal ? "fatal " : "", error->line, error->column, error->offset,
                       error->message);
  }
  const auto& exchange = std::get<Exchange>(item);
  return fmt::format("{}: {}", exchange.entry, transaction_line(exchange));
}
inline std::string describe(const std::vector<TrafficItem>& items) {
  std::string text;
  for (const TrafficItem& item : items) text += describe(item);
  return text;
}

/// The one exchange that `bytes` hold; a test failure and an empty one if there is anything else.
inline Exchange read_one(std::string_view format, std::string_view bytes) {
  const std::vector<TrafficItem> items = read_all(format, bytes);
  const std::vector<Exchange> found = exchanges(items);
  if (items.size() != 1 || found.size() != 1) {
    ADD_FAILURE() << "expected one exchange, got:\n" << describe(items);
    return {};
  }
  return found[0];
}

/// The one error that `bytes` lead to, likewise.
inline EntryError read_error(std::string_view format, std::string_view bytes,
                             const TrafficLimits& limits = {}) {
  const std::vector<TrafficItem> items = read_all(format, bytes, limits);
  const std::vector<EntryError> found = errors(items);
  if (items.size() != 1 || found.size() != 1) {
    ADD_FAILURE() << "expected one error, got:\n" << describe(items);
    return {};
  }
  return found[0];
}

/// The value of the first header of that name; "(none)" without one.
inline std::string header(const std::vector<Header>& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (iequals(key, name)) return value;
  }
  return "(none)";
}

/// The text after the first line feed of `text`, which is there to be read well in a raw string.
inline std::string_view unindented(std::string_view text) {
  return text.substr(1);
}

}  // namespace wafcheck::formats::testing
