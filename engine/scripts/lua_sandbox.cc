#include "engine/scripts/lua_sandbox.h"

#include <iterator>
#include <lua.hpp>

namespace wafcheck::engine::inline scripts {
namespace {

constexpr luaL_Reg kLibraries[] = {{"_G", luaopen_base},
                                   {LUA_STRLIBNAME, luaopen_string},
                                   {LUA_TABLIBNAME, luaopen_table},
                                   {LUA_MATHLIBNAME, luaopen_math}};

/// What scripts do not get, by library.
struct Withheld {
  const char* library;
  const char* name;
};
constexpr Withheld kWithheld[] = {
    {"_G", "collectgarbage"}, {"_G", "dofile"}, {"_G", "load"},
    {"_G", "loadfile"},       {"_G", "print"},  {LUA_STRLIBNAME, "dump"},
    {LUA_TABLIBNAME, "move"},  // of a table without members, any number of them
};

lua_CFunction original(lua_State* lua) {
  return lua_tocfunction(lua, lua_upvalueindex(1));
}

/// Finalizers run where steps are not counted.
int set_metatable(lua_State* lua) {
  if (lua_istable(lua, 2)) {
    lua_pushliteral(lua, "__gc");
    if (lua_rawget(lua, 2) != LUA_TNIL) luaL_error(lua, "scripts have no finalizers");
    lua_pop(lua, 1);
  }
  return original(lua)(lua);
}

/// A metatable may give a table any length, which is then walked over.
int change_table(lua_State* lua) {
  luaL_checkany(lua, 1);
  if (luaL_getmetafield(lua, 1, "__len") != LUA_TNIL) {
    luaL_error(lua, "the table has a length of its own");
  }
  return original(lua)(lua);
}

/// Nothing, any number of times.
int repeat(lua_State* lua) {
  size_t text = 0, separator = 0;
  luaL_checklstring(lua, 1, &text);
  luaL_optlstring(lua, 3, "", &separator);
  if (text + separator > 0) return original(lua)(lua);
  lua_pushliteral(lua, "");
  return 1;
}

struct Checked {
  const char* library;
  const char* name;
  lua_CFunction check;
};
constexpr Checked kChecked[] = {{"_G", "setmetatable", set_metatable},
                                {LUA_TABLIBNAME, "insert", change_table},
                                {LUA_TABLIBNAME, "remove", change_table},
                                {LUA_STRLIBNAME, "rep", repeat}};

}  // namespace

void open_sandbox(lua_State* lua) {
  for (const auto& [name, open] : kLibraries) {
    luaL_requiref(lua, name, open, 1);
    lua_pop(lua, 1);
  }
  count_steps_of_patterns(lua);
  for (const auto& [library, name] : kWithheld) {
    lua_getglobal(lua, library);
    lua_pushnil(lua);
    lua_setfield(lua, -2, name);
    lua_pop(lua, 1);
  }
  for (const auto& [library, name, check] : kChecked) {
    lua_getglobal(lua, library);
    lua_getfield(lua, -1, name);
    lua_pushcclosure(lua, check, 1);
    lua_setfield(lua, -2, name);
    lua_pop(lua, 1);
  }
}

}  // namespace wafcheck::engine::inline scripts
