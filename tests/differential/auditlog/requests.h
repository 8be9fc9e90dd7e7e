#pragma once
// The requests that writers of audit logs are sent.

#include <cstdint>
#include <string>
#include <vector>

#include "formats/traffic/traffic.h"

namespace wafcheck::differential {

struct AuditRequest {
  std::string name;       ///< "form", "payload-17"
  formats::Request sent;  ///< the body as it is before it is cut into chunks
  std::string wire;       ///< the bytes on the connection, which ends with them

  /// Whether it is sent to show a deviation that is accepted: it does not count in the rates.
  bool is_known() const { return name.starts_with("known-"); }
};

/// Paths below this one are answered with a page that tells a database's error.
inline constexpr std::string_view kLeak = "/leak/";

/// The list, then `payloads` requests made from the seed, where there is test data.
std::vector<AuditRequest> audit_requests(size_t payloads, uint64_t seed);

}  // namespace wafcheck::differential
