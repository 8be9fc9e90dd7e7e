#pragma once
// curl command lines, as browsers copy them and people write them.

#include <istream>
#include <memory>
#include <string_view>

#include "formats/traffic/formats.h"

namespace wafcheck::formats::inline traffic {

/// Reads commands, each over as many lines as its quotes and line continuations say, and yields an
/// entry a URL: the request that curl would send. Neither curl nor a shell runs, and no file is
/// read that a command names: what it holds is a gap. Other commands are passed over and told. A
/// command with an option that is not known is that entry's error; one whose quote does not end,
/// too: what follows is read from the next line on that begins with curl.
std::unique_ptr<TrafficReader> open_curl(std::istream& in, const TrafficLimits& limits);

/// Certain where the first command is curl.
Likeness looks_like_curl(std::string_view head);

}  // namespace wafcheck::formats::inline traffic
