#pragma once
// libmodsecurity as a side of a comparison: an exchange in, the ids of the rules that logged out.

#include <memory>
#include <string>

#include "cases.h"
#include "formats/traffic.h"
#include "parser/result.h"

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

 private:
  struct Library;
  std::unique_ptr<Library> library_;
};

}  // namespace wafcheck::differential
