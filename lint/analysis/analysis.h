#pragma once
// Derived facts about a ruleset, for checks, the index and explain. Each is computed on first use.

#include <deque>
#include <memory>

#include "parser/ruleset/ruleset.h"

namespace wafcheck::lint::inline analysis {

class Exclusions;
class Expressions;
class RedosIndex;
class TxIndex;
struct DataFile;
struct RedosOptions;

class Analysis {
 public:
  /// `files`: the file system for data files; null: the disk. `redos`: null: as by default. All
  /// arguments must outlive this.
  explicit Analysis(const parser::RulesetModel& of, parser::FileSystem* files = nullptr,
                    const RedosOptions* redos = nullptr);
  ~Analysis();
  Analysis(const Analysis&) = delete;
  Analysis& operator=(const Analysis&) = delete;

  const parser::RulesetModel& ruleset;

  parser::FileSystem& files() const { return files_; }
  /// The first rule of the chain that a rule belongs to; the rule itself if it is in no chain.
  const parser::Rule& starter(const parser::Rule& rule) const;
  parser::RuleIndex index(const parser::Rule& rule) const;
  /// Who writes and who reads TX and the persistent collections.
  const TxIndex& tx() const;
  /// The rules that ids, tags and messages name, and all exclusions.
  const Exclusions& exclusions() const;
  /// The expressions with superlinear matching time; finding them is costly.
  const RedosIndex& redos() const;
  /// The data files that rules read.
  const std::deque<DataFile>& data_files() const;
  /// The regular expressions of the rules.
  const Expressions& expressions() const;

 private:
  parser::FileSystem& files_;
  const RedosOptions* redos_options_;
  mutable std::unique_ptr<Exclusions> exclusions_;
  mutable std::unique_ptr<Expressions> expressions_;
  mutable std::unique_ptr<RedosIndex> redos_;
  mutable std::unique_ptr<std::deque<DataFile>> data_files_;
  mutable std::unique_ptr<TxIndex> tx_;
};

}  // namespace wafcheck::lint::inline analysis
