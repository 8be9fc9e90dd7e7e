#pragma once
// The TX variables of a transaction. Those that rules name literally have fixed slots, as compiled;
// names made up at run time get the slots after them.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/program/program_data.h"
#include "engine/state/strings.h"
#include "parser/base/arena.h"

namespace wafcheck::engine::inline state {

struct TxVariable {
  std::string_view name;
  uint32_t hash = 0;  ///< name_hash(name)
  StringId value = 0;
  bool set = false;
  bool pinned = false;   ///< keeps its value
  bool ignored = false;  ///< an assignment to it was ignored
  uint32_t place = 0;    ///< in the order of setting, while it is set
};

class TxStore {
 public:
  /// Names are copied to `arena`, values are strings of `strings`.
  TxStore(const ProgramData& program, Arena& arena, StringTable& strings)
      : program_(program), arena_(arena), strings_(strings) {}

  /// Nothing is set but what is pinned. Keeps memory.
  void clear();

  /// The slot of a name, compared without case; -1: there is none.
  int32_t find(std::string_view name) const { return find(name, name_hash(name)); }
  /// The same, with a new slot where there is none.
  int32_t find_or_add(std::string_view name);
  const TxVariable& operator[](int32_t slot) const { return slots_[static_cast<size_t>(slot)]; }
  /// The value in a slot; data() is null where it is unset or the slot is -1.
  std::string_view text(int32_t slot) const;

  /// A variable that was unset comes last in the order.
  void set(int32_t slot, StringId value);
  void set(std::string_view name, std::string_view value);
  /// The same name in other letters.
  void rename(int32_t slot, std::string_view name) {
    std::string_view& known = slots_[static_cast<size_t>(slot)].name;
    if (known != name) known = arena_.copy(name);
  }
  void unset(int32_t slot);
  /// Notes that an assignment to a pinned variable is ignored; true the first time.
  bool first_ignored(int32_t slot) {
    return !std::exchange(slots_[static_cast<size_t>(slot)].ignored, true);
  }

  /// Calls `visit(variable)` for each variable that is set, in the order in which they were.
  /// Variables may be set and unset meanwhile: visited are those that were set before and still
  /// are, with the value they have when it is their turn.
  template <typename Visit>
  void each(Visit visit) {
    if (order_.size() > 2 * set_ + kSpare) drop_unset();
    const size_t count = order_.size();
    const uint32_t since = clock_;
    for (size_t at = 0; at < count; ++at) {
      const Placed placed = order_[at];
      if (placed.left != 0 && placed.left <= since) continue;
      const TxVariable variable = (*this)[placed.slot];
      if (variable.set) visit(variable);
    }
  }

 private:
  static constexpr size_t kSpare = 32;  ///< places of variables since unset that are put up with

  struct Placed {
    int32_t slot = 0;
    uint32_t left = 0;  ///< when it was unset, by clock_; 0: it is set
  };

  int32_t find(std::string_view name, uint32_t hash) const;
  void drop_unset();

  const ProgramData& program_;
  Arena& arena_;
  StringTable& strings_;
  std::vector<TxVariable> slots_;
  NameIndex added_;  ///< slots of names made up at run time
  std::vector<Placed> order_;
  size_t set_ = 0;      ///< variables that are set
  uint32_t clock_ = 0;  ///< counts unset()
};

}  // namespace wafcheck::engine::inline state
