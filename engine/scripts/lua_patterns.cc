// string.find, match, gmatch and gsub with patterns as Lua 5.3 has them, but a step for each
// character that is tried: a pattern may try a text's characters in very many ways.
// https://www.lua.org/manual/5.3/manual.html#6.4.1

#include <array>
#include <cctype>
#include <cstring>
#include <lua.hpp>
#include <string_view>
#include <utility>

#include "engine/scripts/lua_sandbox.h"

namespace wafcheck::engine::inline scripts {
namespace {

constexpr int kMostCaptures = 32;
constexpr int kMostDepth = 200;
constexpr size_t kStepsAtOnce = 1000;
constexpr std::string_view kSpecial = "^$*+?.([%-";

std::string_view text_of(lua_State* lua, int index) {
  size_t size = 0;
  const char* const text = luaL_checklstring(lua, index, &size);
  return {text, size};
}

bool is_class(unsigned char byte, unsigned char name) {
  bool is = false;
  switch (std::tolower(name)) {
    case 'a':
      is = std::isalpha(byte) != 0;
      break;
    case 'c':
      is = std::iscntrl(byte) != 0;
      break;
    case 'd':
      is = std::isdigit(byte) != 0;
      break;
    case 'g':
      is = std::isgraph(byte) != 0;
      break;
    case 'l':
      is = std::islower(byte) != 0;
      break;
    case 'p':
      is = std::ispunct(byte) != 0;
      break;
    case 's':
      is = std::isspace(byte) != 0;
      break;
    case 'u':
      is = std::isupper(byte) != 0;
      break;
    case 'w':
      is = std::isalnum(byte) != 0;
      break;
    case 'x':
      is = std::isxdigit(byte) != 0;
      break;
    default:
      return name == byte;
  }
  return is != (std::isupper(name) != 0);
}

/// One search for a pattern. Errors of Lua may end it anywhere, so it holds nothing.
class Matcher {
 public:
  Matcher(lua_State* lua, std::string_view text, std::string_view pattern)
      : lua_(lua),
        begin_(text.data()),
        end_(text.data() + text.size()),
        pattern_(pattern.data()),
        pattern_end_(pattern.data() + pattern.size()) {}

  /// The end of what the pattern matches from `at` on; null: it does not match there.
  const char* match_at(const char* at) {
    captures_ = depth_ = 0;
    return match(at, pattern_);
  }
  void count_rest() { take_steps(lua_, std::exchange(steps_, 0)); }

  /// Pushes all captures, or the whole match where there are none; how many these are.
  int push_captures(const char* from, const char* to, bool whole) {
    const int count = captures_ == 0 && whole ? 1 : captures_;
    luaL_checkstack(lua_, count, "too many captures");
    for (int number = 0; number < count; ++number) push_capture(number, from, to);
    return count;
  }

  void push_capture(int number, const char* from, const char* to) {
    if (number == 0 && captures_ == 0) {
      lua_pushlstring(lua_, from, static_cast<size_t>(to - from));
      return;
    }
    if (number >= captures_) luaL_error(lua_, "invalid capture index %%%d", number + 1);
    const Capture& capture = found_[static_cast<size_t>(number)];
    if (capture.kind == Capture::open) luaL_error(lua_, "unfinished capture");
    if (capture.kind == Capture::position) {
      lua_pushinteger(lua_, capture.from - begin_ + 1);
    } else {
      lua_pushlstring(lua_, capture.from, static_cast<size_t>(capture.to - capture.from));
    }
  }

 private:
  struct Capture {
    enum Kind : uint8_t { open, closed, position };
    const char *from, *to;
    Kind kind;
  };

  void step() {
    if (++steps_ >= kStepsAtOnce) count_rest();
  }

  /// Where the single-character item at `item` ends.
  const char* item_end(const char* item) {
    const char first = *item++;
    if (first == '%') {
      if (item == pattern_end_) luaL_error(lua_, "malformed pattern (ends with '%%')");
      return item + 1;
    }
    if (first != '[') return item;
    if (item != pattern_end_ && *item == '^') ++item;
    do {
      if (item == pattern_end_) luaL_error(lua_, "malformed pattern (missing ']')");
      if (*item++ == '%' && item != pattern_end_) ++item;
    } while (item == pattern_end_ || *item != ']');
    return item + 1;
  }

  /// `set` begins at its bracket, `last` is the closing one.
  static bool in_set(char byte, const char* set, const char* last) {
    const auto value = static_cast<unsigned char>(byte);
    const bool positive = *++set != '^';
    if (!positive) ++set;
    while (set < last) {
      if (*set == '%') {
        if (is_class(value, static_cast<unsigned char>(set[1]))) return positive;
        set += 2;
      } else if (set[1] == '-' && set + 2 < last) {
        const auto low = static_cast<unsigned char>(set[0]);
        const auto high = static_cast<unsigned char>(set[2]);
        if (low <= value && value <= high) return positive;
        set += 3;
      } else if (*set++ == byte) {
        return positive;
      }
    }
    return !positive;
  }

  bool matches_one(const char* at, const char* item, const char* after) {
    step();
    if (at == end_) return false;
    switch (*item) {
      case '.':
        return true;
      case '%':
        return is_class(static_cast<unsigned char>(*at), static_cast<unsigned char>(item[1]));
      case '[':
        return in_set(*at, item, after - 1);
      default:
        return *item == *at;
    }
  }

  const char* match(const char* at, const char* item) {
    if (++depth_ > kMostDepth) luaL_error(lua_, "pattern too complex");
    const char* const end = match_items(at, item);
    --depth_;
    return end;
  }

  const char* match_items(const char* at, const char* item) {
    while (item != pattern_end_) {
      const char next = item + 1 == pattern_end_ ? '\0' : item[1];
      if (*item == '(') {
        return next == ')' ? begin_capture(at, item + 2, Capture::position)
                           : begin_capture(at, item + 1, Capture::open);
      }
      if (*item == ')') return end_capture(at, item + 1);
      if (*item == '$' && item + 1 == pattern_end_) return at == end_ ? at : nullptr;
      if (*item == '%' && (next == 'b' || next == 'f' || std::isdigit(next) != 0)) {
        at = next == 'b'   ? match_balance(at, item + 2)
             : next == 'f' ? match_frontier(at, item + 2)
                           : match_again(at, next);
        if (at == nullptr) return nullptr;
        item = next == 'b' ? item + 4 : next == 'f' ? item_end(item + 2) : item + 2;
        continue;
      }
      const char* const after = item_end(item);
      switch (after == pattern_end_ ? '\0' : *after) {
        case '?':
          if (matches_one(at, item, after)) {
            if (const char* const end = match(at + 1, after + 1)) return end;
          }
          item = after + 1;
          break;
        case '+':
          return matches_one(at, item, after) ? match_most(at + 1, item, after) : nullptr;
        case '*':
          return match_most(at, item, after);
        case '-':
          return match_least(at, item, after);
        default:
          if (!matches_one(at, item, after)) return nullptr;
          ++at;
          item = after;
      }
    }
    return at;
  }

  const char* match_most(const char* at, const char* item, const char* after) {
    const char* last = at;
    while (matches_one(last, item, after)) ++last;
    for (; last >= at; --last) {
      step();
      if (const char* const end = match(last, after + 1)) return end;
    }
    return nullptr;
  }

  const char* match_least(const char* at, const char* item, const char* after) {
    while (true) {
      if (const char* const end = match(at, after + 1)) return end;
      if (!matches_one(at, item, after)) return nullptr;
      ++at;
    }
  }

  const char* begin_capture(const char* at, const char* rest, Capture::Kind kind) {
    if (captures_ >= kMostCaptures) luaL_error(lua_, "too many captures");
    found_[static_cast<size_t>(captures_++)] = {at, at, kind};
    const char* const end = match(at, rest);
    if (end == nullptr) --captures_;
    return end;
  }

  const char* end_capture(const char* at, const char* rest) {
    int number = captures_ - 1;
    while (number >= 0 && found_[static_cast<size_t>(number)].kind != Capture::open) --number;
    if (number < 0) luaL_error(lua_, "invalid pattern capture");
    Capture& capture = found_[static_cast<size_t>(number)];
    capture.to = at;
    capture.kind = Capture::closed;
    const char* const end = match(at, rest);
    if (end == nullptr) capture.kind = Capture::open;
    return end;
  }

  const char* match_balance(const char* at, const char* pair) {
    if (pattern_end_ - pair < 2) luaL_error(lua_, "malformed pattern (missing arguments to '%%b')");
    if (at == end_ || *at != pair[0]) return nullptr;
    int open = 1;
    for (const char* byte = at + 1; byte < end_; ++byte) {
      step();
      if (*byte == pair[1]) {
        if (--open == 0) return byte + 1;
      } else if (*byte == pair[0]) {
        ++open;
      }
    }
    return nullptr;
  }

  const char* match_frontier(const char* at, const char* set) {
    if (set == pattern_end_ || *set != '[') {
      luaL_error(lua_, "missing '[' after '%%f' in pattern");
    }
    const char* const last = item_end(set) - 1;
    const char before = at == begin_ ? '\0' : at[-1];
    const char here = at == end_ ? '\0' : *at;
    step();
    return !in_set(before, set, last) && in_set(here, set, last) ? at : nullptr;
  }

  /// What a capture has matched, once more.
  const char* match_again(const char* at, char digit) {
    const int number = digit - '1';
    const bool closed = number >= 0 && number < captures_ &&
                        found_[static_cast<size_t>(number)].kind == Capture::closed;
    if (!closed) luaL_error(lua_, "invalid capture index %%%d", number + 1);
    const Capture& capture = found_[static_cast<size_t>(number)];
    const std::string_view wanted(capture.from, static_cast<size_t>(capture.to - capture.from));
    steps_ += wanted.size();
    step();
    const bool same = std::string_view(at, static_cast<size_t>(end_ - at)).starts_with(wanted);
    return same ? at + wanted.size() : nullptr;
  }

  lua_State* lua_;
  const char *begin_, *end_, *pattern_, *pattern_end_;
  int depth_ = 0, captures_ = 0;
  size_t steps_ = 0;
  std::array<Capture, kMostCaptures> found_;  // the first captures_ are filled
};

/// A place in a text as functions of strings count it, from 1, or from the end if negative.
size_t offset_of(lua_Integer place, size_t size) {
  if (place > 0) return static_cast<size_t>(place) - 1;
  const auto back = static_cast<size_t>(-(place + 1)) + 1;
  return place == 0 || back > size ? 0 : size - back;
}

int push_place(lua_State* lua, size_t offset, size_t size) {
  lua_pushinteger(lua, static_cast<lua_Integer>(offset + 1));
  lua_pushinteger(lua, static_cast<lua_Integer>(offset + size));
  return 2;
}

int push_nothing(lua_State* lua) {
  lua_pushnil(lua);
  return 1;
}

int search(lua_State* lua, bool find) {
  const std::string_view text = text_of(lua, 1);
  std::string_view pattern = text_of(lua, 2);
  const size_t first = offset_of(luaL_optinteger(lua, 3, 1), text.size());
  if (first > text.size()) return push_nothing(lua);
  const bool plain =
      lua_toboolean(lua, 4) != 0 || pattern.find_first_of(kSpecial) == std::string_view::npos;
  if (find && plain) {
    take_steps(lua, text.size() / 64);
    const void* const at =
        memmem(text.data() + first, text.size() - first, pattern.data(), pattern.size());
    if (at == nullptr) return push_nothing(lua);
    const auto offset = static_cast<size_t>(static_cast<const char*>(at) - text.data());
    return push_place(lua, offset, pattern.size());
  }
  const bool anchored = pattern.starts_with('^');
  if (anchored) pattern.remove_prefix(1);
  Matcher matcher(lua, text, pattern);
  for (size_t at = first; at <= text.size(); ++at) {
    const char* const from = text.data() + at;
    const char* const to = matcher.match_at(from);
    if (to != nullptr) {
      matcher.count_rest();
      if (!find) return matcher.push_captures(from, to, true);
      push_place(lua, at, static_cast<size_t>(to - from));
      return 2 + matcher.push_captures(from, to, false);
    }
    if (anchored) break;
  }
  matcher.count_rest();
  return push_nothing(lua);
}

int find(lua_State* lua) {
  return search(lua, true);
}

int match(lua_State* lua) {
  return search(lua, false);
}

/// Upvalues: text, pattern, the place to go on from, and the end of the match before.
int next_match(lua_State* lua) {
  const std::string_view text = text_of(lua, lua_upvalueindex(1));
  Matcher matcher(lua, text, text_of(lua, lua_upvalueindex(2)));
  const lua_Integer last = lua_tointeger(lua, lua_upvalueindex(4));
  const auto size = static_cast<lua_Integer>(text.size());
  for (lua_Integer at = lua_tointeger(lua, lua_upvalueindex(3)); at <= size; ++at) {
    const char* const from = text.data() + at;
    const char* const to = matcher.match_at(from);
    if (to == nullptr || to - text.data() == last) continue;
    lua_pushinteger(lua, to - text.data());
    lua_copy(lua, -1, lua_upvalueindex(3));
    lua_replace(lua, lua_upvalueindex(4));
    matcher.count_rest();
    return matcher.push_captures(from, to, true);
  }
  matcher.count_rest();
  return 0;
}

int each_match(lua_State* lua) {
  text_of(lua, 1);
  text_of(lua, 2);
  lua_settop(lua, 2);
  lua_pushinteger(lua, 0);
  lua_pushinteger(lua, -1);
  lua_pushcclosure(lua, next_match, 4);
  return 1;
}

/// Adds the replacement text, its %0 to %9 being what was matched.
void add_text(lua_State* lua, luaL_Buffer& result, Matcher& matcher, const char* from,
              const char* to) {
  const std::string_view text = text_of(lua, 3);
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      luaL_addchar(&result, text[at]);
      continue;
    }
    const char what = ++at == text.size() ? '\0' : text[at];
    if (what == '%') {
      luaL_addchar(&result, what);
    } else if (what == '0') {
      luaL_addlstring(&result, from, static_cast<size_t>(to - from));
    } else if (std::isdigit(what) != 0) {
      matcher.push_capture(what - '1', from, to);
      luaL_tolstring(lua, -1, nullptr);  // a position is a number
      lua_remove(lua, -2);
      luaL_addvalue(&result);
    } else {
      luaL_error(lua, "invalid use of '%%' in replacement string");
    }
  }
}

void add_replacement(lua_State* lua, luaL_Buffer& result, Matcher& matcher, const char* from,
                     const char* to) {
  const int type = lua_type(lua, 3);
  if (type == LUA_TFUNCTION) {
    lua_pushvalue(lua, 3);
    lua_call(lua, matcher.push_captures(from, to, true), 1);
  } else if (type == LUA_TTABLE) {
    matcher.push_capture(0, from, to);
    lua_gettable(lua, 3);
  } else {
    return add_text(lua, result, matcher, from, to);
  }
  if (lua_toboolean(lua, -1) == 0) {
    lua_pop(lua, 1);
    lua_pushlstring(lua, from, static_cast<size_t>(to - from));
  } else if (lua_isstring(lua, -1) == 0) {
    luaL_error(lua, "invalid replacement value (a %s)", luaL_typename(lua, -1));
  }
  luaL_addvalue(&result);
}

int replace(lua_State* lua) {
  const std::string_view text = text_of(lua, 1);
  std::string_view pattern = text_of(lua, 2);
  const int type = lua_type(lua, 3);
  luaL_argcheck(
      lua,
      type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION || type == LUA_TTABLE, 3,
      "string/function/table expected");
  const lua_Integer most = luaL_optinteger(lua, 4, static_cast<lua_Integer>(text.size()) + 1);
  const bool anchored = pattern.starts_with('^');
  if (anchored) pattern.remove_prefix(1);
  Matcher matcher(lua, text, pattern);
  luaL_Buffer result;
  luaL_buffinit(lua, &result);
  const char* const end = text.data() + text.size();
  const char *at = text.data(), *last = nullptr;
  lua_Integer count = 0;
  while (count < most) {
    const char* const to = matcher.match_at(at);
    if (to != nullptr && to != last) {
      ++count;
      add_replacement(lua, result, matcher, at, to);
      at = last = to;
    } else if (at < end) {
      luaL_addchar(&result, *at);
      ++at;
    } else {
      break;
    }
    if (anchored) break;
  }
  matcher.count_rest();
  luaL_addlstring(&result, at, static_cast<size_t>(end - at));
  luaL_pushresult(&result);
  lua_pushinteger(lua, count);
  return 2;
}

constexpr luaL_Reg kFunctions[] = {{"find", find},
                                   {"gmatch", each_match},
                                   {"gsub", replace},
                                   {"match", match},
                                   {nullptr, nullptr}};

}  // namespace

void count_steps_of_patterns(lua_State* lua) {
  lua_getglobal(lua, LUA_STRLIBNAME);
  luaL_setfuncs(lua, kFunctions, 0);
  lua_pop(lua, 1);
}

}  // namespace wafcheck::engine::inline scripts
