#include "cli/tune/lock.h"

#include <algorithm>

#include "formats/json/reader.h"
#include "formats/json/writer.h"

namespace wafcheck::cli::inline tune {

Result<void> IdLock::read(std::string_view text) {
  constexpr size_t kDepth = 4;
  const auto document = formats::parse_json(text, kDepth);
  if (!document) return std::unexpected(document.error());
  const formats::JsonValue ids = document->root().member("ids");
  if (!ids.is(formats::JsonValue::Kind::object)) return fail("expected an object \"ids\"");
  formats::JsonMembers members(ids);
  while (const auto member = members.next()) {
    const auto id = member->value.integer();
    if (!id || *id <= 0) return fail("\"" + member->name.string() + "\" has no id above 0");
    ids_[member->name.string()] = static_cast<uint64_t>(*id);
  }
  return {};
}

uint64_t IdLock::id_of(const std::string& group) {
  const auto known = ids_.find(group);
  if (known != ids_.end()) return known->second;
  const auto used = [&](uint64_t id) {
    return taken_(id) ||
           std::ranges::any_of(ids_, [&](const auto& own) { return own.second == id; });
  };
  while (used(next_)) ++next_;
  return ids_[group] = next_++;
}

uint64_t IdLock::highest() const {
  uint64_t id = 0;
  for (const auto& [group, own] : ids_) id = std::max(id, own);
  return id;
}

std::string IdLock::text() const {
  std::string out;
  formats::JsonWriter json(out, 2);
  json.begin_object();
  json.key("schema");
  json.number(1);
  json.key("ids");
  json.begin_object();
  for (const auto& [group, id] : ids_) {
    json.key(group);
    json.number(id);
  }
  json.end_object();
  json.end_object();
  return out + "\n";
}

}  // namespace wafcheck::cli::inline tune
