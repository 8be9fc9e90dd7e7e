#pragma once
// Bodies that are compressed for their way, as rules would see them without.

#include <cstddef>

#include "formats/traffic/traffic.h"

namespace wafcheck::formats::inline traffic {

/// Decodes the bodies of an exchange that their Content-Encoding says are gzip or deflate and whose
/// bytes are; the headers stay. At most `limit` bytes of each. What breaks off, is over the limit
/// or in another coding is decoded as far as it goes, and noted in the exchange.
void decode_bodies(Exchange& exchange, size_t limit);

}  // namespace wafcheck::formats::inline traffic
