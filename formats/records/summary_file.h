#pragma once
// A summary as a file, for runs over parts of the traffic to be added up.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "formats/records/summary.h"
#include "parser/base/result.h"

namespace wafcheck::formats::inline records {

/// What one run, or several together, came to.
struct SummaryFile {
  /// The parts of one run that are in it.
  struct Parts {
    uint64_t of = 1;
    std::set<uint64_t> there;  ///< from 1
  };

  std::string rules;  ///< a hash of rules, engine and options: only what has the same adds up
  /// By a hash of what is common to all parts of a run: rules, inputs and selection.
  std::map<std::string, Parts> runs;
  Summary summary;

  /// Adds another one. An error: it is of other rules, or has a part that is in this one.
  Result<void> merge(const SummaryFile& other);
  /// Names parts that are in no summary: "parts 2 and 5 of 8"; empty: all are there.
  std::string missing() const;
};

/// One JSON document, a line; its last member is a checksum over what precedes it.
std::string summary_file_text(const SummaryFile& file);

/// An error where the text is no such document, breaks off, or was changed. Source: the schema
/// summary-file.schema.json.
Result<SummaryFile> read_summary_file(std::string_view text);

}  // namespace wafcheck::formats::inline records
