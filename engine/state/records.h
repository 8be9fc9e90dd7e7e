#pragma once
// The persistent collections (IP, GLOBAL, RESOURCE, SESSION, USER) that a transaction has opened.
// Source: seclang reference 6.3.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/collections.h"
#include "engine/limits.h"
#include "engine/program/program_data.h"
#include "engine/state/problems.h"

namespace wafcheck::engine::inline state {

/// The record of one collection. What has expired when it is opened is gone; the rest stays until
/// the transaction ends.
class OpenRecord {
 public:
  OpenRecord(parser::Variable collection, std::string key, StoredRecord record, bool is_new,
             const Limits& limits)
      : collection_(collection),
        key_(std::move(key)),
        record_(std::move(record)),
        is_new_(is_new),
        most_members_(limits.record_members),
        room_(limits.record_bytes - std::min(limits.record_bytes, size_of(record_))) {}

  parser::Variable collection() const { return collection_; }
  const std::string& key() const { return key_; }
  const StoredRecord& stored() const { return record_; }
  bool is_new() const { return is_new_; }
  bool changed() const { return changed_; }

  /// A stored member, set or not; null where there is none.
  const StoredMember* find(std::string_view name) const;
  /// A stored member's value; none where it is unset.
  std::optional<std::string_view> value(std::string_view name) const;

  /// Each returns false where the record has room for no more members.
  bool set(std::string_view name, std::string value);
  bool expire(std::string_view name, int64_t at);  ///< seconds since the epoch; 0: never
  void unset(std::string_view name);
  /// Takes `amount` off a number for each whole `period` seconds since the record was saved.
  void deprecate(std::string_view name, int64_t amount, int64_t period, int64_t now);
  /// The record as it is to be saved; it counts as unchanged from then on.
  const StoredRecord& close(int64_t now, int64_t default_timeout);

 private:
  StoredMember* find_or_add(std::string_view name);

  parser::Variable collection_;
  std::string key_;
  StoredRecord record_;
  bool is_new_;
  bool changed_ = false;
  size_t most_members_;
  size_t room_;  ///< bytes that may be added
};

class Records {
 public:
  /// `store` may be null: records then live as long as the transaction. `now`: seconds since the
  /// epoch. Faults of the store are reported to `problems`.
  Records(const ProgramData& program, CollectionStore* store, int64_t now, Problems& problems,
          const Limits& limits)
      : program_(program), store_(store), now_(now), problems_(problems), limits_(limits) {}

  void open(parser::Variable collection, std::string_view key);
  /// Null where it is not open.
  OpenRecord* find(parser::Variable collection);
  const OpenRecord* find(parser::Variable collection) const;

  /// The value of a member, those that a collection has of itself included (KEY, IS_NEW, ...).
  std::optional<std::string> member(const OpenRecord& open, std::string_view name) const;
  /// Names of all members that are set, as written.
  std::vector<std::string> member_names(const OpenRecord& open) const;

  // As actions change members; a full record is reported.
  void set(OpenRecord& open, std::string_view name, std::string value);
  void expire(OpenRecord& open, std::string_view name, int64_t seconds);
  /// `rate` is "amount/period".
  void deprecate(OpenRecord& open, std::string_view name, std::string_view rate);

  /// Saves what has changed.
  void save();

 private:
  void save(OpenRecord& open);
  void report_full(const OpenRecord& open);

  const ProgramData& program_;
  CollectionStore* store_;
  int64_t now_;
  Problems& problems_;
  const Limits& limits_;
  std::vector<OpenRecord> open_;
};

}  // namespace wafcheck::engine::inline state
