#pragma once
// The lines of a file as libmodsecurity's scanner counts them.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "parser/syntax/syntax.h"

namespace wafcheck::parser::inline ruleset {

/// How many line ends of a directive, and of what stands between it and the next one at `next`,
/// that scanner does not count: in its logs, all rules behind them are so many lines higher.
/// `source`: the bytes of the file.
uint32_t uncounted_lines(const DirectiveNode& node, std::string_view source, size_t next);

}  // namespace wafcheck::parser::inline ruleset
