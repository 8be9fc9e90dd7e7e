#include "formats/traffic/gor.h"

#include <fmt/format.h>

#include <charconv>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "formats/traffic/byte_reader.h"
#include "formats/traffic/entry.h"
#include "formats/traffic/har_entry.h"
#include "formats/traffic/http.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"

namespace wafcheck::formats::inline traffic {
namespace {

// U+1F435 U+1F648 U+1F649. Source: PayloadSeparator of GoReplay's protocol.go.
constexpr std::string_view kMonkeys = "\xF0\x9F\x90\xB5\xF0\x9F\x99\x88\xF0\x9F\x99\x89";

/// Requests that wait for a response: a response comes within the time that the server takes.
constexpr size_t kMostWaiting = 1000;
constexpr size_t kMostWaitingBytes = size_t{32} << 20;

struct GorMeta {
  char type = 0;
  std::string id;
  std::optional<int64_t> time_us;
};

/// "1 ID NANOSECONDS", with a latency behind it in some versions.
std::optional<GorMeta> parse_meta(std::string_view line) {
  GorMeta meta;
  if (line.size() < 3 || line[0] < '1' || line[0] > '3' || line[1] != ' ') return std::nullopt;
  meta.type = line[0];
  line.remove_prefix(2);
  meta.id = line.substr(0, line.find(' '));
  line.remove_prefix(meta.id.size());
  line = trim_left(line);
  const bool is_id =
      !meta.id.empty() && meta.id.find_first_not_of("0123456789abcdefABCDEF-") == std::string::npos;
  if (!is_id) return std::nullopt;
  if (line.empty()) return meta;
  int64_t nanoseconds = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), nanoseconds);
  const std::string_view rest = line.substr(static_cast<size_t>(end - line.data()));
  if (error != std::errc() || (!rest.empty() && rest[0] != ' ')) return std::nullopt;
  meta.time_us = nanoseconds / 1000;
  return meta;
}

/// A request and what is known of its response.
struct GorEntry {
  size_t entry = 0;
  uint64_t offset = 0;
  GorMeta meta;
  std::string request, response;
  char response_type = 0;  ///< 0: none came so far
  std::optional<EntryError> error;
  size_t bytes() const { return request.size() + response.size(); }
};

Entry decode_gor(GorEntry&& record) {
  if (record.error) return std::unexpected(std::move(*record.error));
  Exchange exchange = parse_http_request(record.request);
  exchange.entry = record.entry;
  exchange.id = record.meta.id;
  exchange.time_us = record.meta.time_us;
  if (record.response_type == 0) return exchange;
  auto response = parse_http_response(record.response, exchange.notes);
  if (response) {
    exchange.response = std::move(*response);
  } else {
    exchange.notes.push_back(fmt::format("response left out: {}", response.error().message));
  }
  return exchange;
}

class GorReader final : public TrafficReader {
 public:
  GorReader(std::istream& in, const TrafficLimits& limits)
      : limits_(limits), in_(in, limits.start) {}

  std::optional<PendingEntry> next_pending() override {
    while (!done_ && !is_front_due()) read_record();
    if (waiting_.empty()) return std::nullopt;
    GorEntry record = std::move(waiting_.front());
    waiting_.pop_front();
    ++first_;
    waiting_bytes_ -= record.bytes();
    const auto known = by_id_.find(record.meta.id);
    if (known != by_id_.end() && known->second == record.entry) by_id_.erase(known);
    const bool ends = record.error && record.error->fatal;
    const size_t bytes = record.bytes();
    const uint64_t offset = record.offset;
    return PendingEntry{
        bytes, [record = std::move(record)]() mutable { return decode_gor(std::move(record)); },
        offset, ends};
  }

  std::vector<std::string> remarks() const override {
    if (strays_ == 0) return {};
    // The requests may lie before the beginning.
    return {fmt::format("{} response{} without {} request{} {} passed over", strays_,
                        strays_ == 1 ? "" : "s", strays_ == 1 ? "its" : "their",
                        limits_.start == 0 ? "" : " in this part", strays_ == 1 ? "is" : "are")};
  }

 private:
  bool is_front_due() const {
    if (waiting_.empty()) return false;
    return waiting_.front().response_type == '2' || waiting_.front().error ||
           waiting_.size() > kMostWaiting || waiting_bytes_ > kMostWaitingBytes;
  }

  void read_record() {
    const Place start = in_.place();
    std::string line;
    LineEnd end = read_line(in_, limits_.header_bytes, line);
    if (in_.failed()) return give_up(start, "the input cannot be read further");
    if (end == LineEnd::none) {
      done_ = true;
      return;
    }
    if (end == LineEnd::line && (line == kMonkeys || trim(line).empty())) return;
    const auto meta = parse_meta(line);
    const std::string shown = end == LineEnd::line ? excerpt(line) : "a long line";
    std::string message;
    bool cut = false, separated = false;
    while ((end = read_whole_line(in_, limits_.entry_bytes, line)) != LineEnd::none) {
      separated = end == LineEnd::line && trim_right(line) == kMonkeys;
      if (separated) break;
      cut = cut || end == LineEnd::too_long || message.size() + line.size() > limits_.entry_bytes;
      if (!cut) append_up_to(message, line, limits_.entry_bytes);
    }
    if (in_.failed()) return give_up(start, "the input cannot be read further");
    if (separated && message.ends_with('\n')) message.pop_back();  // of the separator
    if (!meta) return add_error(start, fmt::format("not the first line of a record: {}", shown));
    if (cut) {
      return add_error(
          start, fmt::format("the record is over the limit of {} bytes", limits_.entry_bytes));
    }
    if (meta->type == '1') {
      GorEntry record;
      record.entry = entry_++;
      record.offset = start.offset;
      record.meta = *meta;
      record.request = std::move(message);
      add(std::move(record));
    } else {
      join(*meta, std::move(message));
    }
  }

  void join(const GorMeta& meta, std::string&& message) {
    const auto known = by_id_.find(meta.id);
    if (known == by_id_.end()) {
      ++strays_;
      return;
    }
    GorEntry& record = waiting_[known->second - first_];
    if (record.response_type == '2') return;
    waiting_bytes_ += message.size() - record.response.size();
    record.response = std::move(message);
    record.response_type = meta.type;
  }

  void add(GorEntry&& record) {
    if (!record.error) by_id_[record.meta.id] = record.entry;
    waiting_bytes_ += record.bytes();
    waiting_.push_back(std::move(record));
  }
  void add_error(const Place& start, std::string message) {
    GorEntry record;
    record.entry = entry_++;
    record.offset = start.offset;
    record.error = error_at(start, record.entry, std::move(message));
    add(std::move(record));
  }
  void give_up(const Place& start, std::string message) {
    done_ = true;
    add_error(start, std::move(message));
    waiting_.back().error->fatal = true;
  }

  const TrafficLimits limits_;
  ByteReader in_;
  std::deque<GorEntry> waiting_;  ///< in the order of the requests, without gaps
  size_t first_ = 0;              ///< the entry at its front
  size_t waiting_bytes_ = 0;
  std::unordered_map<std::string, size_t> by_id_;  ///< entries that wait
  size_t entry_ = 0;
  uint64_t strays_ = 0;
  bool done_ = false;
};

}  // namespace

std::unique_ptr<TrafficReader> open_gor(std::istream& in, const TrafficLimits& limits) {
  return std::make_unique<GorReader>(in, limits);
}

uint64_t find_gor_record(std::istream& in, uint64_t from, const TrafficLimits& limits) {
  constexpr size_t kShort = 64;  // a separator, with blanks behind it
  const uint64_t line = find_line(in, from, limits);
  in.clear();
  in.seekg(static_cast<std::streamoff>(line));
  ByteReader reader(in, line);
  std::string text;
  for (;;) {
    const LineEnd end = read_line(reader, kShort, text);
    const bool separates = end == LineEnd::line && trim_right(text) == kMonkeys;
    if (separates || end == LineEnd::none) return reader.place().offset;
  }
}

Likeness looks_like_gor(std::string_view head) {
  const size_t end = head.find('\n');
  if (end == std::string_view::npos || !parse_meta(trim_right(head.substr(0, end)))) {
    return Likeness::none;
  }
  const std::string_view second = head.substr(end + 1);
  return looks_like_start_line(trim_right(second.substr(0, second.find('\n')))) ? Likeness::certain
                                                                                : Likeness::none;
}

}  // namespace wafcheck::formats::inline traffic
