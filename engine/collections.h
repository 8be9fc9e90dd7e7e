#pragma once
// Persistent collections (IP, GLOBAL, RESOURCE, SESSION, USER): records that outlive a transaction.

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "parser/language.h"
#include "parser/result.h"

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

/// Members a record may have; what is over it is not set, and the transaction says so.
inline constexpr size_t kMaxRecordMembers = 10'000;

/// The records of a run. Safe to share between threads; each call is atomic.
class CollectionStore {
 public:
  virtual ~CollectionStore() = default;
  using Key =
      std::tuple<parser::Variable, std::string, std::string>;  ///< (collection, web app, key)

  /// The record; none where there is none or it has expired by `now` (seconds since the epoch), and
  /// what has expired is dropped; an error where it cannot be read.
  virtual Result<std::optional<StoredRecord>> load(const Key& key, int64_t now) = 0;
  virtual Result<void> save(const Key& key, const StoredRecord& record) = 0;
};

class MemoryStore : public CollectionStore {
 public:
  Result<std::optional<StoredRecord>> load(const Key& key, int64_t now) override;
  Result<void> save(const Key& key, const StoredRecord& record) override;
  size_t size() const;  ///< records that are kept

 private:
  mutable std::mutex mutex_;
  std::map<Key, StoredRecord> records_;
};

}  // namespace wafcheck::engine
