// Markdown: a table of what changed or was held back, then the summary, for a review or a job's
// page.

#include <fmt/format.h>

#include "formats/records/record_format.h"
#include "formats/records/then_and_now.h"
#include "formats/traffic/gaps.h"
#include "parser/base/escape.h"
#include "parser/base/markdown_text.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::formats::inline records {
namespace {

constexpr size_t kPathShown = 80;

/// The request without its query, which may hold what is nobody's business.
std::string request_cell(const Exchange& exchange) {
  const std::string& uri = exchange.request.uri;
  return markdown_text(excerpt(exchange.request.method, 20) + " " +
                       excerpt(std::string_view(uri).substr(0, uri.find('?')), kPathShown));
}

std::string ids_cell(const std::vector<uint64_t>& ids) {
  std::string text;
  for (const uint64_t id : ids) text += fmt::format("{}{}", text.empty() ? "" : " ", id);
  return text;
}

class MarkdownWriter : public RecordWriter {
 public:
  explicit MarkdownWriter(const RecordContext& context) : selection_(context.selection) {}

  std::string record(const Outcome& outcome) const override {
    const Exchange& exchange = *outcome.exchange;
    const auto both = then_and_now(outcome);
    const bool all = selection_ == Selection::all;
    const std::string now = decision_now(outcome);
    const bool shown =
        both ? both->change != Change::same : is_interrupted(outcome) || outcome.rejected;
    if (!shown && !all) return {};
    const auto score = scores_of(*outcome.transaction).inbound;
    const std::string then = both ? both->then : std::string();
    return fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", markdown_text(then),
                       markdown_text(now), request_cell(exchange),
                       score ? std::to_string(*score) : "", both ? ids_cell(both->gone) : "",
                       both ? ids_cell(both->appeared) : rules_of(outcome),
                       both && both->partial ? "partial" : "");
  }
  std::string lead(size_t index) const override {
    return index != 0 ? ""
                      : "| Then | Now | Request | Score | Rules gone | Rules new | |\n"
                        "|---|---|---|---:|---|---|---|\n";
  }
  std::string end(const RunTotals& totals) const override {
    const Summary& summary = totals.summary;
    std::string text = totals.records > 0 ? "\n" : "";
    const auto row = [&](uint64_t count, std::string_view what) {
      if (count != 0) text += fmt::format("- {} {}\n", count, what);
    };
    const RecordCounts& records = summary.records;
    if (records.total() != 0) {
      text += fmt::format("**{} records: {} the same, {} no longer blocked, {} newly blocked**\n\n",
                          records.total() + summary.unreadable, records.same, records.no_longer,
                          records.newly);
      row(records.partial, "partial: rules could not see the whole request");
      row(records.partial_changed, "of the partial ones would change");
    } else {
      text += fmt::format("**{} transactions: {} interrupted**\n\n", summary.transactions,
                          summary.interrupted);
    }
    if (summary.part) {
      text += fmt::format("- part {} of {}\n", summary.part->part, summary.part->of);
    }
    row(summary.would_interrupt, "would be interrupted (DetectionOnly)");
    row(summary.rejected, "rejected by the front");
    row(summary.undecided, "undecided: a limit was reached");
    row(summary.unreadable, "unreadable");
    row(summary.skipped, "skipped");
    row(summary.with_errors, "with errors");
    for (const auto& [gap, count] : records.gaps) {
      if (row_of(gap).partial) row(count, fmt::format("{}: {}", row_of(gap).name, row_of(gap).doc));
    }
    return text;
  }

 private:
  static std::string rules_of(const Outcome& outcome) {
    std::vector<uint64_t> ids;
    for (const engine::MatchedRule& matched : outcome.transaction->matched_rules()) {
      if (matched.log || matched.auditlog) ids.push_back(matched.rule->id.value_or(0));
    }
    return ids_cell(ids);
  }

  const Selection selection_;
};

}  // namespace

std::unique_ptr<RecordWriter> make_decision_markdown(const RecordContext& context) {
  return std::make_unique<MarkdownWriter>(context);
}

}  // namespace wafcheck::formats::inline records
