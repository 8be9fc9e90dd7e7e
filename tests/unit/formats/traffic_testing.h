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
#include <vector>

#include "formats/traffic/formats.h"
#include "formats/traffic/jsonl.h"
#include "parser/base/ascii.h"

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

/// All that a reader of `format` yields. Stops, with a test failure, where it yields more entries
/// than there can be.
inline std::vector<Entry> read_all(std::string_view format, std::istream& in, size_t most,
                                   const TrafficLimits& limits = {}) {
  std::vector<Entry> entries;
  const auto reader = find_traffic_format(format)->open(in, limits);
  while (auto entry = reader->next()) {
    entries.push_back(std::move(*entry));
    if (entries.size() > most) {
      ADD_FAILURE() << "the reader does not end";
      break;
    }
  }
  EXPECT_FALSE(reader->next().has_value()) << "an entry after the end";
  return entries;
}

inline std::vector<Entry> read_all(std::string_view format, std::string_view bytes,
                                   const TrafficLimits& limits = {}) {
  std::istringstream in{std::string(bytes)};
  return read_all(format, in, bytes.size() + 1, limits);
}

inline std::vector<Entry> read_slowly(std::string_view format, std::string_view bytes) {
  SlowBuffer buffer(bytes);
  std::istream in(&buffer);
  return read_all(format, in, bytes.size() + 1);
}

inline std::vector<Exchange> exchanges(const std::vector<Entry>& entries) {
  std::vector<Exchange> all;
  for (const Entry& entry : entries) {
    if (entry) all.push_back(*entry);
  }
  return all;
}
inline std::vector<EntryError> errors(const std::vector<Entry>& entries) {
  std::vector<EntryError> all;
  for (const Entry& entry : entries) {
    if (!entry) all.push_back(entry.error());
  }
  return all;
}

/// An entry as one line: all that was read, to compare.
inline std::string describe(const Entry& entry) {
  if (entry) return fmt::format("{}: {}", entry->entry.value(), transaction_line(*entry));
  const EntryError& error = entry.error();
  return fmt::format("{}: {}error at {}:{} (byte {}): {}\n", error.entry,
                     error.fatal ? "fatal " : "", error.line, error.column, error.offset,
                     error.message);
}
inline std::string describe(const std::vector<Entry>& entries) {
  std::string text;
  for (const Entry& entry : entries) text += describe(entry);
  return text;
}

/// The one exchange that `bytes` hold; a test failure and an empty one if there is anything else.
inline Exchange read_one(std::string_view format, std::string_view bytes) {
  const std::vector<Entry> entries = read_all(format, bytes);
  if (entries.size() != 1 || !entries[0]) {
    ADD_FAILURE() << "expected one exchange, got:\n" << describe(entries);
    return {};
  }
  return *entries[0];
}

/// The one error that `bytes` lead to, likewise.
inline EntryError read_error(std::string_view format, std::string_view bytes,
                             const TrafficLimits& limits = {}) {
  const std::vector<Entry> entries = read_all(format, bytes, limits);
  if (entries.size() != 1 || entries[0]) {
    ADD_FAILURE() << "expected one error, got:\n" << describe(entries);
    return {};
  }
  return entries[0].error();
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
