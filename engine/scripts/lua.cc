// Scripts by Lua 5.3, the version that Debian's libmodsecurity has.
//
// Errors of Lua jump over frames of C++: functions that Lua calls hold nothing that has a
// destructor while they call it. Exceptions of the host do not pass through Lua: they are kept, the
// script is ended, and they are thrown again behind it.

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <lua.hpp>

#include "engine/scripts/lua_sandbox.h"
#include "engine/scripts/script.h"

namespace wafcheck::engine::inline scripts {
namespace {

/// How often the steps are looked at.
constexpr int kStepsAtOnce = 100;
/// Bytes that count as a step when they are allocated: what copies them takes as long.
constexpr size_t kBytesOfStep = 64;
/// Beyond the steps, Lua can still make its error messages.
constexpr size_t kSmallBlock = 4096;
/// More transformations of one value are a mistake.
constexpr int kMostTransformations = 100;
constexpr std::string_view kNoMemory = "not enough memory";
/// The chunk's name in Lua, which cuts long ones: the path takes its place in messages.
constexpr std::string_view kChunk = "=\x01", kChunkShown = "\x01:";

/// One run.
struct Run {
  ScriptHost* host = nullptr;
  ScriptLimits limits;
  size_t memory = 0;  ///< in use
  size_t steps = 0;   ///< taken
  bool over_steps = false;
  std::exception_ptr thrown = nullptr;  ///< by the host
  std::vector<std::string_view> transformations{};
  std::vector<ScriptValue> values{};
};

Run& run_of(lua_State* lua) {
  void* run = nullptr;
  lua_getallocf(lua, &run);
  return *static_cast<Run*>(run);
}

void* allocate(void* user, void* block, size_t old_size, size_t size) {
  Run& run = *static_cast<Run*>(user);
  const size_t held = block == nullptr ? 0 : old_size;  // else it is a kind of object
  if (size == 0) {
    run.memory -= held;
    std::free(block);
    return nullptr;
  }
  if (size > held) {
    if (size - held > run.limits.memory - std::min(run.memory, run.limits.memory)) return nullptr;
    run.steps += size / kBytesOfStep;
    if (run.steps > run.limits.steps && size > kSmallBlock) return nullptr;
  }
  void* const moved = std::realloc(block, size);
  if (moved != nullptr) run.memory += size - held;
  return moved;
}

/// Raised again at each further step: a pcall() of the script does not get past it.
void end_run(lua_State* lua, lua_Debug*) {
  const Run& run = run_of(lua);
  luaL_error(lua, run.thrown ? "the transaction has ended" : "more than %d steps",
             static_cast<int>(std::min<size_t>(run.limits.steps, INT_MAX)));
}

void end_at_once(lua_State* lua) {
  lua_sethook(lua, end_run, LUA_MASKCOUNT, 1);
}

}  // namespace

void take_steps(lua_State* lua, size_t steps) {
  Run& run = run_of(lua);
  run.steps += steps;
  if (run.steps <= run.limits.steps) return;
  run.over_steps = true;
  end_at_once(lua);
  end_run(lua, nullptr);
}

namespace {

void count_steps(lua_State* lua, lua_Debug*) {
  take_steps(lua, kStepsAtOnce);
}

/// Calls the host; what it throws ends the script.
template <typename Call>
void ask_host(lua_State* lua, Call call) {
  Run& run = run_of(lua);
  try {
    call(*run.host);
  } catch (...) {
    run.thrown = std::current_exception();
  }
  if (!run.thrown) return;
  end_at_once(lua);
  luaL_error(lua, "the transaction has ended");
}

std::string_view string_at(lua_State* lua, int index) {
  size_t size = 0;
  const char* const text = luaL_checklstring(lua, index, &size);
  return {text, size};
}

/// The names in an argument that is one, a table of them, or missing.
void read_transformations(lua_State* lua, int index) {
  std::vector<std::string_view>& names = run_of(lua).transformations;
  names.clear();
  if (lua_isnoneornil(lua, index)) return;
  if (!lua_istable(lua, index)) {
    names.push_back(string_at(lua, index));
    return;
  }
  const lua_Unsigned count = lua_rawlen(lua, index);
  if (count > kMostTransformations) {
    luaL_error(lua, "more than %d transformations", kMostTransformations);
  }
  luaL_checkstack(lua, static_cast<int>(count), "transformations");
  for (lua_Unsigned at = 1; at <= count; ++at) {
    lua_rawgeti(lua, index, static_cast<lua_Integer>(at));  // stays there, as the name does
    names.push_back(string_at(lua, lua_gettop(lua)));
  }
}

int log(lua_State* lua) {
  const auto level = static_cast<int>(luaL_checkinteger(lua, 1));
  const std::string_view text = string_at(lua, 2);
  ask_host(lua, [&](ScriptHost& host) { host.log(level, text); });
  return 0;
}

int getvar(lua_State* lua) {
  const std::string_view name = string_at(lua, 1);
  read_transformations(lua, 2);
  std::optional<std::string_view> value;
  ask_host(lua, [&](ScriptHost& host) { value = host.value(name, run_of(lua).transformations); });
  if (value) {
    lua_pushlstring(lua, value->data(), value->size());
  } else {
    lua_pushnil(lua);
  }
  return 1;
}

int getvars(lua_State* lua) {
  const std::string_view name = string_at(lua, 1);
  read_transformations(lua, 2);
  Run& run = run_of(lua);
  run.values.clear();
  ask_host(lua, [&](ScriptHost& host) { host.values(name, run.transformations, run.values); });
  lua_createtable(lua, static_cast<int>(std::min<size_t>(run.values.size(), INT_MAX)), 0);
  lua_Integer number = 0;
  for (const auto& [variable, value] : run.values) {
    lua_createtable(lua, 0, 2);
    lua_pushlstring(lua, variable.data(), variable.size());
    lua_setfield(lua, -2, "name");
    lua_pushlstring(lua, value.data(), value.size());
    lua_setfield(lua, -2, "value");
    lua_rawseti(lua, -2, ++number);
  }
  return 1;
}

int setvar(lua_State* lua) {
  const std::string_view name = string_at(lua, 1);
  std::optional<std::string_view> value;
  if (!lua_isnil(lua, 2)) value = string_at(lua, 2);
  ask_host(lua, [&](ScriptHost& host) { host.set(name, value); });
  return 0;
}

constexpr luaL_Reg kHostFunctions[] = {
    {"log", log}, {"getvar", getvar}, {"getvars", getvars}, {"setvar", setvar}, {nullptr, nullptr}};

/// A Lua for one run; what it needs is freed whatever happens.
class Interpreter {
 public:
  explicit Interpreter(Run& run) : state_(lua_newstate(allocate, &run)) {
    run.transformations.reserve(kMostTransformations);
  }
  ~Interpreter() {
    if (state_ == nullptr) return;
    lua_sethook(state_, nullptr, 0, 0);
    lua_close(state_);
  }
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  /// Calls `function` with what `argument` points to; what it leaves on the stack is one value.
  int call(lua_CFunction function, const void* argument) {
    if (state_ == nullptr) return LUA_ERRMEM;
    // Neither of the two allocates.
    lua_pushcfunction(state_, function);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): Lua knows no other pointers
    lua_pushlightuserdata(state_, const_cast<void*>(argument));
    return lua_pcall(state_, 1, 1, 0);
  }
  /// The value that call() left, where it is a text or a number; nothing else.
  std::optional<std::string> text() {
    if (lua_type(state_, -1) != LUA_TSTRING) return std::nullopt;
    size_t size = 0;
    const char* const bytes = lua_tolstring(state_, -1, &size);
    return std::string(bytes, size);
  }
  const char* type() { return luaL_typename(state_, -1); }

 private:
  lua_State* state_;
};

std::string error_text(Interpreter& interpreter, int status, std::string_view path) {
  if (status == LUA_ERRMEM) return fmt::format("{}: {}", path, kNoMemory);
  const std::optional<std::string> message = interpreter.text();
  if (!message) return fmt::format("{}: an error that is a {}", path, interpreter.type());
  std::string text = *message;
  const std::string place = fmt::format("{}:", path);
  bool placed = false;
  for (size_t at = 0; (at = text.find(kChunkShown, at)) != std::string::npos; at += place.size()) {
    placed = placed || at == 0;
    text.replace(at, kChunkShown.size(), place);
  }
  return placed ? text : fmt::format("{} {}", place, text);
}

struct Compilation {
  std::string_view text;
  std::string* code = nullptr;
  bool failed = false;  ///< there is no memory for the code
};

int append_code(lua_State*, const void* bytes, size_t size, void* user) {
  auto& compilation = *static_cast<Compilation*>(user);
  try {
    compilation.code->append(static_cast<const char*>(bytes), size);
  } catch (const std::bad_alloc&) {
    compilation.failed = true;
  }
  return compilation.failed ? 1 : 0;
}

int compile(lua_State* lua) {
  auto* const compilation = static_cast<Compilation*>(lua_touserdata(lua, 1));
  const std::string_view text = compilation->text;
  if (luaL_loadbufferx(lua, text.data(), text.size(), kChunk.data(), "t") != LUA_OK) {
    return lua_error(lua);
  }
  if (lua_dump(lua, append_code, compilation, 0) != 0) luaL_error(lua, "%s", kNoMemory.data());
  return 0;
}

struct MainCall {
  std::string_view code;
  ScriptAccess access;
  std::optional<std::string_view> argument;
};

int call_main(lua_State* lua) {
  const auto& call = *static_cast<const MainCall*>(lua_touserdata(lua, 1));
  if (call.access == ScriptAccess::unsafe_libraries) {
    luaL_openlibs(lua);
  } else {
    open_sandbox(lua);
  }
  luaL_newlib(lua, kHostFunctions);
  lua_setglobal(lua, "m");
  if (luaL_loadbufferx(lua, call.code.data(), call.code.size(), kChunk.data(), "b") != LUA_OK) {
    return lua_error(lua);
  }
  lua_sethook(lua, count_steps, LUA_MASKCOUNT, kStepsAtOnce);
  lua_call(lua, 0, 0);
  if (lua_getglobal(lua, "main") != LUA_TFUNCTION) {
    return luaL_error(lua, "there is no function main");
  }
  if (call.argument) lua_pushlstring(lua, call.argument->data(), call.argument->size());
  lua_call(lua, call.argument ? 1 : 0, 1);
  if (lua_type(lua, -1) == LUA_TNUMBER) lua_tolstring(lua, -1, nullptr);
  return 1;
}

class LuaScript final : public Script {
 public:
  LuaScript(std::string_view path, std::string code, ScriptAccess access)
      : path_(path), code_(std::move(code)), access_(access) {}

  ScriptResult run(ScriptHost& host, std::optional<std::string_view> argument,
                   const ScriptLimits& limits) const override {
    Run run{.host = &host, .limits = limits};
    Interpreter interpreter(run);
    const MainCall call{code_, access_, argument};
    const int status = interpreter.call(call_main, &call);
    if (run.thrown) std::rethrow_exception(run.thrown);
    ScriptResult result;
    if (run.over_steps || run.steps > limits.steps) {
      result.over_limit = true;
      result.error = fmt::format("{}: more than {} steps", path_, limits.steps);
    } else if (status != LUA_OK) {
      result.error = error_text(interpreter, status, path_);
      // Buffers of Lua's library say it in words of an ordinary error.
      result.over_limit = status == LUA_ERRMEM || result.error.contains(kNoMemory);
      if (result.over_limit) {
        result.error = fmt::format("{}: more than {} bytes of memory", path_, limits.memory);
      }
    } else if (auto text = interpreter.text(); text && !text->empty()) {
      result.matched = std::move(text);
    }
    return result;
  }

 private:
  const std::string path_;
  const std::string code_;  ///< as lua_dump() writes it
  const ScriptAccess access_;
};

}  // namespace

Result<std::unique_ptr<const Script>> compile_script(std::string_view path, std::string_view text,
                                                     ScriptAccess access) {
  constexpr ScriptLimits kLimits{.steps = SIZE_MAX, .memory = size_t{64} << 20};
  Run run{.limits = kLimits};
  std::string code;
  Interpreter interpreter(run);
  Compilation compilation{.text = text, .code = &code};
  const int status = interpreter.call(compile, &compilation);
  if (status != LUA_OK) return fail(error_text(interpreter, status, path));
  return std::make_unique<const LuaScript>(path, std::move(code), access);
}

}  // namespace wafcheck::engine::inline scripts
