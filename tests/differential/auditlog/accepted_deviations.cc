#include <algorithm>
#include <initializer_list>

#include "comparison.h"

namespace wafcheck::differential {
namespace {

/// Whether rules say something else, or decide so.
bool of_rules(const Deviation& found) {
  return found.what == "rules" || found.what == "decision";
}

/// Whether NUL stands in a request, encoded or as a character reference.
bool names_nul(std::string_view wire) {
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{"%00", "&#00;", "%26%2300%3B"},
      [&](std::string_view nul) { return wire.find(nul) != std::string_view::npos; });
}

/// Whether a part of a form has a line end within.
bool has_lines_in_field(const formats::Request& request) {
  const size_t head = request.body.find("\r\n\r\n");
  if (head == std::string::npos || !request.body.starts_with("--")) return false;
  const size_t end = request.body.find("\r\n--", head);
  return request.body.substr(head + 4, end - head - 4).find('\n') != std::string::npos;
}

}  // namespace

std::span<const AcceptedDeviation> accepted_deviations() {
  static const std::vector<AcceptedDeviation> rows = {
      {"path-of-the-server",
       [](const Deviation& found) {
         const std::string& uri = found.request->sent.uri;
         const bool decoded = uri.find('%') < uri.find('?');
         return found.layout.writer == Writer::apache && of_rules(found) &&
                (decoded || found.status == 400);
       },
       "from phase 2 on, ModSecurity 2 sees the path as Apache decoded it, and there is no phase 2 "
       "where Apache refuses it. A record does not hold that. With --front httpd the rules are the "
       "same, but Apache's own answer to such a path counts as a denial"},
      {"search-that-gave-up",
       [](const Deviation& found) { return of_rules(found) && found.gave_up; },
       "ModSecurity 2 ended the search of an expression at its limit, which the record says; PCRE2 "
       "counts fewer steps, and comes to its end"},
      {"refused-by-nginx",
       [](const Deviation& found) {
         return found.layout.writer == Writer::nginx && found.what == "missing" &&
                found.status == 400;
       },
       "what nginx refuses as no request, such as a path above the root, ModSecurity does not see"},
      {"line-ends-in-fields",
       [](const Deviation& found) {
         return found.layout.writer == Writer::nginx && of_rules(found) &&
                has_lines_in_field(found.request->sent);
       },
       "3.0.9 loses the line ends within a field of a form; 3.0.16 keeps them"},
      {"cssDecode-at-nul",
       [](const Deviation& found) {
         return found.layout.writer == Writer::nginx && of_rules(found) &&
                names_nul(found.request->wire);
       },
       "cssDecode of 3.0.9 ends the value at NUL, wafcheck inspects what follows"},
      {"quiet-denial",
       [](const Deviation& found) {
         return found.what == "decision" && found.request->name == "known-quiet-denial";
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
