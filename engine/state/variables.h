#pragma once
// What rules may read of a transaction: the members of each collection, and scalars.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/program/program_data.h"
#include "engine/state/strings.h"
#include "parser/base/arena.h"
#include "parser/language/language.h"

namespace wafcheck::engine::inline state {

/// A member of a collection, or a scalar's value (its key is empty).
struct Member {
  std::string_view key;
  uint32_t hash = 0;  ///< of the key
  StringId value = 0;
  uint32_t offset = 0;  ///< where in the request it stands; see Variables::position()
};

class Variables {
 public:
  /// Keys are copied to `arena`, values are strings of `strings`.
  Variables(Arena& arena, StringTable& strings) : arena_(arena), strings_(strings) {}

  /// Keeps memory.
  void clear();

  /// Where in the request that stands which is set or added next, as ModSecurity 3 counts: a line's
  /// end is one byte, and the empty line before a body is none.
  size_t position() const { return position_; }
  void advance(size_t bytes) { position_ += bytes; }
  /// While it lives, another position holds.
  class At {
   public:
    At(Variables& variables, size_t position)
        : variables_(variables), before_(std::exchange(variables.position_, position)) {}
    ~At() { variables_.position_ = before_; }
    At(const At&) = delete;
    At& operator=(const At&) = delete;

   private:
    Variables& variables_;
    size_t before_;
  };
  static constexpr size_t kNowhere = UINT32_MAX;

  /// Where a scalar's values stand, each that it ever had.
  struct Place {
    parser::Variable variable;
    size_t offset, length;
  };
  const std::vector<Place>& places() const { return places_; }
  void add_place(parser::Variable variable, size_t offset, size_t length) {
    if (offset != kNowhere) places_.push_back({variable, offset, length});
  }
  void forget_places(parser::Variable variable) {
    std::erase_if(places_, [&](const Place& place) { return place.variable == variable; });
  }
  /// The scalar that was set last takes up so many bytes, not as many as its value.
  void takes_up(size_t length) {
    if (!places_.empty()) places_.back().length = length;
  }

  /// Adds a member. A key that is handed in with a StringId must live as long as the arena.
  void add(parser::Variable variable, std::string_view key, StringId value);
  void add(parser::Variable variable, std::string_view key, std::string_view value);
  /// Makes it the only one.
  void set(parser::Variable variable, std::string_view value);
  void set(parser::Variable variable, int64_t value);
  /// Takes away all members.
  void unset(parser::Variable variable);

  /// Adds an argument to `collection` and to ARGS, with its name to the collections of names.
  void add_argument(parser::Variable collection, std::string_view name, std::string_view value);
  /// How many arguments were added so.
  size_t arguments() const { return arguments_; }
  /// Sets a member of ARGS_PATH, and of ARGS with it: one of that name is replaced.
  void set_path_argument(std::string_view name, std::string_view value);

  const std::vector<Member>& members(parser::Variable variable) const {
    return members_[static_cast<size_t>(variable)];
  }
  /// The places of members in the order of ModSecurity 3's tables, one for each; lives as long as
  /// the arena.
  const uint32_t* table_order(parser::Variable variable);
  /// The first member's value, or the scalar's.
  std::optional<std::string_view> first(parser::Variable variable) const;
  std::string_view first_or_empty(parser::Variable variable) const {
    return first(variable).value_or(std::string_view());
  }

  /// Counts the changes of a variable.
  uint32_t version(parser::Variable variable) const {
    return versions_[static_cast<size_t>(variable)];
  }
  /// Notes a change of what a variable shows that is held elsewhere (the XML document).
  void touch(parser::Variable variable) {
    ++versions_[static_cast<size_t>(variable)];
    ++changes_;
  }
  /// Counts the changes of all variables.
  uint32_t changes() const { return changes_; }

 private:
  std::vector<Member>& of(parser::Variable variable) {
    return members_[static_cast<size_t>(variable)];
  }

  Arena& arena_;
  StringTable& strings_;
  std::array<std::vector<Member>, kVariables> members_;
  std::array<uint32_t, kVariables> versions_{};
  uint32_t changes_ = 0;
  size_t arguments_ = 0;
  size_t position_ = 0;
  std::vector<Place> places_;

  struct Order {
    uint32_t version = 0;  ///< one more than that of its variable; 0: not asked yet
    const uint32_t* places = nullptr;
  };
  std::array<Order, kVariables> orders_{};
};

}  // namespace wafcheck::engine::inline state
