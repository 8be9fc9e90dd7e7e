#include "engine/store/lmdb_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <lmdb.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <utility>

#include "engine/store/record_codec.h"
#include "engine/transformations/transformation.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::inline store {
namespace {

constexpr size_t kFirstMapBytes = size_t{16} << 20;
constexpr size_t kLeastMapBytes = size_t{1} << 20;

/// Ends a transaction that was not committed.
struct Abort {
  void operator()(MDB_txn* transaction) const { mdb_txn_abort(transaction); }
};
using LmdbTransaction = std::unique_ptr<MDB_txn, Abort>;

Result<LmdbTransaction> begin(MDB_env* environment, unsigned flags) {
  MDB_txn* transaction = nullptr;
  if (const int code = mdb_txn_begin(environment, nullptr, flags, &transaction))
    return fail(mdb_strerror(code));
  return LmdbTransaction(transaction);
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
  std::string text =
      fmt::format("{}\n{}\n{}\n{}", parser::info(collection).name, web_app.size(), web_app, name);
  if (text.size() <= limit) return text;
  std::string digest;
  transformations::sha1(text, digest, {parser::semantics_of(parser::Profile::standard)});
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
  Result<void> put(const std::map<std::string, std::string>& group);
  int put_all(MDB_txn* transaction, const std::map<std::string, std::string>& group) const;
  Result<bool> holds(std::string_view key);
  Result<size_t> size();
  Result<std::optional<StoredRecord>> get(std::string_view key);
  void erase(std::string_view key);
  int sweep(int64_t now, std::string_view after);
  bool grow();

  size_t most_bytes = 0;  ///< of the map
  bool shared = false;
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
  if (flock(directory, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0) {
    return fail(errno == EWOULDBLOCK ? "another run is using it" : std::strerror(errno));
  }
  if (const int code = mdb_env_create(&lmdb)) return fail(mdb_strerror(code));
  // A map that grows would have to grow in every process.
  mdb_env_set_mapsize(lmdb, shared ? most_bytes : std::min(kFirstMapBytes, most_bytes));
  const unsigned flags = shared ? MDB_NOSYNC | MDB_NOTLS : 0;
  if (const int code = mdb_env_open(lmdb, path.c_str(), flags, 0644))
    return fail(mdb_strerror(code));
  int dead = 0;
  mdb_reader_check(lmdb, &dead);  // the places of processes that were killed

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
  const size_t wanted = std::min(info.me_mapsize * 2, most_bytes);
  return info.me_mapsize < wanted && mdb_env_set_mapsize(lmdb, wanted) == 0;
}

int LmdbStore::Environment::put_all(MDB_txn* transaction,
                                    const std::map<std::string, std::string>& group) const {
  for (const auto& [key, value] : group) {
    MDB_val name = value_of(key);
    MDB_val bytes = value_of(value);
    if (const int code = mdb_put(transaction, records, &name, &bytes, 0)) return code;
  }
  return 0;
}

Result<void> LmdbStore::Environment::put(const std::map<std::string, std::string>& group) {
  for (;;) {
    auto transaction = begin(lmdb, 0);
    if (!transaction) return std::unexpected(transaction.error());
    int code = put_all(transaction->get(), group);
    if (code == 0) code = mdb_txn_commit(transaction->release());
    if (code == 0) return {};
    transaction->reset();
    if (code != MDB_MAP_FULL || !grow()) return fail(mdb_strerror(code));
  }
}

Result<bool> LmdbStore::Environment::holds(std::string_view key) {
  const auto transaction = begin(lmdb, MDB_RDONLY);
  if (!transaction) return std::unexpected(transaction.error());
  MDB_val wanted = value_of(key);
  MDB_val value{};
  return mdb_get(transaction->get(), records, &wanted, &value) == 0;
}

Result<size_t> LmdbStore::Environment::size() {
  const auto transaction = begin(lmdb, MDB_RDONLY);
  if (!transaction) return std::unexpected(transaction.error());
  MDB_stat stat;
  if (const int code = mdb_stat(transaction->get(), records, &stat))
    return fail(mdb_strerror(code));
  return stat.ms_entries;
}

Result<std::optional<StoredRecord>> LmdbStore::Environment::get(std::string_view key) {
  const auto transaction = begin(lmdb, MDB_RDONLY);
  if (!transaction) return std::unexpected(transaction.error());
  MDB_val wanted = value_of(key);
  MDB_val value{};
  const int code = mdb_get(transaction->get(), records, &wanted, &value);
  if (code == MDB_NOTFOUND) return std::nullopt;
  if (code != 0) return fail(mdb_strerror(code));
  auto record = decode_record(bytes_of(value));
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

LmdbStore::LmdbStore(std::unique_ptr<Environment> environment, const Limits& limits)
    : most_records_(limits.collection_records), environment_(std::move(environment)) {}

LmdbStore::~LmdbStore() {
  static_cast<void>(write_group());  // flush() tells of faults
  if (!earliest_) return;
  while (environment_->sweep(*earliest_, last_key_) == MDB_MAP_FULL && environment_->grow()) {
  }
}

Result<std::unique_ptr<LmdbStore>> LmdbStore::open(const std::string& directory,
                                                   const Limits& limits, Users users) {
  auto environment = std::make_unique<Environment>();
  environment->shared = users == Users::processes;
  environment->most_bytes = std::max(limits.collection_bytes, kLeastMapBytes);
  if (const auto opened = environment->open(directory); !opened) {
    return fail(
        fmt::format("{}: cannot keep collections here: {}", directory, opened.error().message));
  }
  return std::unique_ptr<LmdbStore>(new LmdbStore(std::move(environment), limits));
}

std::string LmdbStore::name_of(const Key& key) const {
  return key_of(key, static_cast<size_t>(mdb_env_get_maxkeysize(environment_->lmdb)));
}

Result<std::optional<StoredRecord>> LmdbStore::load(const Key& key, int64_t now) {
  const std::lock_guard lock(mutex_);
  earliest_ = std::min(earliest_.value_or(now), now);
  last_key_ = name_of(key);
  Result<std::optional<StoredRecord>> record;
  if (const auto saved = group_.find(last_key_); saved == group_.end()) {
    record = environment_->get(last_key_);
  } else if (auto decoded = decode_record(saved->second)) {
    record = std::move(*decoded);
  } else {
    record = std::unexpected(decoded.error());
  }
  if (!record || !*record || (*record)->expires > now) return record;
  group_.erase(last_key_);
  environment_->erase(last_key_);
  return std::nullopt;
}

/// Whether a record may be saved under a name.
Result<bool> LmdbStore::has_room(const std::string& name, int64_t now) {
  if (group_.contains(name)) return true;
  for (const bool swept : {false, true}) {
    const auto stored = environment_->size();
    if (!stored) return std::unexpected(stored.error());
    if (*stored + group_.size() < most_records_) return true;
    // Names of the group that are on disk too are counted twice: look again without.
    if (auto written = write_group(); !written) return std::unexpected(written.error());
    const auto held = environment_->holds(name);
    if (!held || *held) return held;
    if (!swept) environment_->sweep(now, {});
  }
  return false;
}

Result<bool> LmdbStore::save(const Key& key, const StoredRecord& record) {
  const std::lock_guard lock(mutex_);
  const std::string name = name_of(key);
  if (const auto room = has_room(name, record.last_update); !room || !*room) return room;
  std::string bytes = encode_record(record);
  if (group_.empty()) group_begun_ = std::chrono::steady_clock::now();
  group_bytes_ += name.size() + bytes.size();
  group_.insert_or_assign(name, std::move(bytes));
  ++group_saves_;
  if (auto written = write_where_due(); !written) return std::unexpected(written.error());
  return true;
}

Result<void> LmdbStore::write_where_due() {
  const auto now = std::chrono::steady_clock::now();
  const bool whole = group_saves_ >= kGroup || group_bytes_ >= kGroupBytes ||
                     now - group_begun_ >= kGroupAge || environment_->shared;
  if (!whole) return {};
  if (auto written = write_group(); !written) return written;
  if (!environment_->shared || now - synced_ < kGroupAge) return {};
  synced_ = now;
  if (const int code = mdb_env_sync(environment_->lmdb, 1)) return fail(mdb_strerror(code));
  return {};
}

/// A group that cannot be written is given up: what it holds is as lost as in a kill.
Result<void> LmdbStore::write_group() {
  if (group_.empty()) return {};
  const auto group = std::exchange(group_, {});
  group_saves_ = group_bytes_ = 0;
  return environment_->put(group);
}

Result<void> LmdbStore::flush() {
  const std::lock_guard lock(mutex_);
  if (auto written = write_group(); !written || !environment_->shared) return written;
  if (const int code = mdb_env_sync(environment_->lmdb, 1)) return fail(mdb_strerror(code));
  return {};
}

Result<void> LmdbStore::clear() {
  const std::lock_guard lock(mutex_);
  group_.clear();
  group_saves_ = group_bytes_ = 0;
  auto transaction = begin(environment_->lmdb, 0);
  if (!transaction) return std::unexpected(transaction.error());
  if (const int code = mdb_drop(transaction->get(), environment_->records, 0))
    return fail(mdb_strerror(code));
  if (const int code = mdb_txn_commit(transaction->release())) return fail(mdb_strerror(code));
  return {};
}

Result<size_t> LmdbStore::size() {
  const std::lock_guard lock(mutex_);
  if (auto written = write_group(); !written) return std::unexpected(written.error());
  return environment_->size();
}

}  // namespace wafcheck::engine::inline store
