#include "lint/analysis/analysis.h"

#include "lint/analysis/data_files.h"
#include "lint/analysis/exclusions.h"
#include "lint/analysis/expressions.h"
#include "lint/analysis/redos_index.h"
#include "lint/analysis/tx.h"

namespace wafcheck::lint::inline analysis {

Analysis::Analysis(const parser::RulesetModel& of, parser::FileSystem* files,
                   const RedosOptions* redos)
    : ruleset(of), files_(files != nullptr ? *files : parser::disk()), redos_options_(redos) {}

Analysis::~Analysis() = default;

const parser::Rule& Analysis::starter(const parser::Rule& rule) const {
  return rule.starter == parser::kNoRule ? rule : ruleset.rules[rule.starter];
}

parser::RuleIndex Analysis::index(const parser::Rule& rule) const {
  return static_cast<parser::RuleIndex>(&rule - ruleset.rules.data());
}

const TxIndex& Analysis::tx() const {
  if (!tx_) tx_ = std::make_unique<TxIndex>(ruleset);
  return *tx_;
}

const Exclusions& Analysis::exclusions() const {
  if (!exclusions_) exclusions_ = std::make_unique<Exclusions>(ruleset);
  return *exclusions_;
}

const std::deque<DataFile>& Analysis::data_files() const {
  if (!data_files_) {
    data_files_ = std::make_unique<std::deque<DataFile>>(read_data_files(ruleset, files()));
  }
  return *data_files_;
}

const Expressions& Analysis::expressions() const {
  if (!expressions_) expressions_ = std::make_unique<Expressions>(ruleset);
  return *expressions_;
}

const RedosIndex& Analysis::redos() const {
  if (!redos_) {
    redos_ = std::make_unique<RedosIndex>(
        expressions(), redos_options_ != nullptr ? *redos_options_ : RedosOptions());
  }
  return *redos_;
}

}  // namespace wafcheck::lint::inline analysis
