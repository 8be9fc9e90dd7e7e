#include "engine/state/tx_store.h"

#include "parser/base/ascii.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::inline state {
namespace {

/// What a name made up at run time takes besides its bytes.
constexpr size_t kBytesOfName = 256;

}  // namespace

void TxStore::clear() {
  added_.clear();
  order_.clear();
  set_ = 0;
  clock_ = 0;
  slots_.resize(program_.tx_names.size());
  for (size_t slot = 0; slot < slots_.size(); ++slot) {
    const TxName& name = program_.tx_names[slot];
    slots_[slot] = {.name = name.name, .hash = name.hash};
  }
  if (program_.semantics().captures_preset) {
    for (int32_t slot = 0; slot <= 10; ++slot) set(slot, strings_.intern(""));
  }
  for (const auto& [name, value] : program_.pinned_tx) {
    const int32_t slot = program_.tx_slot(name);
    set(slot, strings_.copy(value));
    slots_[static_cast<size_t>(slot)].pinned = true;
  }
}

int32_t TxStore::find(std::string_view name, uint32_t hash) const {
  for (const NameIndex* index : {&program_.tx_slots, &added_}) {
    const auto [begin, end] = index->equal_range(hash);
    for (auto it = begin; it != end; ++it) {
      if (iequals((*this)[it->second].name, name)) return it->second;
    }
  }
  return -1;
}

int32_t TxStore::find_or_add(std::string_view name) {
  const uint32_t hash = name_hash(name);
  if (const int32_t slot = find(name, hash); slot >= 0) return slot;
  arena_.spend(kBytesOfName + name.size());
  const auto slot = static_cast<int32_t>(slots_.size());
  slots_.push_back({.name = arena_.copy(name), .hash = hash});
  added_.emplace(hash, slot);
  return slot;
}

std::string_view TxStore::text(int32_t slot) const {
  return slot >= 0 && (*this)[slot].set ? strings_[(*this)[slot].value] : std::string_view();
}

void TxStore::set(int32_t slot, StringId value) {
  TxVariable& variable = slots_[static_cast<size_t>(slot)];
  variable.value = value;
  if (variable.set) return;
  variable.set = true;
  variable.place = static_cast<uint32_t>(order_.size());
  order_.push_back({slot, 0});
  ++set_;
}

void TxStore::set(std::string_view name, std::string_view value) {
  set(find_or_add(name), strings_.copy(value));
}

void TxStore::unset(int32_t slot) {
  TxVariable& variable = slots_[static_cast<size_t>(slot)];
  if (!variable.set) return;
  variable.set = false;
  order_[variable.place].left = ++clock_;
  --set_;
}

void TxStore::drop_unset() {
  std::erase_if(order_, [](const Placed& placed) { return placed.left != 0; });
  for (size_t at = 0; at < order_.size(); ++at) {
    slots_[static_cast<size_t>(order_[at].slot)].place = static_cast<uint32_t>(at);
  }
}

}  // namespace wafcheck::engine::inline state
