#pragma once
// Servers that write audit logs: Apache httpd with ModSecurity 2, nginx with ModSecurity 3.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parser/base/result.h"
#include "requests.h"
#include "tests/scratch.h"

namespace wafcheck::differential {

enum class Writer : uint8_t { apache, nginx };

/// A layout of audit logs that a server is told to write.
struct Layout {
  Writer writer;
  std::string_view format;  ///< of SecAuditLogFormat
  std::string_view type;    ///< of SecAuditLogType
  std::string_view parts = "ABCDEFHIJKZ";
  std::string_view engine = "On";  ///< of SecRuleEngine
};
std::string name_of(const Layout& layout);  ///< "apache JSON Serial", and what is unusual

/// A log that is complete.
struct WrittenLog {
  Layout layout;
  std::string rules;  ///< the file that the server had
  std::string index;  ///< SecAuditLog: in Serial the records
  std::string files;  ///< SecAuditLogStorageDir; empty in Serial
  struct Answered {
    uint16_t client_port = 0;
    int status = 0;
  };
  std::vector<Answered> answers;  ///< to the requests, in their order
};

/// Why a server cannot be run here; empty: it can.
std::string missing(Writer writer);

/// Starts the server with a port for each layout, sends all requests to each, one after another,
/// and stops it. The logs are in `folder`.
Result<std::vector<WrittenLog>> write_logs(std::span<const Layout> layouts,
                                           std::span<const AuditRequest> requests,
                                           const tests::ScratchDirectory& folder);

}  // namespace wafcheck::differential
