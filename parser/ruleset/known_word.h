#pragma once
// Words of the language that not every engine has.

#include <optional>

#include "parser/language/language.h"
#include "parser/language/semantics.h"

namespace wafcheck::parser::inline ruleset {

/// `id`, unless the engine does not have that variable, operator, transformation, action or ctl.
template <typename Id>
std::optional<Id> known(std::optional<Id> id, const Semantics& semantics) {
  if (id && (info(*id).engines & semantics.words_of) == 0) id.reset();
  return id;
}

}  // namespace wafcheck::parser::inline ruleset
