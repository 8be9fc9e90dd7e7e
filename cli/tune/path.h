#pragma once
// Paths of requests as exclusions name them: literally, or with an expression in place of each
// number, date or identifier.

#include <string>
#include <string_view>

namespace wafcheck::cli::inline tune {

/// The expression for the paths that differ from `path` only in numbers, dates, UUIDs and
/// hexadecimal identifiers, each a segment of its own, with or without an extension: "/item/42" is
/// "^/item/[0-9]+$". Empty where no segment is one.
std::string path_template(std::string_view path);

/// The expression that matches `text` alone, anchored.
std::string exact_expression(std::string_view text);

/// `text` in an expression that every engine's @rx reads: no byte of it is special there or in a
/// quoted argument of a directive.
std::string quoted_in_expression(std::string_view text);

/// Whether `text` can stand as it is in a quoted argument of an operator: no macro, escape, quote
/// or blank in it.
bool is_plain_argument(std::string_view text);

}  // namespace wafcheck::cli::inline tune
