#pragma once
// Rules inside files of other formats, as commands take them.

#include <optional>
#include <string>
#include <vector>

#include "cli/console.h"
#include "formats/embedded/files.h"

namespace wafcheck::cli {

/// The rulesets that inputs hold, with what is wrong printed: the console has failed then.
std::vector<formats::NamedRuleset> find_rulesets(formats::EmbeddedFiles& files,
                                                 const std::vector<std::string>& inputs,
                                                 Console& console);

/// The inputs of the one ruleset that a command evaluates. Nothing, with the reason printed, where
/// there are several or one cannot be read whole.
std::optional<std::vector<std::string>> one_ruleset(formats::EmbeddedFiles& files,
                                                    const std::vector<std::string>& inputs,
                                                    Console& console);

}  // namespace wafcheck::cli
