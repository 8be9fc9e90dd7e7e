#include "formats/traffic/entry.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "formats/json/reader.h"
#include "parser/base/ascii.h"

namespace wafcheck::formats::inline traffic {

EntryError error_at(const Place& place, size_t entry, std::string message) {
  return {.entry = entry,
          .offset = place.offset,
          .line = place.line,
          .column = place.column,
          .message = std::move(message)};
}

EntryError fatal_error_at(const Place& place, size_t entry, std::string message) {
  EntryError error = error_at(place, entry, std::move(message));
  error.fatal = true;
  return error;
}

PendingEntry decoded(Exchange exchange, uint64_t offset) {
  const size_t bytes =
      exchange.request.body.size() + (exchange.response ? exchange.response->body.size() : 0);
  return {bytes,
          [exchange = std::move(exchange)]() mutable -> Entry { return std::move(exchange); },
          offset};
}

PendingEntry decoded(EntryError error) {
  const bool ends = error.fatal || error.whole;
  const uint64_t offset = error.offset;
  return {
      0,
      [error = std::move(error)]() mutable -> Entry { return std::unexpected(std::move(error)); },
      offset, ends};
}

LineReader::LineReader(std::istream& in, size_t limit, uint64_t start)
    : limit_(limit), in_(in, start) {
  if (start == 0) skip_byte_order_mark(in_);
}

uint64_t find_line(std::istream& in, uint64_t from, const TrafficLimits&) {
  if (from == 0) return 0;
  // The byte before may end the line before.
  in.seekg(static_cast<std::streamoff>(from - 1));
  ByteReader reader(in, from - 1);
  for (;;) {
    const std::string_view bytes = reader.peek();
    const size_t end = bytes.find('\n');
    reader.skip(end == std::string_view::npos ? bytes.size() : end + 1);
    if (end != std::string_view::npos || bytes.empty()) return reader.place().offset;
  }
}

std::optional<PendingEntry> LineReader::next_pending() {
  std::string line;
  while (!done_) {
    const Place start = in_.place();
    const LineEnd end = read_line(in_, limit_, line);
    done_ = end == LineEnd::none || in_.failed();
    if (in_.failed()) {
      return decoded(fatal_error_at(start, entry_++, "the input cannot be read further"));
    }
    if (end == LineEnd::too_long) {
      return decoded(
          error_at(start, entry_++, fmt::format("line is over the limit of {} bytes", limit_)));
    }
    if (end == LineEnd::line && !trim(line).empty()) {
      PendingEntry entry = pending(entry_++, start, std::move(line));
      entry.offset = start.offset;
      return entry;
    }
  }
  return std::nullopt;
}

PendingEntry json_entry(size_t entry, const Place& start, std::string text,
                        const TrafficLimits& limits,
                        std::expected<Exchange, DecodeError> (*decode)(JsonValue,
                                                                       const TrafficLimits&)) {
  const size_t bytes = text.size();
  return {bytes,
          [=, text = std::move(text)]() mutable -> Entry {
            const std::string json = std::move(text);  // gone when this returns
            const auto document = parse_json(json, limits.depth);
            if (!document) {
              const std::string_view before = std::string_view(json).substr(0, document.error().at);
              return std::unexpected(
                  error_at(place_after(start, before), entry, document.error().message));
            }
            auto exchange = decode(document->root(), limits);
            if (!exchange) {
              EntryError error = error_at(start, entry, std::move(exchange.error().message));
              error.no_request = exchange.error().no_request;
              return std::unexpected(std::move(error));
            }
            exchange->entry = entry;
            return std::move(*exchange);
          },
          start.offset};
}

}  // namespace wafcheck::formats::inline traffic
