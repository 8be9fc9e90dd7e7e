#include "engine/transformations/transformation.h"

namespace wafcheck::engine::transformations {

/// Changes nothing: t:none acts when a rule's list is put together, by clearing what precedes it.
bool none(std::string_view, std::string&, const TransformationContext&) {
  return false;
}

}  // namespace wafcheck::engine::transformations
