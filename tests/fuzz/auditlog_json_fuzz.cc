// JSON records of audit logs.

#include "auditlog.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(wafcheck::fuzz::bytes_of(data, size));
  wafcheck::fuzz::read_auditlog(bytes);
  wafcheck::fuzz::read_auditlog("{\"transaction\":{" + bytes);
  return 0;
}
