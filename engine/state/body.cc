#include "engine/state/body.h"

namespace wafcheck::engine::inline state {

Body::Taken Body::write(std::string_view bytes, LimitRules rules) {
  if (over_limit) return Taken::ignored;
  const size_t total = text.size() + bytes.size();
  over_limit = rules.exclusive ? total >= limit : total > limit;
  if (!over_limit) {
    text.append(bytes);
    return Taken::whole;
  }
  if (!rules.partial) {
    text.clear();
    return Taken::rejected;
  }
  // The limit may have been lowered below what is there.
  if (text.size() < limit) text.append(bytes.substr(0, limit - text.size()));
  return Taken::cut;
}

}  // namespace wafcheck::engine::inline state
