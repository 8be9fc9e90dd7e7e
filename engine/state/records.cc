#include "engine/state/records.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "engine/state/numbers.h"
#include "parser/base/ascii.h"
#include "parser/language/language.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::inline state {
namespace {

constexpr size_t kCollections = 5;  ///< the persistent ones
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr std::string_view kOwnMembers[] = {
    "KEY", "IS_NEW", "CREATE_TIME", "LAST_UPDATE_TIME", "TIMEOUT", "UPDATE_COUNTER", "UPDATE_RATE"};

/// The record of a collection; null: it is not open.
template <typename Open>
auto* find_in(Open& records, parser::Variable collection) {
  const auto it = std::ranges::find(records, collection, &OpenRecord::collection);
  return it == records.end() ? nullptr : &*it;
}

}  // namespace

const StoredMember* OpenRecord::find(std::string_view name) const {
  const auto it = record_.members.find(lowercase(name));
  return it == record_.members.end() ? nullptr : &it->second;
}

std::optional<std::string_view> OpenRecord::value(std::string_view name) const {
  const StoredMember* const member = find(name);
  if (member == nullptr || !member->set) return std::nullopt;
  return member->value;
}

StoredMember* OpenRecord::find_or_add(std::string_view name) {
  std::string lower = lowercase(name);
  if (const auto it = record_.members.find(lower); it != record_.members.end()) return &it->second;
  const size_t bytes = kBytesOfStoredMember + 2 * name.size();
  if (record_.members.size() >= most_members_ || bytes > room_) return nullptr;
  room_ -= bytes;
  StoredMember member;
  member.name = name;
  member.set = false;
  return &record_.members.emplace(std::move(lower), std::move(member)).first->second;
}

bool OpenRecord::set(std::string_view name, std::string value) {
  StoredMember* const member = find_or_add(name);
  if (member == nullptr || value.size() > room_ + member->value.size()) return false;
  room_ += member->value.size();
  room_ -= value.size();
  member->value = std::move(value);
  member->set = true;
  changed_ = true;
  return true;
}

bool OpenRecord::expire(std::string_view name, int64_t at) {
  StoredMember* const member = find_or_add(name);
  if (member == nullptr) return false;
  member->expires = at;
  changed_ = true;
  return true;
}

void OpenRecord::unset(std::string_view name) {
  const auto it = record_.members.find(lowercase(name));
  if (it == record_.members.end()) return;
  room_ += kBytesOfStoredMember + 2 * it->first.size() + it->second.value.size();
  record_.members.erase(it);
  changed_ = true;
}

void OpenRecord::deprecate(std::string_view name, int64_t amount, int64_t period, int64_t now) {
  const auto it = record_.members.find(lowercase(name));
  if (it == record_.members.end() || !it->second.set) return;
  const int64_t current = leading_number(it->second.value);
  if (period <= 0 || amount <= 0 || current <= 0) return;
  const int64_t periods = (now - record_.last_update) / period;
  if (periods <= 0) return;
  it->second.value = std::to_string(periods > current / amount ? 0 : current - periods * amount);
  changed_ = true;
}

const StoredRecord& OpenRecord::close(int64_t now, int64_t default_timeout) {
  changed_ = false;
  const auto own = value("timeout");  // setvar:ip.timeout=600
  const int64_t timeout = own ? leading_number(*own) : default_timeout;
  record_.last_update = now;
  ++record_.updates;
  record_.expires = timeout > kMax - now ? kMax : now + timeout;
  return record_;
}

OpenRecord* Records::find(parser::Variable collection) {
  if (OpenRecord* const record = find_in(open_, collection)) return record;
  const bool persistent = parser::info(collection).kind == parser::VariableKind::Persistent;
  if (!persistent || !program_.semantics().collections_always_open) return nullptr;
  const size_t before = open_.size();
  open(collection, {});
  return open_.size() == before ? nullptr : &open_.back();
}

const OpenRecord* Records::find(parser::Variable collection) const {
  return find_in(open_, collection);
}

void Records::open(parser::Variable collection, std::string_view key) {
  const parser::Semantics& semantics = program_.semantics();
  if (!semantics.collections_are_kept || (key.empty() && !semantics.collections_always_open))
    return;
  OpenRecord* const before = find_in(open_, collection);
  if (before != nullptr && (semantics.collection_opens_once || before->key() == key)) return;

  StoredRecord record;
  bool is_new = true;
  if (store_ != nullptr) {
    auto stored = store_->load({collection, program_.settings.web_app_id, std::string(key)}, now_);
    if (!stored) {
      problems_.report_once(
          "collection",
          fmt::format("{} \"{}\": the stored record is unreadable and counts as new: {}",
                      parser::info(collection).name, key, stored.error().message));
    } else if (*stored) {
      record = std::move(**stored);
      is_new = false;
    }
  }
  if (is_new) record.created = record.last_update = now_;
  std::erase_if(record.members, [&](const auto& entry) {
    return entry.second.expires != 0 && entry.second.expires <= now_;
  });
  OpenRecord opened(collection, std::string(key), std::move(record), is_new, limits_);
  if (before == nullptr) {
    open_.reserve(kCollections);  // who holds a record may open another
    open_.push_back(std::move(opened));
    return;
  }
  save(*before);
  *before = std::move(opened);
}

std::optional<std::string> Records::member(const OpenRecord& open, std::string_view name) const {
  if (const auto value = open.value(name)) return std::string(*value);
  if (!program_.semantics().collections_describe_themselves) return std::nullopt;
  const StoredRecord& record = open.stored();
  if (iequals(name, "KEY")) return open.key();
  if (iequals(name, "IS_NEW")) return open.is_new() ? "1" : "0";
  if (iequals(name, "CREATE_TIME")) return std::to_string(record.created);
  if (iequals(name, "LAST_UPDATE_TIME")) return std::to_string(record.last_update);
  if (iequals(name, "TIMEOUT")) return std::to_string(program_.settings.collection_timeout);
  if (iequals(name, "UPDATE_COUNTER")) return std::to_string(record.updates);
  if (iequals(name, "UPDATE_RATE")) {  // updates a minute
    const int64_t seconds = now_ - record.created;
    return std::to_string(seconds <= 0 ? 0 : static_cast<int64_t>(record.updates) * 60 / seconds);
  }
  return std::nullopt;
}

std::vector<std::string> Records::member_names(const OpenRecord& open) const {
  std::vector<std::string> names;
  for (const auto& [lower, member] : open.stored().members) {
    if (member.set) names.push_back(member.name);
  }
  if (!program_.semantics().collections_describe_themselves) return names;
  for (const std::string_view name : kOwnMembers) {
    if (!open.value(name)) names.emplace_back(name);
  }
  return names;
}

void Records::report_full(const OpenRecord& open) {
  problems_.report_undecided(
      "collection-limit",
      fmt::format("{}: a record has at most {} members in {} bytes; the others were not set",
                  parser::info(open.collection()).name, limits_.record_members,
                  limits_.record_bytes));
}

void Records::set(OpenRecord& open, std::string_view name, std::string value) {
  if (!open.set(name, std::move(value))) report_full(open);
}

void Records::expire(OpenRecord& open, std::string_view name, int64_t seconds) {
  if (seconds == 0 && program_.semantics().expire_at_once) return open.unset(name);
  if (!open.expire(name, now_ > kMax - seconds ? 0 : now_ + seconds)) report_full(open);
}

void Records::deprecate(OpenRecord& open, std::string_view name, std::string_view rate) {
  const size_t slash = rate.find('/');
  if (slash == std::string_view::npos) return;
  open.deprecate(name, leading_number(rate.substr(0, slash)),
                 leading_number(rate.substr(slash + 1)), now_);
}

void Records::save() {
  for (OpenRecord& open : open_) save(open);
}

void Records::save(OpenRecord& open) {
  if (store_ == nullptr || !open.changed()) return;
  const StoredRecord& record = open.close(now_, program_.settings.collection_timeout);
  const auto saved =
      store_->save({open.collection(), program_.settings.web_app_id, open.key()}, record);
  if (saved && !*saved) {
    problems_.report_undecided(
        "collection-limit", fmt::format("{}: the collections are full; a new record was not kept",
                                        parser::info(open.collection()).name));
  }
  if (!saved) {
    problems_.report(
        "state", fmt::format("{} \"{}\" was not saved: {}", parser::info(open.collection()).name,
                             open.key(), saved.error().message));
  }
}

}  // namespace wafcheck::engine::inline state
