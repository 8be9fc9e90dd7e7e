#include "comparison.h"

namespace wafcheck::differential {

std::span<const AcceptedDeviation> accepted_deviations() {
  static const std::vector<AcceptedDeviation> rows = {
      {"path-of-the-server",
       [](const Deviation& found) {
         const std::string& uri = found.request->sent.uri;
         return found.layout.writer == Writer::apache &&
                (found.what == "rules" || found.what == "decision") &&
                uri.find('%') < uri.find('?');
       },
       "from phase 2 on, ModSecurity 2 sees the path as Apache decoded it, which a record does not "
       "hold; with --front httpd it does"},
      {"quiet-denial",
       [](const Deviation& found) {
         return found.what == "decision" && found.request->name == "own-quiet-deny";
       },
       "a rule that is neither logged nor audited leaves no trace where records name no action, as "
       "those of ModSecurity 3 and of DetectionOnly"},
      {"denial-in-DetectionOnly",
       [](const Deviation& found) {
         return found.what == "decision" && found.layout.engine == "DetectionOnly" &&
                found.request->name.starts_with("own-");
       },
       "a record of DetectionOnly does not tell what a rule would have done; that is known of the "
       "rules of CRS and of modsecurity.conf-recommended only"},
  };
  return rows;
}

}  // namespace wafcheck::differential
