#pragma once
// The libraries that scripts get.

#include <cstddef>

struct lua_State;

namespace wafcheck::engine::inline scripts {

/// Opens the base, string, table and math libraries without what reads files, writes, loads code,
/// or works for long without taking a step. May raise an error of Lua.
void open_sandbox(lua_State* lua);

/// Part of that: puts functions of patterns into the string library that take steps.
void count_steps_of_patterns(lua_State* lua);

/// Takes steps of the run; raises an error where none are left. Defined with what counts them.
void take_steps(lua_State* lua, size_t steps);

}  // namespace wafcheck::engine::inline scripts
