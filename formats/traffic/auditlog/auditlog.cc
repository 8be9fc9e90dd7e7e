#include "formats/traffic/auditlog/auditlog.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "formats/json/span.h"
#include "formats/traffic/auditlog/json_record.h"
#include "formats/traffic/auditlog/marker.h"
#include "formats/traffic/auditlog/native.h"
#include "formats/traffic/auditlog/unwrap.h"
#include "formats/traffic/byte_reader.h"
#include "formats/traffic/entry.h"
#include "parser/base/ascii.h"

namespace wafcheck::formats::inline traffic {
namespace {

/// Records that may be open at once: a server writes as many at a time as it has workers. One that
/// got no line while as many began has broken off.
constexpr size_t kOpenRecords = 256;
/// What a writer adds to a body at most: two line ends.
constexpr size_t kAddedLineEnds = 4;

/// A native record whose end was not yet seen.
struct OpenRecord {
  std::string boundary;
  NativeRecord record;
  Place start;
  size_t entry = 0;
  size_t bytes = 0;
  bool too_large = false;
  bool apart = true;         ///< as PendingEntry has it
  uint64_t begun_since = 0;  ///< records that began in the log before its last line
  /// What a body is if the records inside it are part of it; none: nothing in it looked like one,
  /// or the request's head says that they are not.
  std::optional<std::string> whole_body;
  size_t most = 0;  ///< of its bytes
  bool not_whole =
      false;  ///< the head does not say how long the body is, or it is too long for that

  std::string& text() { return record.parts.back().second; }
  char letter() const { return record.parts.back().first; }
  bool in_body() const { return letter() == 'C' || letter() == 'I' || letter() == 'E'; }
  /// The bytes of the request's body, whose part is the last one; none: the head does not tell, or
  /// it is another part.
  std::optional<size_t> expected_body() const {
    const std::string* const head = record.part('B');
    return head == nullptr || letter() == 'E' ? std::nullopt : declared_length(*head);
  }
};

EntryError located(const Place& start, size_t entry, Error error) {
  return error_at(start, entry, std::move(error.message));
}

PendingEntry native_entry(OpenRecord&& open, const TrafficLimits& limits) {
  if (open.too_large) {
    return decoded(
        error_at(open.start, open.entry,
                 fmt::format("the record is over the limit of {} bytes", limits.entry_bytes)));
  }
  const size_t bytes = open.bytes;
  const uint64_t offset = open.start.offset;
  return {bytes,
          [open = std::move(open), limits]() mutable -> Entry {
            auto exchange = decode_native(open.record, limits);
            if (!exchange) {
              return std::unexpected(located(open.start, open.entry, std::move(exchange.error())));
            }
            exchange->entry = open.entry;
            return std::move(*exchange);
          },
          offset};
}

PendingEntry json_record_entry(size_t entry, const Place& start, std::string text,
                               const TrafficLimits& limits) {
  const size_t bytes = text.size();
  return {bytes,
          [=, text = std::move(text)]() mutable -> Entry {
            auto exchange = decode_json_record(std::move(text), limits);
            if (!exchange) {
              return std::unexpected(located(start, entry, std::move(exchange.error())));
            }
            exchange->entry = entry;
            return std::move(*exchange);
          },
          start.offset, false, false};
}

class AuditLogReader final : public TrafficReader {
 public:
  AuditLogReader(std::istream& in, const TrafficLimits& limits)
      : limits_(limits), in_(in, limits.start) {
    if (limits.start == 0) skip_byte_order_mark(in_);
  }

  std::optional<PendingEntry> next_pending() override {
    std::string line;
    while (ready_.empty() && !done_) {
      const Place start = in_.place();
      const LineEnd end = read_whole_line(in_, limits_.entry_bytes, line);
      if (in_.failed()) {
        done_ = true;
        close_all();
        ready_.push_back(
            fault(fatal_error_at(start, entries_++, "the input cannot be read further")));
      } else if (end == LineEnd::none) {
        done_ = true;
        close_all();
      } else if (end == LineEnd::too_long) {
        ready_.push_back(fault(
            error_at(start, entries_++,
                     fmt::format("line is over the limit of {} bytes", limits_.entry_bytes))));
      } else {
        take_raw(line, start);
      }
    }
    if (ready_.empty()) return std::nullopt;
    PendingEntry entry = std::move(ready_.front());
    ready_.pop_front();
    return entry;
  }

  uint64_t open_from() const override {
    uint64_t from = UINT64_MAX;
    const auto add = [&](uint64_t offset) { from = std::min(from, offset); };
    for (const auto& open : open_) add(open->start.offset);
    for (const Closed& closed : closed_inside_) add(closed.start.offset);
    for (const PendingEntry& entry : ready_) add(entry.offset);
    for (const Pieces& pieces : pieces_) {
      if (!pieces.text.empty()) add(pieces.start.offset);
    }
    if (begun_) add(begun_->start.offset);
    if (json_) add(json_->start.offset);
    return from;
  }

  std::vector<std::string> remarks() const override {
    std::vector<std::string> remarks;
    if (foreign_ != 0) {
      remarks.push_back(fmt::format("{} line{} of other logs {} passed over", foreign_,
                                    foreign_ == 1 ? "" : "s", foreign_ == 1 ? "is" : "are"));
    }
    return remarks;
  }

 private:
  /// Nobody looks for one to begin there.
  static PendingEntry fault(EntryError error) {
    PendingEntry entry = decoded(std::move(error));
    entry.apart = false;
    return entry;
  }

  // --- wrappings ---

  void take_raw(std::string& line, const Place& start) {
    if (wrapping_ == Wrapping::none) {
      const bool inside = current_ != nullptr || json_;
      if (!inside && !begins_record(line)) wrapping_ = find_wrapping(line);
      if (wrapping_ == Wrapping::none) return take_line(line, start);
    }
    auto unwrapped = unwrap(line, wrapping_);
    if (!unwrapped) {
      // Some lines of the file may stand without the wrapping.
      if (begins_record(line) || current_ != nullptr) return take_line(line, start);
      ++foreign_;
      return;
    }
    Pieces& pieces = pieces_of(unwrapped->stream);
    if (pieces.text.empty()) pieces.start = start;
    append_up_to(pieces.text, unwrapped->text, limits_.entry_bytes);
    if (!unwrapped->has_end) return;
    std::string whole = std::exchange(pieces.text, {});
    // Lines of another stream stand between those of a record.
    const bool inside = begun_ || current_ != nullptr || json_;
    if (inside && unwrapped->stream != stream_ && !parse_marker(whole)) {
      ++foreign_;
      return;
    }
    stream_ = unwrapped->stream;
    // One message may hold a whole native record.
    for (std::string_view rest = whole; !rest.empty();) {
      const size_t end = std::min(rest.find('\n'), rest.size() - 1) + 1;
      std::string inner(rest.substr(0, end));
      rest.remove_prefix(end);
      if (rest.empty() && !inner.ends_with('\n')) inner += '\n';
      take_line(inner, pieces.start);
    }
  }

  /// What has come of a line of one stream so far.
  struct Pieces {
    std::string stream, text;
    Place start;
  };
  Pieces& pieces_of(const std::string& stream) {
    const auto found = std::ranges::find(pieces_, stream, &Pieces::stream);
    if (found != pieces_.end()) return *found;
    return pieces_.emplace_back(Pieces{stream, {}, {}});
  }

  // --- lines ---

  void take_line(std::string& line, const Place& start) {
    // The line after a marker of part A tells whether a record begins there.
    if (begun_ && take_begun(line)) return;
    const auto marker = parse_marker(line);
    OpenRecord* const marked = marker ? find_open(marker->boundary) : nullptr;
    if (json_) {
      if (marked == nullptr) {
        add_to_bodies(line);
        return go_on_with_json(line);
      }
      const Place begin = json_->start;
      json_.reset();
      give(begin, fault(error_at(begin, entries_++, "the record breaks off")));
    }
    if (marked != nullptr) end_part(*marked);
    add_to_bodies(line);
    if (marker && take_marker(*marker, marked, line, start)) return;
    if (current_ != nullptr) {
      // A record that breaks off before its end is followed by something else.
      if (current_->in_body() || !begins_record(line)) return append(*current_, line);
      if (current_ == &stray_record_) {
        current_ = nullptr;
      } else {
        close(*current_, true);
      }
    }
    if (begins_record(line) || line == "{\n" || line == "{\r\n") return begin_json(line, start);
    if (!trim(line).empty() && !held()) ++foreign_;
  }

  // --- native records ---

  /// Whether the marker is one, and no text of a part. `known` is the open record of its boundary.
  bool take_marker(const Marker& marker, OpenRecord* known, const std::string& line,
                   const Place& start) {
    if (known == nullptr) {
      if (marker.part != 'A') {
        if (current_ != nullptr && current_->in_body()) return false;
        return count_stray(start, marker);
      }
      begun_.emplace(Begun{std::string(marker.boundary), marker.style, start, line});
      return true;
    }
    current_ = known;
    known->begun_since = begun_records_;
    if (marker.part == 'Z') {
      close(*known, false);
      return true;
    }
    known->record.parts.emplace_back(marker.part, std::string());
    return true;
  }

  /// A marker of a record whose beginning was not seen: the log begins in it, or lost it.
  bool count_stray(const Place& start, const Marker& marker) {
    if (stray_ != marker.boundary) {
      stray_ = std::string(marker.boundary);
      ready_.push_back(fault(error_at(start, entries_++,
                                      fmt::format("a record without its beginning: part {} of {}",
                                                  marker.part, marker.boundary))));
    }
    current_ = marker.part == 'Z' ? nullptr : &stray_record_;
    if (marker.part == 'Z') stray_.clear();
    return true;
  }

  /// The line after a marker of part A: whether it is the first of a record, which begins then. If
  /// not, the marker was text.
  bool take_begun(const std::string& line) {
    Begun begun = std::move(*begun_);
    begun_.reset();
    OpenRecord* const outer = current_;
    if (!is_connection_line(line)) {
      if (outer != nullptr) {
        append(*outer, begun.line);
      } else if (!held()) {
        ++foreign_;
      }
      return false;
    }
    const bool in_body = outer != nullptr && outer->in_body();
    if (in_body && !outer->whole_body && !outer->not_whole) begin_whole_body(*outer, begun.line);
    add_to_bodies(line);
    ++begun_records_;
    close_broken_off();
    auto record = std::make_unique<OpenRecord>();
    record->apart = open_.empty() && wrapping_ == Wrapping::none;
    record->begun_since = begun_records_;
    // Whoever begins to read here knows of no stray, either.
    if (record->apart) stray_.clear();
    record->boundary = std::move(begun.boundary);
    record->start = begun.start;
    record->entry = entries_++;
    record->record.style = begun.style;
    record->record.crlf = begun.line.ends_with("\r\n");
    record->record.parts.emplace_back('A', std::string());
    current_ = record.get();
    open_.push_back(std::move(record));
    append(*current_, line);
    return true;
  }

  /// Text of a part of `record`.
  void append(OpenRecord& record, std::string_view line) {
    if (&record == &stray_record_) return;
    record.begun_since = begun_records_;
    record.bytes += line.size();
    if (record.bytes > limits_.entry_bytes) {
      record.too_large = true;
      record.text().clear();
    } else {
      record.text() += line;
    }
  }

  /// Closes what gets no lines any more, and where too many records are open the first of them.
  void close_broken_off() {
    const auto broken_off = [&](const auto& open) {
      return begun_records_ - open->begun_since > kOpenRecords;
    };
    for (;;) {
      const auto found =
          open_.size() < kOpenRecords ? std::ranges::find_if(open_, broken_off) : open_.begin();
      if (found == open_.end()) return;
      (*found)->whole_body.reset();
      close(**found, true);
    }
  }

  void begin_whole_body(OpenRecord& record, std::string_view line) {
    const auto expected = record.expected_body();
    record.not_whole = !expected;
    if (!expected) return;
    record.most = std::min(*expected, limits_.entry_bytes) + kAddedLineEnds;
    record.whole_body = record.text();
    *record.whole_body += line;
  }

  /// Every open body that records stand in might be all that follows, up to its length.
  void add_to_bodies(std::string_view line) {
    bool released = false;
    for (const auto& open : open_) {
      if (!open->whole_body) continue;
      if (line.size() <= open->most - std::min(open->most, open->whole_body->size())) {
        append_up_to(*open->whole_body, line, open->most);
        continue;
      }
      open->whole_body.reset();
      open->not_whole = released = true;
    }
    if (released) release();
  }

  /// At a marker of the record itself: whether what stood in its body belongs to it.
  void end_part(OpenRecord& record) {
    record.not_whole = false;
    if (!record.whole_body) return;
    std::string whole = std::move(*record.whole_body);
    record.whole_body.reset();
    if (body_of(whole, record.record).size() == record.expected_body()) {
      record.text() = std::move(whole);
      // What looked like records was sent by the client.
      std::erase_if(open_, [&](const auto& other) {
        return other.get() != &record && other->start.offset > record.start.offset;
      });
      std::erase_if(closed_inside_,
                    [&](const Closed& other) { return other.start.offset > record.start.offset; });
    }
    release();
  }

  void close(OpenRecord& record, bool cut) {
    end_part(record);
    record.record.cut = cut;
    const auto place = std::ranges::find(open_, &record, &std::unique_ptr<OpenRecord>::get);
    std::unique_ptr<OpenRecord> owned = std::move(*place);
    open_.erase(place);
    if (current_ == owned.get()) current_ = nullptr;
    const Place start = owned->start;
    const bool apart = owned->apart;
    PendingEntry entry = native_entry(std::move(*owned), limits_);
    entry.apart = apart;
    give(start, std::move(entry));
  }

  /// Whether an open body may turn out to hold what is read.
  bool held() const {
    return std::ranges::any_of(open_,
                               [](const auto& open) { return open->whole_body.has_value(); });
  }

  void give(const Place& start, PendingEntry entry) {
    closed_inside_.push_back({start, std::move(entry)});
    release();
  }

  /// Gives out the records that no open body may turn out to hold.
  void release() {
    if (held()) return;
    for (Closed& closed : closed_inside_) ready_.push_back(std::move(closed.entry));
    closed_inside_.clear();
  }

  void close_all() {
    if (begun_) {
      foreign_ += 1;
      begun_.reset();
    }
    for (const auto& open : open_) open->whole_body.reset();
    while (!open_.empty()) close(*open_.front(), true);
    if (json_) {
      ready_.push_back(fault(error_at(json_->start, entries_++, "the record breaks off")));
      json_.reset();
    }
    for (const Pieces& pieces : pieces_) {
      if (!pieces.text.empty()) {
        ready_.push_back(fault(error_at(pieces.start, entries_++, "the line breaks off")));
      }
    }
    pieces_.clear();
  }

  OpenRecord* find_open(std::string_view boundary) {
    const auto found =
        std::ranges::find_if(open_, [&](const auto& open) { return open->boundary == boundary; });
    return found == open_.end() ? nullptr : found->get();
  }

  // --- JSON records ---

  struct OpenJson {
    Place start;
    std::string text;
    JsonSpan span;
  };

  void begin_json(std::string& line, const Place& start) {
    JsonSpan span(limits_.depth);
    const size_t taken = span.feed(line);
    if (span.done()) {
      std::string rest = line.substr(taken);
      line.resize(taken);
      give(start, json_record_entry(entries_++, start, std::move(line), limits_));
      // Another record may have been written without a line end between them.
      if (!trim(rest).empty()) take_line(rest, start);
      return;
    }
    // One that goes on is set out on several lines, and begins with a brace alone.
    if (line.starts_with("{\n") || line.starts_with("{\r")) {
      json_.emplace(OpenJson{start, std::move(line), std::move(span)});
      return;
    }
    give(start, fault(error_at(start, entries_++, "the record breaks off in its line")));
  }

  void go_on_with_json(std::string& line) {
    const size_t taken = json_->span.feed(line);
    append_up_to(json_->text, std::string_view(line).substr(0, taken), limits_.entry_bytes + 1);
    if (json_->text.size() > limits_.entry_bytes) {
      give(json_->start, fault(error_at(json_->start, entries_++,
                                        fmt::format("the record is over the limit of {} bytes",
                                                    limits_.entry_bytes))));
      json_.reset();
      return;
    }
    if (!json_->span.done()) return;
    OpenJson whole = std::move(*json_);
    json_.reset();
    // A document of something else is no record.
    if (whole.text.find("\"transaction\"") == std::string::npos &&
        whole.text.find("\"http_request\"") == std::string::npos) {
      if (!held()) ++foreign_;
      return;
    }
    give(whole.start, json_record_entry(entries_++, whole.start, std::move(whole.text), limits_));
  }

  // --- state ---

  /// A marker of part A, before the line that tells whether it is one.
  struct Begun {
    std::string boundary;
    NativeStyle style;
    Place start;
    std::string line;
  };
  /// A record that is whole, in the order of their ends.
  struct Closed {
    Place start;
    PendingEntry entry;
  };

  const TrafficLimits limits_;
  ByteReader in_;
  std::deque<PendingEntry> ready_;
  std::vector<std::unique_ptr<OpenRecord>> open_;
  OpenRecord* current_ = nullptr;  ///< what the next line belongs to
  OpenRecord stray_record_{.boundary = {},
                           .record = {.parts = {{'H', {}}}},
                           .start = {},
                           .whole_body = {}};  ///< stands for one without its beginning
  std::vector<Closed> closed_inside_;
  std::optional<Begun> begun_;
  std::optional<OpenJson> json_;
  std::vector<Pieces> pieces_;
  std::string stream_;  ///< that the last line came from
  std::string stray_;
  Wrapping wrapping_ = Wrapping::none;
  size_t entries_ = 0;
  uint64_t begun_records_ = 0;  ///< native ones
  uint64_t foreign_ = 0;
  bool done_ = false;
};

}  // namespace

std::unique_ptr<TrafficReader> open_auditlog(std::istream& in, const TrafficLimits& limits) {
  return std::make_unique<AuditLogReader>(in, limits);
}

Likeness looks_like_auditlog(std::string_view head) {
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  bool after_marker = false, wrapped_marker = false;
  while (!head.empty()) {
    const size_t end = std::min(head.find('\n'), head.size() - 1) + 1;
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(end);
    if (after_marker && is_connection_line(line)) return Likeness::certain;
    after_marker = false;
    std::string text(line);
    if (!begins_record(line)) {
      const auto inside = unwrap(line, find_wrapping(line));
      if (!inside) continue;
      if (wrapped_marker && is_connection_line(inside->text)) return Likeness::certain;
      text = inside->text;
      wrapped_marker = false;
    }
    if (!begins_record(text)) continue;
    if (text.starts_with('{')) return Likeness::certain;
    after_marker = wrapped_marker = true;
  }
  return Likeness::none;
}

uint64_t find_audit_line(std::istream& in, uint64_t from, const TrafficLimits& limits) {
  in.seekg(0);
  ByteReader reader(in);
  std::string first;
  const bool is_line = read_line(reader, limits.entry_bytes, first) == LineEnd::line;
  const std::string_view line = trim(first);
  if (!is_line || !begins_record(first) || !line.starts_with('{') || !line.ends_with('}')) return 0;
  in.clear();
  return find_line(in, from, limits);
}

std::optional<uint64_t> guess_audit_record(std::istream& in, uint64_t from, uint64_t until) {
  constexpr size_t kNear = size_t{64} << 10;  // no line that is looked for is as long
  std::string line;
  const auto begins_natively = [&] {
    in.seekg(0);
    ByteReader reader(in);
    skip_byte_order_mark(reader);
    while (reader.place().offset < kNear) {
      const LineEnd end = read_line(reader, kNear, line);
      if (end == LineEnd::none) return false;
      if (end == LineEnd::line && parse_marker(line)) return true;
      if (end == LineEnd::line && begins_record(line)) return false;
    }
    return false;
  };
  if (!begins_natively()) return std::nullopt;
  in.clear();
  const uint64_t start = find_line(in, from, {});
  in.clear();
  in.seekg(static_cast<std::streamoff>(start));
  ByteReader reader(in, start);
  std::optional<uint64_t> marked;  // where the line before began, if it is a marker of part A
  for (;;) {
    const uint64_t offset = reader.place().offset;
    if (!marked && offset >= until) return until;
    const LineEnd end = read_line(reader, kNear, line);
    if (end == LineEnd::none) return until;
    if (marked && end == LineEnd::line && is_connection_line(line)) return marked;
    const auto marker = end == LineEnd::line ? parse_marker(line) : std::nullopt;
    marked.reset();
    if (marker && marker->part == 'A' && offset < until) marked = offset;
  }
}

bool is_auditlog_name(std::string_view name) {
  // 20261129-160000-ID
  const auto digits = [&](size_t at, size_t count) {
    return std::ranges::all_of(name.substr(at, count), [](char byte) {
      return is_digit(static_cast<unsigned char>(byte));
    });
  };
  if (name.size() > 16 && name[8] == '-' && name[15] == '-' && digits(0, 8) && digits(9, 6)) {
    return true;
  }
  const std::string lower = lowercase(name);
  return lower.find("audit") != std::string::npos && lower.find(".log") != std::string::npos;
}

}  // namespace wafcheck::formats::inline traffic
