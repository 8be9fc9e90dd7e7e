// The rules that matched, as the sandbox of CRS prints them: what its maintainers paste into
// issues.

#include <fmt/format.h>

#include "formats/json/writer.h"
#include "formats/records/record_format.h"
#include "parser/base/escape.h"
#include "parser/ruleset/paranoia_level.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::formats::inline records {
namespace {

/// Rules without a tag of their own are evaluated at level 1.
uint64_t paranoia_level(const engine::MatchedRule& matched) {
  for (const std::string_view tag : matched.tags) {
    if (const auto level = parser::paranoia_level(tag); level && *level > 0) return *level;
  }
  return 1;
}

/// Calls `visit` for each rule that matched and is logged.
template <typename Visit>
void each_logged(const Outcome& outcome, Visit visit) {
  for (const engine::MatchedRule& matched : outcome.transaction->matched_rules()) {
    if (matched.log || matched.auditlog) visit(matched);
  }
}

bool is_left_out(const Outcome& outcome, Selection selection) {
  return selection == Selection::interrupted && !is_interrupted(outcome);
}

class MatchedRuleLines : public RecordWriter {
 public:
  explicit MatchedRuleLines(Selection selection) : selection_(selection) {}

  std::string record(const Outcome& outcome) const override {
    if (is_left_out(outcome, selection_)) return {};
    std::string text;
    each_logged(outcome, [&](const engine::MatchedRule& matched) {
      text += fmt::format("{} PL{} {}\n", matched.rule->id.value_or(0), paranoia_level(matched),
                          excerpt(matched.message, matched.message.size()));
    });
    return text;
  }
  /// An empty line between transactions.
  std::string lead(size_t index) const override { return index == 0 ? "" : "\n"; }

 private:
  const Selection selection_;
};

/// An array a transaction, a line each.
class MatchedRuleArrays : public RecordWriter {
 public:
  explicit MatchedRuleArrays(Selection selection) : selection_(selection) {}

  std::string record(const Outcome& outcome) const override {
    if (is_left_out(outcome, selection_)) return {};
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    each_logged(outcome, [&](const engine::MatchedRule& matched) {
      json.begin_object();
      json.bytes("message", matched.message);
      json.key("id");
      json.number(matched.rule->id.value_or(0));
      json.key("paranoia_level");
      json.number(paranoia_level(matched));
      json.end_object();
    });
    json.end_array();
    return out + "\n";
  }

 private:
  const Selection selection_;
};

}  // namespace

std::unique_ptr<RecordWriter> make_matched_rules(const RecordContext& context) {
  return std::make_unique<MatchedRuleLines>(context.selection);
}
std::unique_ptr<RecordWriter> make_matched_rules_json(const RecordContext& context) {
  return std::make_unique<MatchedRuleArrays>(context.selection);
}

}  // namespace wafcheck::formats::inline records
