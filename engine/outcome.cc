#include "engine/outcome.h"

#include "parser/language/language.h"

namespace wafcheck::engine {

std::string Match::name() const {
  if (called.data() != nullptr) return std::string(called);
  std::string text;
  if (counted) text.push_back('&');
  text.append(parser::info(variable).name);
  if (!key.empty()) {
    text.push_back(':');
    text.append(key);
  }
  return text;
}

std::string_view to_string(Disruption disruption) {
  switch (disruption) {
    case Disruption::deny:
      return "deny";
    case Disruption::drop:
      return "drop";
    case Disruption::redirect:
      return "redirect";
    case Disruption::allow:
      return "allow";
    case Disruption::proxy:
      return "proxy";
  }
  return "";
}

}  // namespace wafcheck::engine
