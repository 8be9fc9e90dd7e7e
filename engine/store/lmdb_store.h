#pragma once
// Persistent collections in an LMDB environment, so that one run continues where another ended.

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "engine/collections.h"

namespace wafcheck::engine::inline store {

/// Saves are written to disk in groups, each in one transaction of LMDB: a kill at any moment
/// leaves the whole state as it was after some save, at most a group or a second before. Closing
/// sweeps out records that had expired before the earliest moment at which this run asked for one.
///
/// Shared, each save is at once seen by the other processes. It is on disk with the next save that
/// comes a second or more after the last one that was, or when the system writes it; what a crash
/// of the machine leaves before may be no environment any more. A process that forked opens one of
/// its own.
class LmdbStore final : public CollectionStore {
 public:
  enum class Users { one_process, processes };

  /// Opens the environment in `directory`, making both where they are not there yet. An error when
  /// the directory cannot be used, holds something else, or is in use by another run (shared: by
  /// one that has it for itself). `limits`: how much it may hold, in bytes on disk.
  static Result<std::unique_ptr<LmdbStore>> open(const std::string& directory,
                                                 const Limits& limits = {},
                                                 Users users = Users::one_process);
  ~LmdbStore() override;

  /// A record that cannot be decoded is an error, and stays until something is saved in its place.
  Result<std::optional<StoredRecord>> load(const Key& key, int64_t now) override;
  Result<bool> save(const Key& key, const StoredRecord& record) override;
  Result<void> flush() override;
  /// Removes all records.
  Result<void> clear();
  Result<size_t> size();  ///< records that are kept

  /// Records that closing looks at; where there are more, beginning after the last one asked for.
  static constexpr size_t kMaxSwept = 100'000;
  /// Saves that are written together.
  static constexpr size_t kGroup = 128;
  static constexpr size_t kGroupBytes = size_t{1} << 20;
  static constexpr std::chrono::seconds kGroupAge{1};

 private:
  struct Environment;
  LmdbStore(std::unique_ptr<Environment> environment, const Limits& limits);
  std::string name_of(const Key& key) const;
  Result<void> write_group();
  Result<void> write_where_due();
  Result<bool> has_room(const std::string& name, int64_t now);

  const size_t most_records_;
  mutable std::mutex mutex_;  // the map cannot grow while another thread reads it
  std::unique_ptr<Environment> environment_;
  std::map<std::string, std::string> group_;  ///< saved and not yet written
  size_t group_saves_ = 0, group_bytes_ = 0;
  std::chrono::steady_clock::time_point group_begun_, synced_;
  std::optional<int64_t> earliest_;  ///< clock of the traffic, which need not be in order
  std::string last_key_;
};

}  // namespace wafcheck::engine::inline store
