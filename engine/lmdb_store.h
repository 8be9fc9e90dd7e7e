#pragma once
// Persistent collections in an LMDB environment, so that one run continues where another ended.

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "engine/collections.h"

namespace wafcheck::engine {

/// One process at a time. Each save is a write transaction of its own that is on disk when it
/// returns: a kill at any moment leaves the last whole state. Closing sweeps out records that had
/// expired before the earliest moment at which this run asked for one.
class LmdbStore final : public CollectionStore {
 public:
  /// Opens the environment in `directory`, making both where they are not there yet. An error when
  /// the directory cannot be used, holds something else, or is in use by another run.
  static Result<std::unique_ptr<LmdbStore>> open(const std::string& directory);
  ~LmdbStore() override;

  /// A record that cannot be decoded is an error, and stays until something is saved in its place.
  Result<std::optional<StoredRecord>> load(const Key& key, int64_t now) override;
  Result<void> save(const Key& key, const StoredRecord& record) override;
  /// Removes all records.
  Result<void> clear();
  Result<size_t> size() const;  ///< records that are kept

  /// Records that closing looks at; where there are more, beginning after the last one asked for.
  static constexpr size_t kMaxSwept = 100'000;

 private:
  struct Environment;
  explicit LmdbStore(std::unique_ptr<Environment> environment);

  mutable std::mutex mutex_;  // the map cannot grow while another thread reads it
  std::unique_ptr<Environment> environment_;
  std::optional<int64_t> earliest_;  ///< clock of the traffic, which need not be in order
  std::string last_key_;
};

}  // namespace wafcheck::engine
