#pragma once

#include "fuzz.h"
#include "parser/language/semantics.h"

namespace wafcheck::fuzz {

/// The profile that the first byte stands for.
inline parser::Profile profile(std::string_view& bytes) {
  constexpr parser::Profile kProfiles[] = {parser::Profile::standard, parser::Profile::modsecurity2,
                                           parser::Profile::modsecurity3, parser::Profile::coraza};
  return kProfiles[choice(bytes, 4)];
}

}  // namespace wafcheck::fuzz
