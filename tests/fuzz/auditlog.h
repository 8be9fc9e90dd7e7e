#pragma once
// What the targets for audit logs share: one a dialect, so that each is reached.

#include <sstream>
#include <string>

#include "formats/traffic/auditlog/auditlog.h"
#include "fuzz.h"
#include "parser/base/ascii.h"

namespace wafcheck::fuzz {

/// Reads a log to its end. Of what is not blank, something is told; `wrapped`: it may hold blanks.
inline void read_auditlog(const std::string& text, bool wrapped = false) {
  std::istringstream in(text);
  const auto reader = formats::open_auditlog(in, {});
  size_t entries = 0;
  while (auto entry = reader->next()) {
    ++entries;
    require(entries <= text.size() + 1, "the reader does not end");
    if (*entry) {
      require((*entry)->recorded.has_value(), "a record says what the WAF did");
    } else {
      require(entry->error().offset <= text.size(), "an error is at a place of the log");
    }
  }
  require(wrapped || trim(text).empty() || entries != 0 || !reader->remarks().empty(),
          "nothing is passed over in silence");
}

}  // namespace wafcheck::fuzz
