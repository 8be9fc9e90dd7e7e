// Audit logs inside the lines of containers and shippers.

#include "auditlog.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(wafcheck::fuzz::bytes_of(data, size));
  for (const char* first :
       {"", "{\"log\":\"--0123abcd-A--\\n\",\"stream\":\"stdout\"}\n",
        "2026-11-29T16:00:00Z stdout F --0123abcd-A--\n",
        "Nov 29 16:00:00 host program: --0123abcd-A--\n", "{\"message\":\"--0123abcd-A--\"}\n"}) {
    wafcheck::fuzz::read_auditlog(first + bytes, true);
  }
  return 0;
}
