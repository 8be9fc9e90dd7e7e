// Files of regression tests, and the requests of their stages.

#include "formats/ftw/ftw.h"
#include "formats/traffic/http.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace wafcheck;
  const formats::FtwFile file = formats::parse_ftw("test.yaml", fuzz::bytes_of(data, size));
  for (const formats::FtwTest& test : file.tests) {
    for (const formats::FtwStage& stage : test.stages) {
      if (const auto request = formats::build_request(stage.input)) {
        formats::parse_http_request(*request);
      }
    }
  }
  return 0;
}
