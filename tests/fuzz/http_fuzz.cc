// Raw HTTP messages.

#include "apart.h"
#include "traffic.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(wafcheck::fuzz::bytes_of(data, size));
  wafcheck::fuzz::read_traffic("http", bytes);
  wafcheck::fuzz::read_in_parts(*wafcheck::formats::find_traffic_format("http"), bytes);
  return 0;
}
