#include "engine/state/variables.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/state/table_order.h"
#include "parser/base/ascii.h"

namespace wafcheck::engine::inline state {

using parser::Variable;

namespace {

constexpr size_t kBytesOfMember = 2 * sizeof(Member);  // lists double as they grow

}  // namespace

void Variables::clear() {
  for (std::vector<Member>& members : members_) members.clear();
  versions_ = {};
  changes_ = 0;
  orders_ = {};
  arguments_ = 0;
  position_ = 0;
  places_.clear();
}

void Variables::add(Variable variable, std::string_view key, StringId value) {
  arena_.spend(kBytesOfMember);
  of(variable).push_back({key, name_hash(key), value, static_cast<uint32_t>(position_)});
  touch(variable);
}

void Variables::add(Variable variable, std::string_view key, std::string_view value) {
  add(variable, arena_.copy(key), strings_.copy(value));
}

void Variables::set(Variable variable, std::string_view value) {
  of(variable).clear();
  of(variable).push_back({{}, name_hash({}), strings_.copy(value)});
  add_place(variable, position_, value.size());
  touch(variable);
}

void Variables::set(Variable variable, int64_t value) {
  set(variable, std::string_view(fmt::format_int(value).c_str()));
}

void Variables::unset(Variable variable) {
  of(variable).clear();
  touch(variable);
}

void Variables::add_argument(Variable collection, std::string_view name, std::string_view value) {
  const std::string_view key = arena_.copy(name);
  const StringId text = strings_.copy(value);
  const StringId key_text = strings_.intern(key);
  const bool in_query = collection == Variable::ARGS_GET;
  add(Variable::ARGS, key, text);
  if (collection != Variable::ARGS) add(collection, key, text);
  // The name is taken to stand just before.
  const At name_at(*this, position_ - std::min(position_, key.size() + 1));
  add(Variable::ARGS_NAMES, key, key_text);
  if (collection != Variable::ARGS)
    add(in_query ? Variable::ARGS_GET_NAMES : Variable::ARGS_POST_NAMES, key, key_text);
  ++arguments_;
}

void Variables::set_path_argument(std::string_view name, std::string_view value) {
  const uint32_t hash = name_hash(name);
  const StringId text = strings_.copy(value);
  for (Member& member : of(Variable::ARGS_PATH)) {
    if (member.hash != hash || !iequals(member.key, name)) continue;
    for (Member& argument : of(Variable::ARGS)) {
      if (argument.key.data() == member.key.data()) argument.value = text;
    }
    member.value = text;
    touch(Variable::ARGS);
    touch(Variable::ARGS_PATH);
    return;
  }
  const std::string_view key = arena_.copy(name);
  add(Variable::ARGS, key, text);
  add(Variable::ARGS_NAMES, key, strings_.intern(key));
  add(Variable::ARGS_PATH, key, text);
}

const uint32_t* Variables::table_order(Variable variable) {
  Order& order = orders_[static_cast<size_t>(variable)];
  if (order.version != version(variable) + 1) {
    const std::vector<uint32_t> places = state::table_order(members(variable));
    auto* const copy = arena_.make_array<uint32_t>(places.size());
    std::ranges::copy(places, copy);
    order = {version(variable) + 1, copy};
  }
  return order.places;
}

std::optional<std::string_view> Variables::first(Variable variable) const {
  if (members(variable).empty()) return std::nullopt;
  return strings_[members(variable).front().value];
}

}  // namespace wafcheck::engine::inline state
