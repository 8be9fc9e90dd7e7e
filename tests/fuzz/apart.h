#pragma once

#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include "formats/traffic/formats.h"
#include "fuzz.h"

namespace wafcheck::fuzz {

/// Where entries begin, in the order in which they come, and whether they can be read.
struct EntryPlace {
  uint64_t offset = 0;
  bool apart = false, read = false;
  bool operator==(const EntryPlace&) const = default;
};

inline std::vector<EntryPlace> entry_places(const formats::TrafficFormat& format,
                                            const std::string& text, uint64_t from) {
  std::istringstream in(text);
  in.seekg(static_cast<std::streamoff>(from));
  formats::TrafficLimits limits;
  limits.start = from;
  const auto reader = format.open(in, limits);
  std::vector<EntryPlace> places;
  while (auto entry = reader->next_pending()) {
    places.push_back({entry->offset, entry->apart, entry->decode().has_value()});
    require(places.size() <= text.size() + 1, "the reader does not end");
  }
  return places;
}

/// Whoever begins to read at an entry that stands apart reads the same from there on; a guess is in
/// the range in which it is looked for. By this, parts of a file prove each other.
inline void read_in_parts(const formats::TrafficFormat& format, const std::string& text) {
  const std::vector<EntryPlace> whole = entry_places(format, text, 0);
  size_t tried = 0;
  for (const EntryPlace& place : whole) {
    if (!place.apart || place.offset == 0 || tried++ == 4) continue;
    std::vector<EntryPlace> rest;
    for (const EntryPlace& each : whole) {
      if (each.offset >= place.offset) rest.push_back(each);
    }
    require(entry_places(format, text, place.offset) == rest, "what follows is the same");
  }
  for (const uint64_t from : {uint64_t{1}, text.size() / 2}) {
    std::istringstream in(text);
    const uint64_t until = from + text.size() / 4;
    const auto guess = format.guess_entry(in, from, until);
    require(!guess || (*guess >= from && *guess <= until), "a guess is in its range");
  }
}

}  // namespace wafcheck::fuzz
