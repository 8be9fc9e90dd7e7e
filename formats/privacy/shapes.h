#pragma once
// What looks like a secret whatever its name is: tokens, keys, numbers of cards.

#include "formats/privacy/hidden.h"

namespace wafcheck::formats::inline privacy {

/// Hides the parts of a value that have the shape of a secret. Linear in the value.
void hide_shapes(Hidden& hidden);

}  // namespace wafcheck::formats::inline privacy
