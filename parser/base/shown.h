#pragma once
// Bytes of others as text that a person is shown: nothing in it moves the cursor of a terminal,
// cannot be seen, or is read in another order than it is written in.

#include <cstdint>
#include <string>
#include <string_view>

namespace wafcheck {

/// Unicode's format and space characters, and the controls above ASCII.
bool is_unseen(char32_t character);

/// One line: control characters, line ends and tabs too, and bytes that are no UTF-8 as `\xHH`,
/// characters that cannot be seen as `<U+202E>`.
std::string readable(std::string_view bytes);

/// The same with line ends and tabs as they are.
std::string readable_lines(std::string_view bytes);

/// 1234567 as "1,234,567".
std::string grouped(uint64_t number);

}  // namespace wafcheck
