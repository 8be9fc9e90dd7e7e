#pragma once
// A payload put into one place of a request, in the encoding that belongs there.

#include <optional>
#include <string_view>

#include "cli/tune/evidence.h"
#include "formats/traffic/traffic.h"

namespace wafcheck::cli::inline tune {

/// The request with `payload` in place of `value`, which `target` has in it. Nothing where the
/// place is not found, or no value of its own (a count, the path).
std::optional<formats::Exchange> with_payload(const formats::Exchange& exchange,
                                              const TargetName& target, std::string_view value,
                                              std::string_view payload);

}  // namespace wafcheck::cli::inline tune
