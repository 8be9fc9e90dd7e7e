#pragma once
// Persistent collections (IP, GLOBAL, RESOURCE, SESSION, USER): records that outlive a transaction.

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "engine/limits.h"
#include "parser/base/result.h"

namespace wafcheck::parser::inline language {
enum class Variable : uint8_t;
}

namespace wafcheck::engine {

struct StoredMember {
  std::string name;  ///< as written
  std::string value;
  int64_t expires = 0;  ///< seconds since the epoch; 0: never
  bool set = true;      ///< false: expirevar came before the first setvar
};

struct StoredRecord {
  std::map<std::string, StoredMember> members;  ///< by lower-cased name, without the built-in ones
  int64_t created = 0;                          ///< seconds since the epoch, as are the next two
  int64_t last_update = 0;
  int64_t expires = 0;  ///< of the record itself
  uint64_t updates = 0;
};

/// What a member takes besides twice its name and its value.
inline constexpr size_t kBytesOfStoredMember = 160;
/// About the memory that a record takes.
size_t size_of(const StoredRecord& record);

/// The records of a run. Safe to share between threads; each call is atomic.
class CollectionStore {
 public:
  virtual ~CollectionStore() = default;
  using Key =
      std::tuple<parser::Variable, std::string, std::string>;  ///< (collection, web app, key)

  /// The record; none where there is none or it has expired by `now` (seconds since the epoch), and
  /// what has expired is dropped; an error where it cannot be read.
  virtual Result<std::optional<StoredRecord>> load(const Key& key, int64_t now) = 0;
  /// Whether it was kept: where the store is full even without what has expired, a new one is not,
  /// and one that has grown stays as it was.
  virtual Result<bool> save(const Key& key, const StoredRecord& record) = 0;
  /// All that was saved is where it is to stay. To be called at the end of a run.
  virtual Result<void> flush() { return {}; }
};

class MemoryStore : public CollectionStore {
 public:
  explicit MemoryStore(const Limits& limits = {});
  Result<std::optional<StoredRecord>> load(const Key& key, int64_t now) override;
  Result<bool> save(const Key& key, const StoredRecord& record) override;
  size_t size() const;  ///< records that it holds

 private:
  using Map = std::map<Key, StoredRecord>;
  void erase(Map::iterator at);
  bool fits(const Key& key, size_t bytes) const;
  void drop_expired(int64_t now);

  const size_t most_records_, most_bytes_;
  mutable std::mutex mutex_;
  Map records_;
  size_t bytes_ = 0;
  size_t until_sweep_ = 0;  ///< saves that are refused before it is worth looking again
};

}  // namespace wafcheck::engine
