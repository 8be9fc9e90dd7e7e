#pragma once
// What is being typed at a place, in rules that need not be complete.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parser/language/language.h"

namespace wafcheck::cli::lsp {

/// What a word at the cursor may be.
enum class Wanted : uint8_t {
  nothing,
  directive,
  choice,  ///< a word of Cursor::row
  id,      ///< of a rule that is there
  new_id,  ///< one that no rule has
  tag,
  marker,
  file,
  target,    ///< a variable
  selector,  ///< of Cursor::variable
  op,        ///< with its @
  action,
  transformation,
  ctl,
  ctl_value,  ///< of Cursor::ctl, a choice
  phase,
  severity,
  variable_name,  ///< TX.score, for setvar
  macro,          ///< behind %{
};

struct Cursor {
  Wanted wanted = Wanted::nothing;
  std::string word;  ///< what is written of it
  const parser::DirectiveInfo* row = nullptr;
  const parser::CtlInfo* ctl = nullptr;
  parser::Variable variable = parser::Variable::ARGS;
};

/// `before`: the text up to the cursor.
Cursor read_cursor(std::string_view before);

}  // namespace wafcheck::cli::lsp
