// The detectors of SQL injection and cross-site scripting.

#include <string>

#include "engine/libinjection/libinjection.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace wafcheck::engine::libinjection;
  using wafcheck::fuzz::require;
  const std::string_view bytes = wafcheck::fuzz::bytes_of(data, size);
  std::string fingerprint;
  if (detect_sqli(bytes, &fingerprint)) {
    require(!fingerprint.empty() && fingerprint.size() <= 5, "a fingerprint has 1 to 5 tokens");
  }
  require(detect_xss(bytes) == detect_xss(bytes), "the verdict is the same twice");
  return 0;
}
