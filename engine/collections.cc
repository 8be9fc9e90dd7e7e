#include "engine/collections.h"

namespace wafcheck::engine {
namespace {

/// What a record takes besides its members and its key.
constexpr size_t kBytesOfRecord = 200;

size_t size_of(const CollectionStore::Key& key) {
  return std::get<1>(key).size() + std::get<2>(key).size();
}

}  // namespace

size_t size_of(const StoredRecord& record) {
  size_t bytes = kBytesOfRecord;
  for (const auto& [name, member] : record.members) {
    bytes += kBytesOfStoredMember + name.size() + member.name.size() + member.value.size();
  }
  return bytes;
}

MemoryStore::MemoryStore(const Limits& limits)
    : most_records_(limits.collection_records), most_bytes_(limits.collection_bytes) {}

Result<std::optional<StoredRecord>> MemoryStore::load(const Key& key, int64_t now) {
  const std::lock_guard lock(mutex_);
  const auto it = records_.find(key);
  if (it == records_.end()) return std::nullopt;
  if (it->second.expires <= now) {
    erase(it);
    return std::nullopt;
  }
  return it->second;
}

Result<bool> MemoryStore::save(const Key& key, const StoredRecord& record) {
  const std::lock_guard lock(mutex_);
  const size_t bytes = size_of(key) + size_of(record);
  if (!fits(key, bytes)) drop_expired(record.last_update);
  if (!fits(key, bytes)) return false;
  if (const auto it = records_.find(key); it != records_.end()) erase(it);
  bytes_ += bytes;
  records_.emplace(key, record);
  return true;
}

void MemoryStore::erase(Map::iterator at) {
  bytes_ -= size_of(at->first) + size_of(at->second);
  records_.erase(at);
}

/// Whether a record of so many bytes may take the place of the one that has this key, if any.
bool MemoryStore::fits(const Key& key, size_t bytes) const {
  const auto it = records_.find(key);
  if (it == records_.end()) return records_.size() < most_records_ && bytes_ + bytes <= most_bytes_;
  return bytes_ - size_of(it->first) - size_of(it->second) + bytes <= most_bytes_;
}

/// A sweep looks at every record, so the next is as many refusals away as make it cheap.
void MemoryStore::drop_expired(int64_t now) {
  if (until_sweep_ > 0) {
    --until_sweep_;
    return;
  }
  for (auto it = records_.begin(); it != records_.end();) {
    const auto at = it++;
    if (at->second.expires <= now) erase(at);
  }
  until_sweep_ = records_.size() / 10;
}

size_t MemoryStore::size() const {
  const std::lock_guard lock(mutex_);
  return records_.size();
}

}  // namespace wafcheck::engine
