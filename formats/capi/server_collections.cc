#include "formats/capi/server_collections.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <system_error>

#include "formats/capi/environment.h"

namespace wafcheck::formats::inline capi {
namespace {

constexpr const char* kStateVariable = "WAFCHECK_STATE";

}  // namespace

SharedCollections::~SharedCollections() {
  // What a parent opened is the parent's to close.
  if (process_ != getpid()) static_cast<void>(store_.release());
}

engine::CollectionStore& SharedCollections::of_process() {
  const std::lock_guard guard(mutex_);
  if (process_ == getpid()) return *store_;
  if (process_ != 0) static_cast<void>(store_.release());
  process_ = getpid();
  auto opened = engine::LmdbStore::open(directory_, {}, engine::LmdbStore::Users::processes);
  if (opened) {
    store_ = std::move(*opened);
  } else {
    std::fputs(fmt::format("wafcheck: {}; process {} keeps them in its own memory\n",
                           opened.error().message, process_)
                   .c_str(),
               stderr);
    store_ = std::make_unique<engine::MemoryStore>();
  }
  return *store_;
}

Result<std::optional<engine::StoredRecord>> SharedCollections::load(const Key& key, int64_t now) {
  return of_process().load(key, now);
}

Result<bool> SharedCollections::save(const Key& key, const engine::StoredRecord& record) {
  return of_process().save(key, record);
}

Result<void> SharedCollections::flush() {
  return of_process().flush();
}

std::shared_ptr<engine::CollectionStore> collections_of_environment() {
  const std::string directory(environment(kStateVariable));
  if (directory.empty()) return std::make_shared<engine::MemoryStore>();
  // LMDB must not be opened twice by one process.
  static std::mutex mutex;
  static std::map<std::string, std::weak_ptr<engine::CollectionStore>> by_directory;
  const std::lock_guard guard(mutex);
  std::weak_ptr<engine::CollectionStore>& known = by_directory[directory];
  std::shared_ptr<engine::CollectionStore> collections = known.lock();
  if (collections == nullptr) {
    collections = std::make_shared<SharedCollections>(directory);
    known = collections;
  }
  return collections;
}

Result<void> check_collections() {
  const std::string directory(environment(kStateVariable));
  std::error_code error;
  if (directory.empty() || std::filesystem::is_directory(directory, error)) return {};
  return fail(
      fmt::format("Rules error. {} is {}, which is no directory: make it, and give it to "
                  "the user that the server's workers run as",
                  kStateVariable, directory));
}

}  // namespace wafcheck::formats::inline capi
