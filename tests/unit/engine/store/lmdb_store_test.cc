#include "engine/store/lmdb_store.h"

#include <lmdb.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "engine/store/record_codec.h"
#include "tests/unit/engine/evaluate.h"

namespace wafcheck::engine {
namespace {

using parser::Variable;

StoredRecord record(const std::string& value) {
  StoredRecord made;
  made.created = 1;
  made.last_update = -2;
  made.expires = 1'800'000'000;
  made.updates = 4;
  made.members["n"] = {"N", value, 0, true};
  made.members["later"] = {"later", "", 99, false};
  return made;
}

std::unique_ptr<LmdbStore> open(const std::string& directory) {
  auto store = LmdbStore::open(directory);
  EXPECT_TRUE(store) << store.error().message;
  return store ? std::move(*store) : nullptr;
}

/// Value of the member "n"; "none" where there is no record, or the error.
std::string loaded(LmdbStore& store, const CollectionStore::Key& key) {
  const auto found = store.load(key, 0);
  if (!found) return found.error().message;
  return *found ? (*found)->members.at("n").value : "none";
}

const CollectionStore::Key kKey{Variable::IP, "default", "192.0.2.1"};

TEST(RecordCodec, GivesBackWhatItGot) {
  const std::string bytes = encode_record(record(std::string("a\0\xff", 3)));
  const auto read = decode_record(bytes);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(encode_record(*read), bytes);
  EXPECT_EQ(read->last_update, -2);
  EXPECT_EQ(read->updates, 4u);
  EXPECT_EQ(read->members.at("n").name, "N");
  EXPECT_EQ(read->members.at("n").value, std::string("a\0\xff", 3));
  EXPECT_FALSE(read->members.at("later").set);
  EXPECT_EQ(read->members.at("later").expires, 99);
}

TEST(RecordCodec, AnyPrefixIsAnError) {
  const std::string bytes = encode_record(record("value"));
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_record(std::string_view(bytes).substr(0, size))) << size;
  }
  EXPECT_FALSE(decode_record(bytes + "x"));
}

TEST(RecordCodec, AnotherVersionIsAnError) {
  std::string bytes = encode_record(record("value"));
  bytes[0] = 2;
  EXPECT_FALSE(decode_record(bytes));
}

TEST(RecordCodec, AHugeCountReadsNothing) {
  std::string bytes = encode_record(StoredRecord{});
  for (size_t at = bytes.size() - 4; at < bytes.size(); ++at) bytes[at] = '\xff';
  EXPECT_FALSE(decode_record(bytes));
}

TEST(LmdbStore, KeepsRecordsWhenReopened) {
  const ScratchDirectory scratch;
  EXPECT_EQ(loaded(*open(scratch / "new/state"), kKey), "none");
  ASSERT_TRUE(open(scratch / "new/state")->save(kKey, record("1")));
  ASSERT_TRUE(open(scratch / "new/state")->save(kKey, record("2")));
  EXPECT_EQ(loaded(*open(scratch / "new/state"), kKey), "2");
}

TEST(LmdbStore, KeysAreCollectionApplicationAndName) {
  const ScratchDirectory scratch;
  const auto store = open(scratch.path());
  const std::string longer(2000, 'k');
  const std::vector<CollectionStore::Key> keys = {{Variable::IP, "default", "a"},
                                                  {Variable::GLOBAL, "default", "a"},
                                                  {Variable::IP, "other", "a"},
                                                  {Variable::IP, "default", "b"},
                                                  {Variable::IP, "a\n1", "b"},
                                                  {Variable::IP, "a", "1\nb"},
                                                  {Variable::IP, "default", longer},
                                                  {Variable::IP, "default", longer + "k"},
                                                  {Variable::IP, "default", std::string("\0", 1)},
                                                  {Variable::IP, "default", ""}};
  for (size_t at = 0; at < keys.size(); ++at)
    ASSERT_TRUE(store->save(keys[at], record(std::to_string(at))));
  for (size_t at = 0; at < keys.size(); ++at)
    EXPECT_EQ(loaded(*store, keys[at]), std::to_string(at));
}

TEST(LmdbStore, ClearRemovesAll) {
  const ScratchDirectory scratch;
  const auto store = open(scratch.path());
  ASSERT_TRUE(store->save(kKey, record("1")));
  ASSERT_TRUE(store->clear());
  EXPECT_EQ(loaded(*store, kKey), "none");
}

/// Puts bytes under every key, behind the store's back.
void overwrite(const std::string& directory, std::string_view bytes) {
  MDB_env* environment = nullptr;
  ASSERT_EQ(mdb_env_create(&environment), 0);
  ASSERT_EQ(mdb_env_open(environment, directory.c_str(), 0, 0644), 0);
  MDB_txn* transaction = nullptr;
  ASSERT_EQ(mdb_txn_begin(environment, nullptr, 0, &transaction), 0);
  MDB_dbi records = 0;
  ASSERT_EQ(mdb_dbi_open(transaction, nullptr, 0, &records), 0);
  MDB_cursor* cursor = nullptr;
  ASSERT_EQ(mdb_cursor_open(transaction, records, &cursor), 0);
  MDB_val key{}, old{};
  while (mdb_cursor_get(cursor, &key, &old, MDB_NEXT) == 0) {
    MDB_val value{bytes.size(), const_cast<char*>(bytes.data())};
    ASSERT_EQ(mdb_cursor_put(cursor, &key, &value, MDB_CURRENT), 0);
  }
  mdb_cursor_close(cursor);
  ASSERT_EQ(mdb_txn_commit(transaction), 0);
  mdb_env_close(environment);
}

StoredRecord expiring(int64_t when) {
  StoredRecord made = record("x");
  made.expires = when;
  return made;
}

TEST(LmdbStore, DropsWhatItReadsAsExpired) {
  const ScratchDirectory scratch;
  const auto store = open(scratch.path());
  ASSERT_TRUE(store->save(kKey, expiring(100)));
  EXPECT_TRUE(store->load(kKey, 99).value());
  EXPECT_EQ(store->size(), 1u);
  EXPECT_FALSE(store->load(kKey, 100).value());
  EXPECT_EQ(store->size(), 0u);
}

TEST(LmdbStore, ClosingSweepsByTheEarliestClockOfTheTraffic) {
  const ScratchDirectory scratch;
  const auto key = [](int at) {
    return CollectionStore::Key{Variable::IP, "default", std::to_string(at)};
  };
  {
    const auto store = open(scratch.path());
    for (int at = 0; at < 500; ++at) ASSERT_TRUE(store->save(key(at), expiring(at)));
  }
  EXPECT_EQ(open(scratch.path())->size(), 500u) << "nobody asked: there is no clock";
  {
    const auto store = open(scratch.path());
    for (const int64_t now : {350, 300, 400}) EXPECT_TRUE(store->load(key(499), now).value());
  }
  EXPECT_EQ(open(scratch.path())->size(), 199u) << "0 to 300 are gone";
  EXPECT_TRUE(open(scratch.path())->load(key(301), 300).value());
}

TEST(LmdbStore, ASweepLeavesWhatItCannotRead) {
  const ScratchDirectory scratch;
  ASSERT_TRUE(open(scratch.path())->save(kKey, expiring(1)));
  overwrite(scratch.path(), "\x01garbage");
  {
    EXPECT_FALSE(open(scratch.path())->load(kKey, 1'900'000'000));
  }
  EXPECT_EQ(open(scratch.path())->size(), 1u);
}

TEST(LmdbStore, GrowsBeyondItsFirstMap) {
  const ScratchDirectory scratch;
  const std::string megabyte(size_t{1} << 20, 'x');
  {
    const auto store = open(scratch.path());
    for (int at = 0; at < 40; ++at) {
      ASSERT_TRUE(store->save({Variable::IP, "default", std::to_string(at)}, record(megabyte)));
    }
  }
  EXPECT_EQ(loaded(*open(scratch.path()), {Variable::IP, "default", "39"}), megabyte);
}

TEST(LmdbStore, IsForOneRunAtATime) {
  const ScratchDirectory scratch;
  const auto store = open(scratch.path());
  const auto second = LmdbStore::open(scratch.path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message,
            scratch.path() + ": cannot keep collections here: another run is using it");
}

std::unique_ptr<LmdbStore> open_shared(const std::string& directory) {
  auto store = LmdbStore::open(directory, {}, LmdbStore::Users::processes);
  if (!store) {
    ADD_FAILURE() << store.error().message;
    return nullptr;
  }
  return std::move(*store);
}

TEST(LmdbStore, SharedWhatOneProcessSavesTheOthersSee) {
  const ScratchDirectory scratch;
  const pid_t other = fork();
  if (other == 0) {
    auto store = LmdbStore::open(scratch.path(), {}, LmdbStore::Users::processes);
    if (store) static_cast<void>((*store)->save(kKey, record("theirs")));
    kill(getpid(), SIGKILL);  // neither closed nor flushed
  }
  const auto store = open_shared(scratch.path());
  int status = 0;
  waitpid(other, &status, 0);
  EXPECT_EQ(loaded(*store, kKey), "theirs");
}

TEST(LmdbStore, SharedItHoldsMoreThanAFirstMap) {
  const ScratchDirectory scratch;
  const auto store = open_shared(scratch.path());
  const std::string megabyte(1 << 20, 'x');
  for (int at = 0; at < 40; ++at) {
    ASSERT_TRUE(store->save({Variable::IP, "default", std::to_string(at)}, record(megabyte)));
  }
  EXPECT_EQ(loaded(*store, {Variable::IP, "default", "39"}), megabyte);
}

TEST(LmdbStore, WhatIsSharedIsForNoRunAlone) {
  const ScratchDirectory scratch;
  const auto shared = open_shared(scratch.path());
  const auto alone = LmdbStore::open(scratch.path());
  ASSERT_FALSE(alone);
  EXPECT_EQ(alone.error().message,
            scratch.path() + ": cannot keep collections here: another run is using it");
}

TEST(LmdbStore, ADirectoryItCannotUseIsAnError) {
  const ScratchDirectory scratch;
  scratch.write("file", "text");
  std::filesystem::create_directory(scratch / "other");
  scratch.write("other/data.mdb", std::string(10'000, 'x'));
  for (const std::string name : {"file", "file/below", "other"}) {
    const auto store = LmdbStore::open(scratch / name);
    ASSERT_FALSE(store) << name;
    EXPECT_TRUE(store.error().message.starts_with(scratch / name + ": cannot keep"))
        << store.error().message;
  }
}

/// Writes counters without end, each record's value twice, and a byte to `progress` for each
/// record.
[[noreturn]] void write_forever(const std::string& directory, int progress) {
  auto store = LmdbStore::open(directory);
  for (int at = 0; store; ++at) {
    StoredRecord counter = record(std::to_string(at));
    counter.members["again"] = {"again", std::to_string(at), 0, true};
    if (!(*store)->save({Variable::IP, "default", std::to_string(at % 50)}, counter)) break;
    if (::write(progress, "", 1) != 1) break;
  }
  _exit(1);
}

TEST(LmdbStore, AKilledWriterLeavesWholeRecords) {
  const ScratchDirectory scratch;
  size_t records = 0;
  for (int round = 0; round < 5; ++round) {
    int progress[2];
    ASSERT_EQ(pipe(progress), 0);
    const pid_t writer = fork();
    if (writer == 0) write_forever(scratch.path(), progress[1]);
    close(progress[1]);
    char byte = 0;
    // Several groups, and a part of one.
    const int saves = 3 * static_cast<int>(LmdbStore::kGroup) + 37 * round;
    for (int saved = 0; saved < saves; ++saved) {
      ASSERT_EQ(::read(progress[0], &byte, 1), 1) << "the writer ended by itself";
    }
    kill(writer, SIGKILL);
    int status = 0;
    waitpid(writer, &status, 0);
    close(progress[0]);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself";

    const auto store = open(scratch.path());
    records = 0;
    for (int at = 0; at < 50; ++at) {
      const auto found = store->load({Variable::IP, "default", std::to_string(at)}, 0);
      ASSERT_TRUE(found) << found.error().message;
      if (!*found) continue;
      ++records;
      EXPECT_EQ((*found)->members.at("n").value, (*found)->members.at("again").value);
    }
    ASSERT_TRUE(store->save(kKey, record("after")));
    EXPECT_EQ(loaded(*store, kKey), "after");
  }
  EXPECT_GT(records, 0u) << "nothing was written before the kill";
}

TEST(LmdbStore, WhatIsSavedIsReadBeforeItIsWritten) {
  const ScratchDirectory scratch;
  const auto store = open(scratch.path());
  ASSERT_TRUE(store->save(kKey, record("1")));
  EXPECT_EQ(loaded(*store, kKey), "1");
  ASSERT_TRUE(store->save(kKey, record("2")));
  EXPECT_EQ(loaded(*store, kKey), "2");
  EXPECT_EQ(store->size(), 1u);
  EXPECT_EQ(loaded(*store, kKey), "2");
}

/// Saves counters, one after the other, and is killed before it closes.
void save_and_die(const std::string& directory, int saves, bool flush) {
  const pid_t writer = fork();
  if (writer == 0) {
    auto store = LmdbStore::open(directory);
    for (int at = 1; store && at <= saves; ++at) {
      static_cast<void>((*store)->save(kKey, record(std::to_string(at))));
      static_cast<void>((*store)->save({Variable::IP, "default", fmt::format("{}", at)},
                                       record(std::to_string(at))));
    }
    if (flush && store) static_cast<void>((*store)->flush());
    kill(getpid(), SIGKILL);
  }
  int status = 0;
  waitpid(writer, &status, 0);
}

TEST(LmdbStore, AKillLosesAGroupAtMost) {
  const ScratchDirectory scratch;
  const int group = static_cast<int>(LmdbStore::kGroup);
  save_and_die(scratch.path(), 3 * group, false);
  const auto store = open(scratch.path());
  const std::string counter = loaded(*store, kKey);
  ASSERT_NE(counter, "none");
  const int saved = std::stoi(counter);
  EXPECT_GE(saved, 2 * group);
  // The state is that after one save: what was saved before it is there, what came later is not.
  EXPECT_EQ(loaded(*store, {Variable::IP, "default", std::to_string(saved - 1)}),
            std::to_string(saved - 1));
  EXPECT_EQ(loaded(*store, {Variable::IP, "default", std::to_string(saved + 1)}), "none");
}

TEST(LmdbStore, AFlushLosesNothing) {
  const ScratchDirectory scratch;
  save_and_die(scratch.path(), 5, true);
  EXPECT_EQ(loaded(*open(scratch.path()), kKey), "5");
}

TEST(LmdbStore, IsBoundedInRecords) {
  const ScratchDirectory scratch;
  Limits limits;
  limits.collection_records = 3;
  auto opened = LmdbStore::open(scratch.path(), limits);
  ASSERT_TRUE(opened);
  LmdbStore& store = **opened;
  const auto key = [](int at) {
    return CollectionStore::Key{Variable::IP, "default", std::to_string(at)};
  };
  for (int at = 0; at < 3; ++at) EXPECT_TRUE(store.save(key(at), record("1")).value());
  EXPECT_FALSE(store.save(key(3), record("1")).value());
  EXPECT_TRUE(store.save(key(2), record("2")).value()) << "one that is there";
  EXPECT_EQ(store.size(), 3u);
}

TEST(LmdbStore, ACorruptRecordIsToldAndCanBeReplaced) {
  const ScratchDirectory scratch;
  ASSERT_TRUE(open(scratch.path())->save(kKey, record("1")));
  overwrite(scratch.path(), "\x01garbage");
  const auto store = open(scratch.path());
  EXPECT_EQ(loaded(*store, kKey), "it is cut off at byte 1");
  ASSERT_TRUE(store->save(kKey, record("2")));
  EXPECT_EQ(loaded(*store, kKey), "2");
}

TEST(LmdbStore, ATruncatedFileIsAnErrorAndNoCrash) {
  const ScratchDirectory scratch;
  {
    const auto store = open(scratch.path());
    for (int at = 0; at < 10; ++at) {
      ASSERT_TRUE(store->save({Variable::IP, "default", std::to_string(at)},
                              record(std::string(9000, 'x'))));
    }
  }
  for (const uintmax_t size : {20'000u, 8'192u, 4'096u, 100u, 0u}) {
    std::filesystem::resize_file(scratch / "data.mdb", size);
    const auto store = LmdbStore::open(scratch.path());
    if (!store) continue;
    EXPECT_NE(loaded(**store, {Variable::IP, "default", "9"}), std::string(9000, 'x')) << size;
  }
}

}  // namespace
}  // namespace wafcheck::engine
