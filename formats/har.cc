#include "formats/har.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

#include "formats/byte_reader.h"
#include "formats/har_entry.h"
#include "formats/json_in.h"
#include "formats/json_span.h"
#include "formats/jsonl.h"
#include "formats/utf8.h"
#include "parser/ascii.h"

namespace wafcheck::formats {
namespace {

constexpr size_t kKeyBytes = 4096;  ///< of a member's name outside entries; longer is cut

EntryError error_at(const Place& place, size_t entry, std::string message) {
  return {.entry = entry,
          .offset = place.offset,
          .line = place.line,
          .column = place.column,
          .message = std::move(message)};
}

TrafficItem decode_text(RawEntry&& raw, const TrafficLimits& limits) {
  const std::string_view text = raw.text;
  const auto parsed = parse_json(text, limits.depth);
  if (!parsed) {
    return error_at(place_after(raw.start, text.substr(0, parsed.error().at)), raw.entry,
                    parsed.error().message);
  }
  auto exchange = decode_har_entry(*parsed, limits);
  if (!exchange) return error_at(raw.start, raw.entry, std::move(exchange.error().message));
  exchange->entry = raw.entry;
  return std::move(*exchange);
}

/// Walks the document down to `log.entries`. Only there a value is kept, and only one at a time.
class HarReader final : public TrafficReader {
 public:
  HarReader(std::istream& in, const TrafficLimits& limits) : TrafficReader(limits), in_(in) {}

  std::optional<FoundEntry> find() override {
    std::optional<FoundEntry> item;
    while (!item && where_ != Where::done) step(item);
    return item;
  }

 private:
  enum class Where : uint8_t { start, root, log, entries, done };

  void step(std::optional<FoundEntry>& item) {
    switch (where_) {
      case Where::start:
        return begin(item);
      case Where::root:
      case Where::log:
        return member(item);
      case Where::entries:
        return entry(item);
      case Where::done:
        return;
    }
  }

  void begin(std::optional<FoundEntry>& item) {
    skip_byte_order_mark(in_);
    if (ahead() == 0 && in_.at_end()) {
      return broken_off(item, "the input is empty, expected a JSON document");
    }
    if (!take('{')) return unexpected(item, "not a HAR: expected '{'");
    enter(Where::root);
  }

  /// One member of the document or of `log`, or its end.
  void member(std::optional<FoundEntry>& item) {
    const bool in_log = where_ == Where::log;
    if (take('}')) {
      if (in_log) return leave(Where::root);
      return finish(item);
    }
    if (!fresh_ && !take(',')) {
      return unexpected(item, in_log ? "in log: expected ',' or '}'" : "expected ',' or '}'");
    }
    fresh_ = false;
    if (ahead() != '"') return unexpected(item, "expected the name of a member");
    std::string key;
    JsonSpan span(1);
    if (!read_span(span, kKeyBytes, key)) {
      return broken_off(item, "unexpected end of input in the name of a member");
    }
    if (!take(':')) return unexpected(item, "expected ':'");
    if (!in_log && key == "\"log\"") {
      if (!take('{')) return unexpected(item, "log must be an object: expected '{'");
      return enter(Where::log);
    }
    if (in_log && key == "\"entries\"") {
      if (!take('[')) return unexpected(item, "log.entries must be an array: expected '['");
      seen_entries_ = true;
      return enter(Where::entries);
    }
    pass_over(item, key);
  }

  /// A value that is of no interest.
  void pass_over(std::optional<FoundEntry>& item, std::string_view key) {
    const char first = ahead();
    if (in_.at_end() || first == ',' || first == '}' || first == ']') {
      return unexpected(item, fmt::format("expected the value of {}", excerpt(key)));
    }
    std::string unused;
    JsonSpan span(limits_.depth);
    if (!read_span(span, 0, unused)) {
      broken_off(item, fmt::format("unexpected end of input in the value of {}", excerpt(key)));
    }
  }

  void entry(std::optional<FoundEntry>& item) {
    if (take(']')) return leave(Where::log);
    if (!fresh_ && !take(',')) return between_entries(item);
    fresh_ = false;
    const char first = ahead();
    if (in_.at_end()) return unexpected(item, "expected an entry");
    const Place start = in_.place();
    if (first == ',' || first == ']' || first == '}') {
      if (first == '}') in_.skip(1);
      item = error(start, "expected an entry");
      ++entry_;
      return;
    }
    std::string text;
    JsonSpan span(limits_.depth);
    const bool whole = read_span(span, limits_.entry_bytes, text);
    if (!whole) return broken_entry(item, start, text);
    item = checked(start, span, std::move(text));
    ++entry_;
  }

  FoundEntry checked(const Place& start, const JsonSpan& span, std::string&& text) const {
    if (span.too_deep()) {
      return error(start, fmt::format("nested deeper than {} levels", limits_.depth));
    }
    if (cut_) {
      return error(start, fmt::format("entry is over the limit of {} bytes", limits_.entry_bytes));
    }
    return RawEntry{entry_, start, std::move(text), decode_text};
  }

  /// The input ended inside an entry: because it was cut off there, or because a fault before made
  /// the rest look like a part of it. A parser tells.
  void broken_entry(std::optional<FoundEntry>& item, const Place& start, const std::string& text) {
    std::string message = "unexpected end of input in an entry";
    Place place = in_.place();
    if (!cut_) {
      if (auto parsed = parse_json(text, limits_.depth); !parsed) {
        message = std::move(parsed.error().message);
        place = place_after(start, std::string_view(text).substr(0, parsed.error().at));
      }
    }
    fatal(item, place, in_.failed() ? "the input cannot be read further" : std::move(message));
  }

  /// Neither a comma nor the end of the array after an entry. What is there is passed over up to
  /// the next byte that an entry can follow or be.
  void between_entries(std::optional<FoundEntry>& item) {
    const char found = ahead();
    if (in_.at_end()) return unexpected(item, "in log.entries: expected ',' or ']'");
    EntryError fault =
        error(in_.place(),
              fmt::format("expected ',' or ']' after an entry, not '{}'", excerpt({&found, 1})));
    fault.entry = entry_ - 1;
    item = std::move(fault);
    while (!in_.at_end()) {
      const std::string_view bytes = in_.peek();
      const size_t stop = std::min(bytes.find_first_of(",]{"), bytes.size());
      const bool found_stop = stop < bytes.size();
      fresh_ = found_stop && bytes[stop] == '{';
      in_.skip(stop);
      if (found_stop) return;
    }
  }

  void finish(std::optional<FoundEntry>& item) {
    ahead();
    if (!in_.at_end()) return unexpected(item, "expected nothing after the document");
    if (in_.failed()) return broken_off(item, "");
    if (!seen_entries_) return fatal(item, in_.place(), "not a HAR: it has no log.entries");
    where_ = Where::done;
  }

  void enter(Where where) { where_ = where, fresh_ = true; }
  void leave(Where where) { where_ = where, fresh_ = false; }

  /// The next byte that is not whitespace; 0 at the end.
  char ahead() {
    for (;;) {
      const std::string_view bytes = in_.peek();
      if (bytes.empty()) return 0;
      size_t blank = 0;
      while (blank < bytes.size() && is_space(static_cast<unsigned char>(bytes[blank]))) ++blank;
      const bool found = blank < bytes.size();
      const char c = found ? bytes[blank] : '\0';
      in_.skip(blank);
      if (found) return c;
    }
  }

  bool take(char c) {
    if (ahead() != c || in_.at_end()) return false;
    in_.skip(1);
    return true;
  }

  /// Reads one value, keeping at most `limit` bytes of it in `text`; `cut_` says if that was less
  /// than all. False where the input ends before it does.
  bool read_span(JsonSpan& span, size_t limit, std::string& text) {
    cut_ = false;
    while (!span.done()) {
      const std::string_view bytes = in_.peek();
      if (bytes.empty()) return false;
      const size_t count = span.feed(bytes);
      const size_t room = limit - text.size();
      cut_ = cut_ || count > room;
      append_up_to(text, bytes.substr(0, std::min(count, room)), limit);
      in_.skip(count);
    }
    return true;
  }

  EntryError error(const Place& place, std::string message) const {
    return error_at(place, entry_, std::move(message));
  }

  void fatal(std::optional<FoundEntry>& item, const Place& place, std::string message) {
    EntryError fault = error(place, std::move(message));
    fault.fatal = true;
    item = std::move(fault);
    where_ = Where::done;
  }

  void broken_off(std::optional<FoundEntry>& item, std::string message) {
    if (in_.failed()) message = "the input cannot be read further";
    fatal(item, in_.place(), std::move(message));
  }

  /// `wanted` and what is there instead.
  void unexpected(std::optional<FoundEntry>& item, std::string_view wanted) {
    const char found = ahead();
    if (in_.at_end()) {
      return broken_off(item, fmt::format("unexpected end of input; {}", wanted));
    }
    fatal(item, in_.place(), fmt::format("{}, found '{}'", wanted, excerpt({&found, 1})));
  }

  ByteReader in_;
  Where where_ = Where::start;
  bool fresh_ = true;  ///< nothing was read yet of the object or array at hand
  bool seen_entries_ = false;
  bool cut_ = false;
  size_t entry_ = 0;
};

}  // namespace

std::unique_ptr<TrafficReader> open_har(std::istream& in, const TrafficLimits& limits) {
  return std::make_unique<HarReader>(in, limits);
}

bool looks_like_har(std::string_view head) {
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  while (!head.empty() && is_space(static_cast<unsigned char>(head[0]))) head.remove_prefix(1);
  return head.starts_with('{') && !looks_like_jsonl(head);
}

}  // namespace wafcheck::formats
