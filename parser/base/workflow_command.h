#pragma once
// Annotations of GitHub Actions: a workflow command is a line on standard output.
// Source: "Workflow commands for GitHub Actions", setting an error message.

#include <string>
#include <string_view>

namespace wafcheck {

/// The message of a command: one line, what a terminal cannot take escaped.
std::string workflow_message(std::string_view bytes);
/// The value of one of its properties, in which the separators of properties are escaped, too.
std::string workflow_property(std::string_view bytes);

}  // namespace wafcheck
