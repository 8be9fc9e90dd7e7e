#pragma once
// The formats that traffic is read from, and which of them a source is in.

#include <cstdint>
#include <istream>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "formats/traffic/traffic.h"

namespace wafcheck::formats::inline traffic {

/// How sure a format is of a source.
enum class Likeness : uint8_t {
  none,
  possible,  ///< nothing speaks against it
  likely,    ///< holds what few other formats hold
  certain,   ///< holds what only this format holds
};

/// A row of the table of input formats.
struct TrafficFormat {
  std::string_view name;                     ///< as --input-format takes it
  std::vector<std::string_view> extensions;  ///< what a searched directory yields ("har")
  std::string_view title;                    ///< for a list of formats
  std::string_view doc;                      ///< one line for help and messages
  /// What the first bytes of a source (up to 4 KiB) look like.
  Likeness (*looks_like)(std::string_view head);
  std::unique_ptr<TrafficReader> (*open)(std::istream& in, const TrafficLimits& limits);
  /// Whether a searched directory yields a file of that name, too; null: the extensions tell.
  bool (*takes_name)(std::string_view name) = nullptr;
  bool is_log = false;  ///< entries may tell what a WAF did
  /// Where the first entry begins at or after the byte `from` of a source, found without what lies
  /// before; the size of the source where none does. From there a reader can begin, with
  /// TrafficLimits::start. 0: this source has to be read from its beginning. Null: any has.
  uint64_t (*find_entry)(std::istream& in, uint64_t from, const TrafficLimits& limits) = nullptr;
  /// Where find_entry knows of no place, or is null: where the first entry seems to begin at or
  /// after `from` and before `until`; `until` where none does. A body may hold what looks like an
  /// entry, so that only who reads what lies before can tell. Nothing: this source cannot be read
  /// so.
  std::optional<uint64_t> (*guess_entry)(std::istream& in, uint64_t from, uint64_t until) = nullptr;
};

const std::vector<TrafficFormat>& traffic_formats();
const TrafficFormat* find_traffic_format(std::string_view name);
/// The format that `head` looks like most, of equals the first in the table, from the content and
/// not the name; null: none.
const TrafficFormat* detect_traffic_format(std::string_view head);

/// Whether bytes look like SecLang rules handed in as traffic by mistake (for a hint).
bool looks_like_seclang(std::string_view head);

}  // namespace wafcheck::formats::inline traffic
