// Decisions for people: a line a transaction, what matched, and the summary.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "engine/program.h"
#include "formats/records/decisions.h"
#include "formats/records/reasons.h"
#include "formats/records/record_format.h"
#include "formats/records/then_and_now.h"
#include "formats/records/trace.h"
#include "formats/why/marked.h"
#include "formats/why/report.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::formats::inline records {
namespace {

using engine::MatchedRule;

// Bytes of a request that a line shows.
constexpr size_t kMethodShown = 20, kUriShown = 120;

/// A transaction's line in its parts, so that it can be fitted.
struct DecisionLine {
  std::string verb;  ///< empty: nothing matched
  std::string what;  ///< what stands between the verb and the method
  std::string_view method;
  std::string uri;
  std::string tail;  ///< why, and the scores
  std::vector<std::string> ids;

  std::string text(size_t columns) const {
    std::string ends = tail;
    std::string list;
    for (const std::string& id : ids) list += " " + id;
    if (!list.empty()) list = " " + list;
    const std::string head = fmt::format("{}{} {} ", verb, what, excerpt(method, kMethodShown));
    size_t shown = kUriShown;
    if (columns != 0) {
      constexpr size_t kLeast = 24;
      const auto room = [&](size_t taken) { return columns > taken ? columns - taken : 0; };
      const size_t around = columns_of(head) + columns_of(ends);
      const size_t wanted = std::min(columns_of(excerpt(uri, kUriShown)), kLeast);
      cut_list(list, std::max(room(around + wanted), size_t{8}));
      shown = std::min(room(around + list.size()), kUriShown);
      // An excerpt that is cut ends in dots.
      if (columns_of(excerpt(uri, kUriShown)) > shown) shown = std::max(shown, size_t{11}) - 3;
    }
    return head + excerpt(uri, shown) + ends + list;
  }

 private:
  /// Whole ids only, and how many more there are.
  void cut_list(std::string& list, size_t most) const {
    if (list.size() <= most) return;
    const std::string left_out = fmt::format(" +{}", ids.size());
    std::string kept = " ";
    size_t count = 0;
    for (const std::string& id : ids) {
      const std::string next = " " + id;
      if (kept.size() + next.size() + left_out.size() > most) break;
      kept += next;
      ++count;
    }
    list = kept + fmt::format(" +{}", ids.size() - count);
  }
};

DecisionLine line_of(const Outcome& outcome) {
  const engine::Transaction& transaction = *outcome.transaction;
  const auto& would = transaction.would_interrupt();
  const auto& interruption = transaction.interruption() ? transaction.interruption() : would;
  DecisionLine line;
  const bool matched_any = has_shown_match(outcome);
  const auto undecided = undecided_by(transaction);
  if (!interruption && !outcome.rejected && !transaction.allowed() && !matched_any &&
      undecided.empty()) {
    return line;
  }

  std::string verb = interruption            ? std::string(engine::to_string(interruption->action))
                     : outcome.rejected      ? "reject"
                     : transaction.allowed() ? "allow"
                     : matched_any           ? "match"
                                             : "undecided";
  std::ranges::transform(verb, verb.begin(), [](char c) { return static_cast<char>(c & ~0x20); });
  if (interruption && !transaction.interruption()) line.verb = "WOULD-";
  line.verb += verb;
  const auto& refused = outcome.rejected ? outcome.exchange->http_error : std::nullopt;
  if (interruption) {
    line.what = fmt::format(" {}", interruption->status);
    line.what += interruption->rule_id ? fmt::format(" {}", *interruption->rule_id) : " limit";
  } else if (refused) {
    line.what = fmt::format(" {}", refused->status);
  }
  line.method = outcome.exchange->request.method;
  line.uri = outcome.exchange->request.uri;
  if (refused) line.tail += fmt::format("  {}", refused->reason);
  const Scores scores = scores_of(transaction);
  if (scores.inbound) line.tail += fmt::format("  score {}", *scores.inbound);
  if (scores.outbound && *scores.outbound != 0)
    line.tail += fmt::format("  outbound {}", *scores.outbound);
  if (!undecided.empty()) {
    line.tail += fmt::format("  {}({})", verb == "UNDECIDED" ? "" : "undecided ",
                             fmt::join(undecided, ", "));
  }
  for (const MatchedRule& matched : transaction.matched_rules()) {
    const std::string id = std::to_string(matched.rule->id.value_or(0));
    if (std::ranges::find(line.ids, id) == line.ids.end()) line.ids.push_back(id);
  }
  return line;
}

std::string upper(std::string_view word) {
  std::string text(word);
  std::ranges::transform(text, text.begin(), to_upper);
  return text;
}

/// "WAS DENY 403 → PASS GET /  score 15 → 3  -942100 +942101": of a record that changed.
DecisionLine change_line(const Outcome& outcome, const ThenAndNow& both, bool ascii) {
  const Recorded& recorded = *outcome.exchange->recorded;
  const std::string_view arrow = ascii ? "->" : "→";
  DecisionLine line;
  line.verb = both.partial ? "PARTIAL WAS " : "WAS ";
  line.verb += upper(both.then);
  if (recorded.status && both.then != "pass" && both.then != "allow") {
    line.verb += fmt::format(" {}", *recorded.status);
  }
  line.verb += fmt::format(" {} {}", arrow, upper(both.now));
  const auto& now = outcome.transaction->interruption() ? outcome.transaction->interruption()
                                                        : outcome.transaction->would_interrupt();
  if (now) line.verb += fmt::format(" {}", now->status);
  line.method = outcome.exchange->request.method;
  line.uri = outcome.exchange->request.uri;
  const auto score = scores_of(*outcome.transaction).inbound;
  if (recorded.score && score && *recorded.score != *score) {
    line.tail = fmt::format("  score {} {} {}", *recorded.score, arrow, *score);
  } else if (score) {
    line.tail = fmt::format("  score {}", *score);
  }
  for (const uint64_t id : both.gone) line.ids.push_back(fmt::format("-{}", id));
  for (const uint64_t id : both.appeared) line.ids.push_back(fmt::format("+{}", id));
  return line;
}

/// The verb's colour: what is held back, what would be, what may pass.
std::string_view color_of(std::string_view verb) {
  if (verb.starts_with("WAS ") || verb.starts_with("PARTIAL ")) {
    return verb.ends_with(" PASS") || verb.ends_with(" ALLOW") ? "\x1b[1;33m" : "\x1b[1;31m";
  }
  if (verb.starts_with("WOULD-") || verb == "MATCH" || verb == "UNDECIDED") return "\x1b[1;33m";
  return verb == "ALLOW" || verb == "PASS" ? "\x1b[1;32m" : "\x1b[1;31m";
}

/// Lines for people. What merely passed is shown only where it is asked for.
class DecisionText : public RecordWriter {
 public:
  explicit DecisionText(const RecordContext& context) : context_(context) {}

  std::string record(const Outcome& outcome) const override {
    const auto both = then_and_now(outcome);
    const bool changed = both && both->change != Change::same;
    if (!is_shown(outcome, both.has_value(), changed)) return {};
    DecisionLine line = changed ? change_line(outcome, *both, context_.ascii) : line_of(outcome);
    if (line.verb.empty()) {
      line = {"PASS", {}, outcome.exchange->request.method, outcome.exchange->request.uri, {}, {}};
    }
    std::string reasons;
    if (outcome.evidence != nullptr) {
      const Why why = reasons_of(outcome, context_, explainers_);
      reasons = reasons_text(outcome, why);
      if (context_.why && !changed) {
        line.ids.clear();  // the rules are told of one by one
        line.tail += threshold_text(why);
      }
    }
    line.uri = uri_of(outcome);
    std::string text = line.text(context_.columns) + '\n';
    if (context_.color) {
      text = fmt::format("{}{}\x1b[0m{}", color_of(line.verb), line.verb,
                         std::string_view(text).substr(line.verb.size()));
    }
    text += reasons;
    text += problems_text(outcome);
    if (outcome.trace != nullptr) {
      text += outcome.trace->text(outcome.transaction->program().ruleset(), context_.masks);
    }
    return context_.why ? text + '\n' : text;
  }
  std::string end(const RunTotals& totals) const override {
    std::string text = totals.records > 0 && !context_.why ? "\n" : "";
    text += summary_text(totals.summary, totals.elapsed_ms, context_.ascii);
    if (totals.summary.statistics) {
      text += '\n' + statistics_text(*totals.summary.statistics, context_.columns, context_.ascii);
    }
    return text;
  }

 private:
  /// `recorded`: it is of a log; `changed`: and was decided on in another way.
  bool is_shown(const Outcome& outcome, bool recorded, bool changed) const {
    if (!context_.entries.empty() || !context_.ids.empty()) return is_named(outcome, context_);
    Selection selection = context_.selection;
    if (selection == Selection::usual) {
      // Of a log, the changes are what is asked for.
      if (recorded && outcome.trace == nullptr && !context_.why) return changed;
      selection = outcome.trace != nullptr ? Selection::all
                  : context_.why           ? Selection::interrupted
                                           : Selection::matched;
    }
    return changed || is_selected(outcome, selection);
  }

  std::string uri_of(const Outcome& outcome) const {
    const std::string& uri = outcome.exchange->request.uri;
    return context_.masks == nullptr ? uri : context_.masks->hide("REQUEST_URI", uri);
  }

  /// " of 5", where a score is told.
  static std::string threshold_text(const Why& why) {
    const auto sum = std::ranges::find_if(why.sums, &ScoreSum::reached);
    return sum == why.sums.end() || !sum->threshold ? "" : fmt::format(" of {}", *sum->threshold);
  }

  std::string reasons_text(const Outcome& outcome, const Why& why) const {
    ReportStyle style;
    style.ruleset = &outcome.transaction->program().ruleset();
    style.masks = context_.masks;
    style.color = context_.color;
    style.ascii = context_.ascii;
    style.columns = context_.columns;
    return context_.why ? why_text(why, style) : match_lines(why, style);
  }

  /// What was cut off, failed or could not be evaluated.
  std::string problems_text(const Outcome& outcome) const {
    constexpr size_t kMost = 5, kBytes = 160;
    std::vector<std::string> lines;
    for (const std::string& note : outcome.exchange->notes) {
      lines.push_back(fmt::format("  note: {}\n", excerpt(note, kBytes)));
    }
    for (const engine::Problem& problem : outcome.transaction->problems()) {
      lines.push_back(fmt::format("  {}: {}\n", problem.undecided ? "undecided" : "note",
                                  excerpt(problem.message, kBytes)));
    }
    std::string text;
    for (size_t at = 0; at < std::min(lines.size(), kMost); ++at) text += lines[at];
    if (lines.size() > kMost) text += fmt::format("  and {} more notes\n", lines.size() - kMost);
    return text;
  }

  const RecordContext context_;
  const Explainers explainers_;
};

}  // namespace

std::unique_ptr<RecordWriter> make_decision_text(const RecordContext& context) {
  return std::make_unique<DecisionText>(context);
}

std::string decision_text(const Outcome& outcome) {
  const DecisionLine line = line_of(outcome);
  return line.verb.empty() ? std::string() : line.text(0);
}

}  // namespace wafcheck::formats::inline records
