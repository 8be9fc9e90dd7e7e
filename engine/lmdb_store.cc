#include "engine/lmdb_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <lmdb.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "engine/record_codec.h"
#include "engine/transformations/transformation.h"

namespace wafcheck::engine {
namespace {

constexpr size_t kFirstMapBytes = size_t{16} << 20;
constexpr size_t kMaxMapBytes = size_t{4} << 30;

/// Ends a transaction that was not committed.
struct Abort {
  void operator()(MDB_txn* transaction) const { mdb_txn_abort(transaction); }
};
using LmdbTransaction = std::unique_ptr<MDB_txn, Abort>;

Result<LmdbTransaction> begin(MDB_env* environment, unsigned flags) {
  MDB_txn* made = nullptr;
  if (const int code = mdb_txn_begin(environment, nullptr, flags, &made))
    return fail(mdb_strerror(code));
  return LmdbTransaction(made);
}

MDB_val value_of(std::string_view bytes) {
  return {bytes.size(), const_cast<char*>(bytes.data())};
}

std::string_view bytes_of(const MDB_val& value) {
  return {static_cast<const char*>(value.mv_data), value.mv_size};
}

/// Names rather than numbers, so that it means the same to a later version. A key that LMDB cannot
/// take is stood for by its digest.
std::string key_of(const CollectionStore::Key& key, size_t limit) {
  const auto& [collection, web_app, name] = key;
  std::string made =
      fmt::format("{}\n{}\n{}\n{}", parser::info(collection).name, web_app.size(), web_app, name);
  if (made.size() <= limit) return made;
  std::string digest;
  transformations::sha1(made, digest, {parser::semantics_of(parser::Profile::standard)});
  return "sha1\n" + digest;
}

}  // namespace

struct LmdbStore::Environment {
  Environment() = default;
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment() {
    if (lmdb != nullptr) mdb_env_close(lmdb);
    if (directory >= 0) close(directory);
  }

  Result<void> open(const std::string& path);
  Result<void> put(std::string_view key, std::string_view value);
  Result<std::optional<StoredRecord>> get(std::string_view key);
  void erase(std::string_view key);
  int sweep(int64_t now, std::string_view after);
  bool grow();

  int directory = -1;  ///< holds the lock
  MDB_env* lmdb = nullptr;
  MDB_dbi records = 0;
};

Result<void> LmdbStore::Environment::open(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return fail(error.message());
  directory = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return fail(std::strerror(errno));
  if (flock(directory, LOCK_EX | LOCK_NB) != 0) {
    return fail(errno == EWOULDBLOCK ? "another run is using it" : std::strerror(errno));
  }
  if (const int code = mdb_env_create(&lmdb)) return fail(mdb_strerror(code));
  mdb_env_set_mapsize(lmdb, kFirstMapBytes);
  if (const int code = mdb_env_open(lmdb, path.c_str(), 0, 0644)) return fail(mdb_strerror(code));

  // A file shorter than LMDB believes would end the process where it is touched; zeros are an
  // error.
  MDB_envinfo info;
  MDB_stat stat;
  mdb_env_info(lmdb, &info);
  mdb_env_stat(lmdb, &stat);
  mdb_filehandle_t file = -1;
  mdb_env_get_fd(lmdb, &file);
  struct stat status{};
  const auto needed = static_cast<off_t>((info.me_last_pgno + 1) * stat.ms_psize);
  if (fstat(file, &status) != 0 || (status.st_size < needed && ftruncate(file, needed) != 0)) {
    return fail(std::strerror(errno));
  }

  auto transaction = begin(lmdb, 0);
  if (!transaction) return std::unexpected(transaction.error());
  if (const int code = mdb_dbi_open(transaction->get(), nullptr, 0, &records))
    return fail(mdb_strerror(code));
  if (const int code = mdb_txn_commit(transaction->release())) return fail(mdb_strerror(code));
  return {};
}

bool LmdbStore::Environment::grow() {
  MDB_envinfo info;
  mdb_env_info(lmdb, &info);
  return info.me_mapsize < kMaxMapBytes && mdb_env_set_mapsize(lmdb, info.me_mapsize * 2) == 0;
}

Result<void> LmdbStore::Environment::put(std::string_view key, std::string_view value) {
  for (;;) {
    auto transaction = begin(lmdb, 0);
    if (!transaction) return std::unexpected(transaction.error());
    MDB_val name = value_of(key);
    MDB_val bytes = value_of(value);
    int code = mdb_put(transaction->get(), records, &name, &bytes, 0);
    if (code == 0) code = mdb_txn_commit(transaction->release());
    if (code == 0) return {};
    transaction->reset();
    if (code != MDB_MAP_FULL || !grow()) return fail(mdb_strerror(code));
  }
}

Result<std::optional<StoredRecord>> LmdbStore::Environment::get(std::string_view key) {
  const auto transaction = begin(lmdb, MDB_RDONLY);
  if (!transaction) return std::unexpected(transaction.error());
  MDB_val wanted = value_of(key);
  MDB_val found{};
  const int code = mdb_get(transaction->get(), records, &wanted, &found);
  if (code == MDB_NOTFOUND) return std::nullopt;
  if (code != 0) return fail(mdb_strerror(code));
  auto record = decode_record(bytes_of(found));
  if (!record) return std::unexpected(record.error());
  return std::optional(std::move(*record));
}

/// A record that cannot be removed now has expired all the same.
void LmdbStore::Environment::erase(std::string_view key) {
  auto transaction = begin(lmdb, 0);
  if (!transaction) return;
  MDB_val name = value_of(key);
  if (mdb_del(transaction->get(), records, &name, nullptr) == 0)
    mdb_txn_commit(transaction->release());
}

/// One round over the records from `after` on, then from the first; what cannot be read stays. An
/// LMDB error leaves all as it was.
int LmdbStore::Environment::sweep(int64_t now, std::string_view after) {
  auto transaction = begin(lmdb, 0);
  if (!transaction) return MDB_PANIC;
  MDB_stat stat;
  MDB_cursor* cursor = nullptr;
  if (const int code = mdb_stat(transaction->get(), records, &stat)) return code;
  if (const int code = mdb_cursor_open(transaction->get(), records, &cursor)) return code;

  MDB_val key = value_of(after);
  MDB_val value{};
  int code = mdb_cursor_get(cursor, &key, &value, after.empty() ? MDB_FIRST : MDB_SET_RANGE);
  for (size_t left = std::min<size_t>(stat.ms_entries, kMaxSwept); left > 0; --left) {
    if (code == MDB_NOTFOUND) code = mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
    if (code != 0) break;
    const auto expires = record_expiry(bytes_of(value));
    if (expires && *expires <= now) code = mdb_cursor_del(cursor, 0);
    if (code == 0) code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
  }
  mdb_cursor_close(cursor);
  if (code != 0 && code != MDB_NOTFOUND) return code;
  return mdb_txn_commit(transaction->release());
}

LmdbStore::LmdbStore(std::unique_ptr<Environment> environment)
    : environment_(std::move(environment)) {}

LmdbStore::~LmdbStore() {
  if (!earliest_) return;
  while (environment_->sweep(*earliest_, last_key_) == MDB_MAP_FULL && environment_->grow()) {
  }
}

Result<std::unique_ptr<LmdbStore>> LmdbStore::open(const std::string& directory) {
  auto environment = std::make_unique<Environment>();
  if (const auto opened = environment->open(directory); !opened) {
    return fail(
        fmt::format("{}: cannot keep collections here: {}", directory, opened.error().message));
  }
  return std::unique_ptr<LmdbStore>(new LmdbStore(std::move(environment)));
}

Result<std::optional<StoredRecord>> LmdbStore::load(const Key& key, int64_t now) {
  const std::lock_guard lock(mutex_);
  earliest_ = std::min(earliest_.value_or(now), now);
  last_key_ = key_of(key, static_cast<size_t>(mdb_env_get_maxkeysize(environment_->lmdb)));
  auto found = environment_->get(last_key_);
  if (!found || !*found || (*found)->expires > now) return found;
  environment_->erase(last_key_);
  return std::nullopt;
}

Result<void> LmdbStore::save(const Key& key, const StoredRecord& record) {
  const std::lock_guard lock(mutex_);
  const std::string name =
      key_of(key, static_cast<size_t>(mdb_env_get_maxkeysize(environment_->lmdb)));
  return environment_->put(name, encode_record(record));
}

Result<void> LmdbStore::clear() {
  const std::lock_guard lock(mutex_);
  auto transaction = begin(environment_->lmdb, 0);
  if (!transaction) return std::unexpected(transaction.error());
  if (const int code = mdb_drop(transaction->get(), environment_->records, 0))
    return fail(mdb_strerror(code));
  if (const int code = mdb_txn_commit(transaction->release())) return fail(mdb_strerror(code));
  return {};
}

Result<size_t> LmdbStore::size() const {
  const std::lock_guard lock(mutex_);
  const auto transaction = begin(environment_->lmdb, MDB_RDONLY);
  if (!transaction) return std::unexpected(transaction.error());
  MDB_stat stat;
  if (const int code = mdb_stat(transaction->get(), environment_->records, &stat))
    return fail(mdb_strerror(code));
  return stat.ms_entries;
}

}  // namespace wafcheck::engine
