// Native records of audit logs: the input is what follows the first line of part A, of each engine.

#include "apart.h"
#include "auditlog.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(wafcheck::fuzz::bytes_of(data, size));
  const std::string line = "[29/Nov/2026:16:00:00 +0000] id 192.0.2.1 1 192.0.2.2 80\n";
  for (const char* marker : {"--0123abcd-A--\n", "---0123abcd---A--\n", "--0123456789-A--\n"}) {
    const std::string text = marker + line + bytes;
    wafcheck::fuzz::read_auditlog(text);
    wafcheck::fuzz::read_in_parts(*wafcheck::formats::find_traffic_format("auditlog"), text);
  }
  return 0;
}
