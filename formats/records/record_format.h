#pragma once
// The output formats that are streams of records, one a transaction, and the table of them. What
// wants to write traffic or outcomes takes a row from here.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/privacy/masks.h"
#include "formats/records/outcome.h"
#include "formats/records/summary.h"

namespace wafcheck::formats::inline records {

/// Which transactions a stream of decisions shows.
enum class Selection : uint8_t {
  usual,  ///< as the format has it
  all,
  matched,      ///< a rule that is shown matched, or the request was refused
  interrupted,  ///< or would have been in DetectionOnly
};

/// What a writer may know before the first record.
struct RecordContext {
  const engine::Program* program = nullptr;  ///< null where only traffic is written
  Selection selection = Selection::usual;
  bool timing = true;  ///< also what differs from run to run
  engine::Limits limits = {};
  /// Which transactions are shown, by their places in the sources and their ids; none: all that
  /// `selection` takes.
  std::vector<uint64_t> entries = {};
  std::vector<std::string> ids = {};
  bool why = false;    ///< also the reasons
  bool names = false;  ///< with these, what each engine calls members of JSON bodies
  std::vector<uint64_t> why_rules = {};  ///< only those of these rules; none: of all
  const Masks* masks = nullptr;          ///< of what people are shown; null: nothing is hidden
  bool mask_json = false;                ///< JSON is masked as well
  // Of text for people:
  bool color = false;
  bool ascii = false;  ///< the terminal knows no UTF-8
  size_t columns = 0;  ///< lines are fitted to these; 0: as long as they are
};

bool is_selected(const Outcome& outcome, Selection selection);
/// Whether it is among those that are named; without names, all are.
bool is_named(const Outcome& outcome, const RecordContext& context);

/// What it may know after the last one.
struct RunTotals {
  Summary summary;
  std::optional<double> elapsed_ms = std::nullopt;  ///< none: it is not to be told
  size_t records = 0;                               ///< that were written
};

/// Writes one format. A stream is begin(), then lead(i) and a record() for each transaction that
/// has one, then end(). Safe to share between threads: records are formatted on any of them, and
/// only the order in which they are written gives them their numbers.
class RecordWriter {
 public:
  virtual ~RecordWriter() = default;
  virtual std::string begin() const { return {}; }
  /// A transaction, whole but for its lead; empty: the format does not show it.
  virtual std::string record(const Outcome& outcome) const = 0;
  /// What stands before the record that is number `index` of those written, from 0.
  virtual std::string lead([[maybe_unused]] size_t index) const { return {}; }
  virtual std::string end([[maybe_unused]] const RunTotals& totals) const { return {}; }
};

enum class RecordKind : uint8_t {
  decision,   ///< what became of a transaction: the result of a run
  audit,      ///< audit logs
  error_log,  ///< error logs
  traffic,    ///< the traffic itself: an outcome needs no transaction, and no rules run
};

/// A row of the table.
struct RecordFormat {
  std::string_view name;  ///< unique among those of a kind
  RecordKind kind;
  std::string_view doc;  ///< a few words, for help texts
  bool summary_apart;    ///< the stream has no place for the summary: it goes to standard error
  std::unique_ptr<RecordWriter> (*make)(const RecordContext& context);
  bool page = false;  ///< for a browser, not for a terminal
};

std::span<const RecordFormat> record_formats();
/// The rows of a kind, in the order of the table.
std::vector<RecordFormat> record_formats(RecordKind kind);
/// Null: no format of that kind has this name.
const RecordFormat* find_record_format(RecordKind kind, std::string_view name);

// The writers of the rows, each in the file of its format.
std::unique_ptr<RecordWriter> make_decision_text(const RecordContext& context);
std::unique_ptr<RecordWriter> make_decision_lines(const RecordContext& context);
std::unique_ptr<RecordWriter> make_decision_document(const RecordContext& context);
std::unique_ptr<RecordWriter> make_decision_markdown(const RecordContext& context);
std::unique_ptr<RecordWriter> make_replay_page(const RecordContext& context);
std::unique_ptr<RecordWriter> make_matched_rules(const RecordContext& context);
std::unique_ptr<RecordWriter> make_matched_rules_json(const RecordContext& context);
std::unique_ptr<RecordWriter> make_audit_modsecurity(const RecordContext& context);
std::unique_ptr<RecordWriter> make_audit_coraza(const RecordContext& context);
std::unique_ptr<RecordWriter> make_audit_native(const RecordContext& context);
std::unique_ptr<RecordWriter> make_audit_modsecurity2(const RecordContext& context);
std::unique_ptr<RecordWriter> make_error_log(const RecordContext& context);
std::unique_ptr<RecordWriter> make_transaction_lines(const RecordContext& context);

}  // namespace wafcheck::formats::inline records
