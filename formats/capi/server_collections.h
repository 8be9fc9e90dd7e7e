#pragma once
// Persistent collections of a server: in the memory of a process, or on disk for all of them.

#include <sys/types.h>

#include <memory>
#include <mutex>
#include <string>

#include "engine/collections.h"
#include "engine/store/lmdb_store.h"

namespace wafcheck::formats::inline capi {

/// Records that all processes of a server share, in a directory. It is opened by each process when
/// it first asks, as nothing of LMDB outlives a fork; where that fails, the process says so once
/// and keeps records in its own memory.
class SharedCollections final : public engine::CollectionStore {
 public:
  explicit SharedCollections(std::string directory) : directory_(std::move(directory)) {}
  ~SharedCollections() override;
  SharedCollections(const SharedCollections&) = delete;
  SharedCollections& operator=(const SharedCollections&) = delete;

  Result<std::optional<engine::StoredRecord>> load(const Key& key, int64_t now) override;
  Result<bool> save(const Key& key, const engine::StoredRecord& record) override;
  Result<void> flush() override;

 private:
  engine::CollectionStore& of_process();

  const std::string directory_;
  std::mutex mutex_;
  pid_t process_ = 0;  ///< whose store it is; 0: there is none yet
  std::unique_ptr<engine::CollectionStore> store_;
};

/// As WAFCHECK_STATE asks for: shared in that directory, or, without it, in memory.
std::shared_ptr<engine::CollectionStore> collections_of_environment();

/// An error where WAFCHECK_STATE names what is no directory. Whether a worker may write there, only
/// the worker can tell: its user is another one.
Result<void> check_collections();

}  // namespace wafcheck::formats::inline capi
