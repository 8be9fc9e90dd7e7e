#pragma once
// What wafcheck makes of a log, against what its writer was sent and said.

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "requests.h"
#include "writers.h"

namespace wafcheck::differential {

/// A record that does not tell what happened, or of which the rules say something else now.
struct Deviation {
  Layout layout;
  const AuditRequest* request = nullptr;
  int status = 0;        ///< that the client got
  std::string what;      ///< "missing", "request", "rules", "decision"
  std::string detail;    ///< for people
  bool gave_up = false;  ///< the rules that match now alone are those that the record says gave up
};

/// A kind of deviation that is accepted.
struct AcceptedDeviation {
  std::string_view name;
  bool (*covers)(const Deviation&);
  std::string_view reason;
};
std::span<const AcceptedDeviation> accepted_deviations();

struct Comparison {
  size_t records = 0;     ///< that were read
  size_t whole = 0;       ///< of these, those that are not partial
  size_t equal = 0;       ///< whole records that hold the request as it was sent
  size_t same_rules = 0;  ///< whole records of which the same rules match
  size_t same_decision = 0;
  std::map<std::string, size_t> gaps;
  std::vector<Deviation> deviations;
  std::string errors;  ///< of the command, which is then said to have failed
};

/// Reads `path`, which is a log, an index or a folder, through `wafcheck replay` with that front.
Comparison compare(const WrittenLog& log, const std::string& path,
                   std::span<const AuditRequest> requests, const std::string& front);

}  // namespace wafcheck::differential
