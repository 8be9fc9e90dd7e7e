#include "formats/traffic/har.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "formats/json/head.h"
#include "formats/json/reader.h"
#include "formats/json/span.h"
#include "formats/traffic/byte_reader.h"
#include "formats/traffic/entry.h"
#include "formats/traffic/har_entry.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"

namespace wafcheck::formats::inline traffic {
namespace {

constexpr size_t kKeyBytes = 4096;  ///< of a member's name outside entries; longer is cut

/// Walks the document down to `log.entries`. Only there a value is kept, and only one at a time.
class HarReader final : public TrafficReader {
 public:
  HarReader(std::istream& in, const TrafficLimits& limits)
      : limits_(limits),
        in_(in, limits.start),
        where_(limits.start == 0 ? Where::start : Where::entries) {}

  std::optional<PendingEntry> next_pending() override {
    while (!next_ && where_ != Where::done) step();
    return std::exchange(next_, std::nullopt);
  }

 private:
  enum class Where : uint8_t { start, root, log, entries, done };

  void step() {
    switch (where_) {
      case Where::start:
        return begin();
      case Where::root:
      case Where::log:
        return member();
      case Where::entries:
        return entry();
      case Where::done:
        return;
    }
  }

  void begin() {
    skip_byte_order_mark(in_);
    if (ahead() == 0 && in_.at_end()) {
      return broken_off("the input is empty, expected a JSON document");
    }
    if (!take('{')) return unexpected("not a HAR: expected '{'");
    enter(Where::root);
  }

  /// One member of the document or of `log`, or its end.
  void member() {
    const bool in_log = where_ == Where::log;
    if (take('}')) {
      if (in_log) return leave(Where::root);
      return finish();
    }
    if (!fresh_ && !take(',')) {
      return unexpected(in_log ? "in log: expected ',' or '}'" : "expected ',' or '}'");
    }
    fresh_ = false;
    if (ahead() != '"') return unexpected("expected the name of a member");
    std::string key;
    JsonSpan span(1);
    if (!read_span(span, kKeyBytes, key)) {
      return broken_off("unexpected end of input in the name of a member");
    }
    if (!take(':')) return unexpected("expected ':'");
    if (!in_log && key == "\"log\"") {
      if (!take('{')) return unexpected("log must be an object: expected '{'");
      return enter(Where::log);
    }
    if (in_log && key == "\"entries\"") {
      if (!take('[')) return unexpected("log.entries must be an array: expected '['");
      seen_entries_ = true;
      return enter(Where::entries);
    }
    pass_over(key);
  }

  /// A value that is of no interest.
  void pass_over(std::string_view key) {
    const char first = ahead();
    if (in_.at_end() || first == ',' || first == '}' || first == ']') {
      return unexpected(fmt::format("expected the value of {}", excerpt(key)));
    }
    std::string unused;
    JsonSpan span(limits_.depth);
    if (!read_span(span, 0, unused)) {
      broken_off(fmt::format("unexpected end of input in the value of {}", excerpt(key)));
    }
  }

  void entry() {
    if (take(']')) return leave(Where::log);
    if (!fresh_ && !take(',')) return between_entries();
    fresh_ = false;
    const char first = ahead();
    if (in_.at_end()) return unexpected("expected an entry");
    const Place start = in_.place();
    if (first == ',' || first == ']' || first == '}') {
      if (first == '}') in_.skip(1);
      next_ = decoded(error(start, "expected an entry"));
      ++entry_;
      return;
    }
    std::string text;
    JsonSpan span(limits_.depth);
    const bool whole = read_span(span, limits_.entry_bytes, text);
    if (!whole) return broken_entry(start, text);
    next_ = checked(start, span, std::move(text));
    ++entry_;
  }

  PendingEntry checked(const Place& start, const JsonSpan& span, std::string&& text) const {
    if (span.too_deep()) {
      return decoded(error(start, fmt::format("nested deeper than {} levels", limits_.depth)));
    }
    if (cut_) {
      return decoded(
          error(start, fmt::format("entry is over the limit of {} bytes", limits_.entry_bytes)));
    }
    return json_entry(entry_, start, std::move(text), limits_, decode_har_entry);
  }

  /// The input ended inside an entry: because it was cut off there, or because a fault before made
  /// the rest look like a part of it. A parser tells.
  void broken_entry(const Place& start, const std::string& text) {
    std::string message = "unexpected end of input in an entry";
    Place place = in_.place();
    if (!cut_) {
      if (auto parsed = parse_json(text, limits_.depth); !parsed) {
        message = std::move(parsed.error().message);
        place = place_after(start, std::string_view(text).substr(0, parsed.error().at));
      }
    }
    fatal(place, in_.failed() ? "the input cannot be read further" : std::move(message));
  }

  /// Neither a comma nor the end of the array after an entry. What is there is passed over up to
  /// the next byte that an entry can follow or be.
  void between_entries() {
    const char next = ahead();
    if (in_.at_end()) return unexpected("in log.entries: expected ',' or ']'");
    EntryError fault =
        error(in_.place(),
              fmt::format("expected ',' or ']' after an entry, not '{}'", excerpt({&next, 1})));
    fault.entry = entry_ - 1;
    next_ = decoded(std::move(fault));
    while (!in_.at_end()) {
      const std::string_view bytes = in_.peek();
      const size_t stop = std::min(bytes.find_first_of(",]{"), bytes.size());
      const bool found_stop = stop < bytes.size();
      fresh_ = found_stop && bytes[stop] == '{';
      in_.skip(stop);
      if (found_stop) return;
    }
  }

  void finish() {
    ahead();
    if (!in_.at_end()) return unexpected("expected nothing after the document");
    if (in_.failed()) return broken_off("");
    if (!seen_entries_) return fatal(in_.place(), "not a HAR: it has no log.entries");
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
      const bool ended = blank < bytes.size();
      const char c = ended ? bytes[blank] : '\0';
      in_.skip(blank);
      if (ended) return c;
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

  void fatal(const Place& place, std::string message) {
    EntryError fault = fatal_error_at(place, entry_, std::move(message));
    fault.whole = where_ != Where::entries;
    next_ = decoded(std::move(fault));
    where_ = Where::done;
  }

  void broken_off(std::string message) {
    if (in_.failed()) message = "the input cannot be read further";
    fatal(in_.place(), std::move(message));
  }

  /// `wanted` and what is there instead.
  void unexpected(std::string_view wanted) {
    const char next = ahead();
    if (in_.at_end()) {
      return broken_off(fmt::format("unexpected end of input; {}", wanted));
    }
    fatal(in_.place(), fmt::format("{}, found '{}'", wanted, excerpt({&next, 1})));
  }

  const TrafficLimits limits_;
  ByteReader in_;
  std::optional<PendingEntry> next_;  ///< what the steps have come to
  Where where_;
  bool fresh_ = true;  ///< nothing was read yet of the object or array at hand
  bool seen_entries_ = limits_.start != 0;
  bool cut_ = false;
  size_t entry_ = 0;
};

/// Whether `{"name":` stands there. Amid a string it cannot: its quotes would have backslashes, and
/// what stands between two strings is no name.
bool begins_members(std::string_view text) {
  const auto skip_blank = [&] {
    while (!text.empty() && is_space(static_cast<unsigned char>(text[0]))) text.remove_prefix(1);
  };
  const auto take = [&](char c) {
    skip_blank();
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
    return true;
  };
  if (!take('{') || !take('"')) return false;
  size_t name = 0;
  while (name < text.size() &&
         (is_alpha(static_cast<unsigned char>(text[name])) || text[name] == '_')) {
    ++name;
  }
  text.remove_prefix(name);
  return name > 0 && take('"') && take(':');
}

/// Whether the object ahead is an element of `log.entries`. Passes over nothing.
bool is_entry(ByteReader& in, const TrafficLimits& limits) {
  JsonSpan span(limits.depth);
  size_t size = 0;
  while (!span.done()) {
    const std::string_view bytes = in.peek(size + 1);
    if (bytes.size() <= size || size > limits.entry_bytes) return false;
    size += span.feed(bytes.substr(size));
  }
  const std::string text(in.peek(size).substr(0, size));
  const auto document = parse_json(text, limits.depth);
  if (!document) return false;
  const JsonValue entry = document->root();
  const JsonValue request = entry.member("request");
  return request.is(JsonValue::Kind::object) && request.member("method") && request.member("url") &&
         (entry.member("response") || entry.member("startedDateTime"));
}

}  // namespace

std::unique_ptr<TrafficReader> open_har(std::istream& in, const TrafficLimits& limits) {
  return std::make_unique<HarReader>(in, limits);
}

uint64_t find_har_entry(std::istream& in, uint64_t from, const TrafficLimits& limits) {
  if (from == 0) return 0;
  in.seekg(static_cast<std::streamoff>(from));
  ByteReader reader(in, from);
  for (;;) {
    const std::string_view bytes = reader.peek();
    const size_t brace = std::min(bytes.find('{'), bytes.size());
    reader.skip(brace);
    if (brace == bytes.size()) {
      if (bytes.empty()) return reader.place().offset;
      continue;
    }
    if (begins_members(reader.peek(kKeyBytes)) && is_entry(reader, limits)) {
      return reader.place().offset;
    }
    reader.skip(1);
  }
}

Likeness looks_like_har(std::string_view head) {
  if (!begins_object(head)) return Likeness::none;
  for (const LeadingMember& member : leading_members(head)) {
    if (member.name != "\"log\"") continue;
    if (!member.value.empty() && !begins_object(member.value)) return Likeness::possible;
    constexpr std::string_view kMembers[] = {"\"version\"", "\"creator\"", "\"browser\"",
                                             "\"pages\"", "\"entries\""};
    const bool own = std::ranges::any_of(leading_members(member.value), [&](const auto& inner) {
      return std::ranges::find(kMembers, inner.name) != std::end(kMembers);
    });
    return own ? Likeness::certain : Likeness::likely;
  }
  return Likeness::possible;
}

}  // namespace wafcheck::formats::inline traffic
