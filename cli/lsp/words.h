#pragma once
// What the tables of the language say about a word, as Markdown.

#include <string>
#include <string_view>

#include "lint/analysis/capabilities.h"
#include "parser/language/language.h"

namespace wafcheck::cli::lsp {

std::string markdown(const parser::DirectiveInfo& row);
std::string markdown(const parser::VariableInfo& row);
std::string markdown(const parser::OperatorInfo& row);
std::string markdown(const parser::TransformationInfo& row);
std::string markdown(const parser::ActionInfo& row);
std::string markdown(const parser::CtlInfo& row);

}  // namespace wafcheck::cli::lsp
