#include "formats/records/record_format.h"

#include <algorithm>
#include <iterator>

#include "formats/traffic/jsonl.h"

namespace wafcheck::formats::inline records {
namespace {

using enum RecordKind;

constexpr RecordFormat kFormats[] = {
    {"text", decision, "a line a match, and a summary", false, make_decision_text},
    {"jsonl", decision, "an object a transaction", true, make_decision_lines},
    {"json", decision, "one document", false, make_decision_document},
    {"markdown", decision, "tables for a review", false, make_decision_markdown},
    {"html", decision, "a page to look at", false, make_replay_page, true},
    {"matched-rules", decision, "as CRS's sandbox has them", true, make_matched_rules},
    {"matched-rules-json", decision, "the same as JSON arrays", true, make_matched_rules_json},
    {"modsecurity", audit, "the JSON of ModSecurity 3", false, make_audit_modsecurity},
    {"coraza", audit, "the JSON of Coraza", false, make_audit_coraza},
    {"native", audit, "sections of text between markers", false, make_audit_native},
    {"modsecurity2", audit, "the JSON of ModSecurity 2, Coraza's JsonLegacy", false,
     make_audit_modsecurity2},
    {"error-log", error_log, "a line a match that is logged", false, make_error_log},
    {"transactions", traffic, "a JSON object a transaction, as replay reads it", false,
     make_transaction_lines},
};

/// Transaction lines: the traffic, in the form that can be read again.
class TransactionLines : public RecordWriter {
 public:
  std::string record(const Outcome& outcome) const override {
    return transaction_line(*outcome.exchange);
  }
};

}  // namespace

std::span<const RecordFormat> record_formats() {
  return kFormats;
}

std::vector<RecordFormat> record_formats(RecordKind kind) {
  std::vector<RecordFormat> rows;
  std::ranges::copy_if(kFormats, std::back_inserter(rows),
                       [kind](const RecordFormat& row) { return row.kind == kind; });
  return rows;
}

const RecordFormat* find_record_format(RecordKind kind, std::string_view name) {
  const auto* const row = std::ranges::find_if(kFormats, [&](const RecordFormat& candidate) {
    return candidate.kind == kind && candidate.name == name;
  });
  return row == std::end(kFormats) ? nullptr : row;
}

bool is_selected(const Outcome& outcome, Selection selection) {
  switch (selection) {
    case Selection::interrupted:
      return is_interrupted(outcome);
    case Selection::matched:
      return is_interrupted(outcome) || outcome.rejected || has_shown_match(outcome) ||
             outcome.transaction->undecided();
    case Selection::usual:
    case Selection::all:
      break;
  }
  return true;
}

bool is_named(const Outcome& outcome, const RecordContext& context) {
  if (context.entries.empty() && context.ids.empty()) return true;
  const std::optional<size_t>& entry = outcome.exchange->entry;
  return (entry && std::ranges::find(context.entries, *entry) != context.entries.end()) ||
         std::ranges::find(context.ids, outcome.transaction->id()) != context.ids.end();
}

std::unique_ptr<RecordWriter> make_transaction_lines(const RecordContext&) {
  return std::make_unique<TransactionLines>();
}

}  // namespace wafcheck::formats::inline records
