#include "engine/collections.h"

namespace wafcheck::engine {

Result<std::optional<StoredRecord>> MemoryStore::load(const Key& key, int64_t now) {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(key);
  if (found == records_.end()) return std::nullopt;
  if (found->second.expires <= now) {
    records_.erase(found);
    return std::nullopt;
  }
  return found->second;
}

Result<void> MemoryStore::save(const Key& key, const StoredRecord& record) {
  const std::lock_guard lock(mutex_);
  records_[key] = record;
  return {};
}

size_t MemoryStore::size() const {
  const std::lock_guard lock(mutex_);
  return records_.size();
}

}  // namespace wafcheck::engine
