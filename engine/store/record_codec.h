#pragma once
// A record of a persistent collection as bytes, the same on every machine.

#include <string>
#include <string_view>

#include "engine/collections.h"

namespace wafcheck::engine::inline store {

/// A version byte, the record's numbers, then its members, each text after its length; numbers are
/// little-endian.
std::string encode_record(const StoredRecord& record);

/// What encode_record() wrote. Any other bytes are an error that names the offset; nothing is read
/// or allocated beyond them.
Result<StoredRecord> decode_record(std::string_view bytes);

/// When the record expires, without reading the rest of it; none where these are no record's bytes.
std::optional<int64_t> record_expiry(std::string_view bytes);

}  // namespace wafcheck::engine::inline store
