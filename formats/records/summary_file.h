#pragma once
// What a run came to, as a file, for runs over parts of the same work to be added up.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/json/reader.h"
#include "formats/json/writer.h"
#include "parser/base/result.h"

namespace wafcheck::formats::inline records {

/// What a part read of a file in which only what precedes a place tells whether a record begins
/// there. A part that began amid it has guessed; that it began at a record, the part before proves,
/// whose last record ends there. Places are in bytes.
struct PartSpan {
  std::string source;
  uint64_t part = 1;
  uint64_t begin = 0, end = 0;    ///< between these its records begin; parts leave no gap
  uint64_t from = 0;              ///< where reading began; 0: nothing was guessed
  std::optional<uint64_t> first;  ///< its first record; none: no record begins in the part
  /// The first record at or after the end, or the size of the file. None: nobody can begin to read
  /// there, as records overlap, or the part began amid a file and has no record.
  std::optional<uint64_t> next;
};

/// Which runs stand behind a summary.
struct SummaryRuns {
  /// The parts of one run that are in it.
  struct Parts {
    uint64_t of = 1;
    std::set<uint64_t> there;                                    ///< from 1
    std::map<std::pair<std::string, uint64_t>, PartSpan> spans;  ///< by source and begin

    void add(PartSpan span);
    /// The spans that are no part of the whole: the one before ends elsewhere than they begin, or
    /// is not there although all parts are.
    std::vector<const PartSpan*> wrong() const;
  };

  std::string rules;  ///< a hash of rules, engine and options: only what has the same adds up
  /// By a hash of what is common to all parts of a run: rules, inputs and selection.
  std::map<std::string, Parts> runs;

  /// Adds others. An error: they are of other rules, or have a part that is in these.
  Result<void> merge(const SummaryRuns& other);
  /// Names parts that are in no summary: "parts 2 and 5 of 8"; empty: all are there.
  std::string missing() const;
  /// Names parts that did not begin at a record, a line each; none: as far as parts are side by
  /// side, they fit.
  std::vector<std::string> misfits() const;
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
