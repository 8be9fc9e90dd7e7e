#include "formats/traffic/burp.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "formats/traffic/burp_item.h"
#include "formats/traffic/byte_reader.h"
#include "formats/traffic/entry.h"
#include "parser/base/ascii.h"

namespace wafcheck::formats::inline traffic {
namespace {

/// Whether a tag of that name begins: "<item>", "<item ", "</item>".
bool begins_tag(std::string_view text, std::string_view tag) {
  if (!text.starts_with(tag) || text.size() == tag.size()) return false;
  const char next = text[tag.size()];
  return next == '>' || next == '/' || is_space(static_cast<unsigned char>(next));
}

class BurpReader final : public TrafficReader {
 public:
  BurpReader(std::istream& in, const TrafficLimits& limits)
      : limits_(limits), in_(in, limits.start), in_items_(limits.start != 0) {}

  /// Goes to the first item behind a CDATA section that ends ahead; false: there is none. No CDATA
  /// section holds its own end, so that what follows one is certainly outside.
  bool find_item() { return pass_through("]]>", 0, nullptr) && pass_to_item(); }
  uint64_t offset() const { return in_.place().offset; }

  std::optional<PendingEntry> next_pending() override {
    if (done_) return std::nullopt;
    if (!in_items_) {
      if (!pass_to("<items")) return fatal("the input ends before <items>", true);
      in_items_ = true;
      in_.skip(1);
    }
    if (!pass_to_item()) {
      done_ = true;
      if (ended_) return std::nullopt;
      done_ = false;
      return fatal("the input ends before </items>", true);
    }
    return item();
  }

 private:
  static constexpr size_t kTagBytes = 10;  // the longest that is looked for

  /// Goes to the next '<'; the bytes ahead then, or nothing at the end.
  std::string_view next_tag() {
    for (std::string_view ahead = in_.peek(); !ahead.empty(); ahead = in_.peek()) {
      const size_t tag = std::min(ahead.find('<'), ahead.size());
      const bool found = tag < ahead.size();
      in_.skip(tag);
      if (found) return in_.peek(kTagBytes);
    }
    return {};
  }

  bool pass_to(std::string_view tag) {
    for (std::string_view ahead = next_tag(); !ahead.empty(); ahead = next_tag()) {
      if (ahead.starts_with("<!--")) {
        pass_through("-->", 0, nullptr);
      } else if (begins_tag(ahead, tag)) {
        return true;
      } else {
        in_.skip(1);
      }
    }
    return false;
  }

  /// Goes to the next item; false at the end of the items, or of the input.
  bool pass_to_item() {
    for (std::string_view ahead = next_tag(); !ahead.empty(); ahead = next_tag()) {
      if (begins_tag(ahead, "<item")) return true;
      if (begins_tag(ahead, "</items")) {
        ended_ = true;
        return false;
      }
      if (ahead.starts_with("<!--")) {
        pass_through("-->", 0, nullptr);
      } else if (ahead.starts_with("<![CDATA[")) {
        pass_through("]]>", 0, nullptr);
      } else {
        in_.skip(1);
      }
    }
    return false;
  }

  /// Passes over the next `from` bytes and what follows up to and with `end`; false: the input ends
  /// before. Keeps what is passed over in `text`, unless that is null, up to the limit.
  bool pass_through(std::string_view end, size_t from, std::string* text) {
    keep(in_.peek(from).substr(0, from), text);
    while (true) {
      const std::string_view ahead = in_.peek(end.size());
      if (ahead.size() < end.size()) {
        keep(ahead, text);
        return false;
      }
      const size_t at = ahead.find(end);
      if (at != std::string_view::npos) {
        keep(ahead.substr(0, at + end.size()), text);
        return true;
      }
      keep(ahead.substr(0, ahead.size() - end.size() + 1), text);
    }
  }

  void keep(std::string_view bytes, std::string* text) {
    if (text != nullptr && !cut_) {
      cut_ = bytes.size() > limits_.entry_bytes - text->size();
      if (!cut_) append_up_to(*text, bytes, limits_.entry_bytes);
    }
    in_.skip(bytes.size());
  }

  /// The element that begins here.
  std::optional<PendingEntry> item() {
    const Place start = in_.place();
    std::string text;
    cut_ = false;
    bool whole = pass_through(">", 0, &text);
    // <item/> holds nothing.
    const bool empty = whole && text.ends_with("/>");
    while (whole && !empty) {
      whole = pass_through("<", 0, &text);
      if (!whole) break;
      const std::string_view ahead = in_.peek(kTagBytes);  // after the '<'
      if (ahead.starts_with("![CDATA[")) {
        whole = pass_through("]]>", 8, &text);
      } else if (ahead.starts_with("!--")) {
        whole = pass_through("-->", 3, &text);
      } else if (begins_tag(ahead, "/item")) {
        whole = pass_through(">", 0, &text);
        break;
      }
    }
    if (!whole) return fatal("the input ends within an item", false);
    const size_t entry = entry_++;
    if (cut_) {
      return decoded(
          error_at(start, entry,
                   fmt::format("the item is over the limit of {} bytes", limits_.entry_bytes)));
    }
    const size_t bytes = text.size();
    return PendingEntry{
        bytes,
        [text = std::move(text), start, entry]() -> Entry {
          auto exchange = decode_burp_item(text);
          if (!exchange) {
            return std::unexpected(error_at(start, entry, std::move(exchange.error().message)));
          }
          exchange->entry = entry;
          return std::move(*exchange);
        },
        start.offset};
  }

  PendingEntry fatal(std::string message, bool whole) {
    done_ = true;
    if (in_.failed()) message = "the input cannot be read further";
    EntryError error = fatal_error_at(in_.place(), entry_++, std::move(message));
    error.whole = whole;
    return decoded(std::move(error));
  }

  const TrafficLimits limits_;
  ByteReader in_;
  size_t entry_ = 0;
  bool in_items_;
  bool ended_ = false;  ///< </items> was there
  bool cut_ = false;
  bool done_ = false;
};

}  // namespace

std::unique_ptr<TrafficReader> open_burp(std::istream& in, const TrafficLimits& limits) {
  return std::make_unique<BurpReader>(in, limits);
}

uint64_t find_burp_item(std::istream& in, uint64_t from, const TrafficLimits& limits) {
  in.seekg(static_cast<std::streamoff>(from));
  TrafficLimits from_there = limits;
  from_there.start = from;
  BurpReader reader(in, from_there);
  if (reader.find_item()) return reader.offset();
  in.clear();
  in.seekg(0, std::ios::end);
  return static_cast<uint64_t>(in.tellg());
}

Likeness looks_like_burp(std::string_view head) {
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  if (!trim_left(head).starts_with('<')) return Likeness::none;
  for (size_t at = head.find("<items"); at != std::string_view::npos;
       at = head.find("<items", at + 1)) {
    if (begins_tag(head.substr(at), "<items")) return Likeness::certain;
  }
  // The inline DTD may be longer than the head.
  return head.find("<!DOCTYPE items") != std::string_view::npos ? Likeness::certain
                                                                : Likeness::none;
}

}  // namespace wafcheck::formats::inline traffic
