#pragma once
// libmodsecurity as a side of a comparison: an exchange in, the ids of the rules that logged out,
// or all that it says.

#include <memory>
#include <string>
#include <vector>

#include "answer.h"
#include "cases.h"
#include "formats/traffic/traffic.h"
#include "parser/base/result.h"

namespace wafcheck::differential {

/// libmodsecurity 3, whichever version is installed.
class ModSecurityPeer {
 public:
  ModSecurityPeer();
  ~ModSecurityPeer();

  /// Loads one rules file with all it includes; an error is the library's message. Call once: what
  /// a second file says about SecRuleEngine would not replace what the first said.
  Result<void> load_file(const std::string& path);

  /// Runs all five phases as a connector does: an interruption ends the feeding, phase 5 follows.
  Ids run(const formats::Exchange& exchange);
  /// The same, with all that it says.
  Answer answer(const formats::Exchange& exchange);
  std::vector<std::string> lines(const formats::Exchange& exchange) {
    return answer(exchange).lines;
  }

 private:
  struct Library;
  std::unique_ptr<Library> library_;
};

}  // namespace wafcheck::differential
