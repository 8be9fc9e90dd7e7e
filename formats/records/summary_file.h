#pragma once
// What a run came to, as a file, for runs over parts of the same work to be added up.

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "formats/json/reader.h"
#include "formats/json/writer.h"
#include "parser/base/result.h"

namespace wafcheck::formats::inline records {

/// Which runs stand behind a summary.
struct SummaryRuns {
  /// The parts of one run that are in it.
  struct Parts {
    uint64_t of = 1;
    std::set<uint64_t> there;  ///< from 1
  };

  std::string rules;  ///< a hash of rules, engine and options: only what has the same adds up
  /// By a hash of what is common to all parts of a run: rules, inputs and selection.
  std::map<std::string, Parts> runs;

  /// Adds others. An error: they are of other rules, or have a part that is in these.
  Result<void> merge(const SummaryRuns& other);
  /// Names parts that are in no summary: "parts 2 and 5 of 8"; empty: all are there.
  std::string missing() const;
};

/// One JSON document, a line; its last member is a checksum over what precedes it. `write` gives
/// the value of "summary".
std::string summary_file_text(std::string_view kind, const SummaryRuns& runs,
                              const std::function<void(JsonWriter&)>& write);

/// What such a document holds; views its text.
struct SummaryFile {
  JsonDocument document;
  std::string kind;
  SummaryRuns runs;
  JsonValue summary;  ///< as its kind has it
};
/// An error where the text is no such document, breaks off, or was changed. Source: the schemas
/// summary-KIND.schema.json.
Result<SummaryFile> read_summary_file(std::string_view text);

}  // namespace wafcheck::formats::inline records
