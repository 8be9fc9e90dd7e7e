#pragma once
// What containers and shippers put around the lines of a log.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wafcheck::formats::inline traffic {

enum class Wrapping : uint8_t {
  none,
  docker,    ///< {"log":"...\n","stream":"stdout","time":"..."}
  cri,       ///< 2026-11-29T16:00:00.123Z stdout F ...
  syslog,    ///< [<13>] Nov 29 16:00:00 host program[1]: ..., RFC 5424, journalctl's default
  document,  ///< an object with the line in `message`, `log`, `MESSAGE`, `line` or
             ///< `_source.message`
};

/// "Docker's JSON", ...; empty for none.
std::string_view to_string(Wrapping wrapping);

struct UnwrappedLine {
  std::string text;
  std::string stream;   ///< "stdout": pieces of one stream belong together
  bool has_end = true;  ///< else the next piece of its stream goes on with it
};

/// The line inside, with a line end where it has one. Nothing where the line is not wrapped so.
std::optional<UnwrappedLine> unwrap(std::string_view line, Wrapping wrapping);

/// How `line` is wrapped. A prefix that might be a log's own text (syslog) counts only where a
/// record of an audit log begins behind it.
Wrapping find_wrapping(std::string_view line);

/// Whether `line` begins a record of an audit log: a marker of part A, or a JSON object.
bool begins_record(std::string_view line);

}  // namespace wafcheck::formats::inline traffic
