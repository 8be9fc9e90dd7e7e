// Access logs.

#include "traffic.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wafcheck::fuzz::read_traffic("accesslog", wafcheck::fuzz::bytes_of(data, size));
  return 0;
}
