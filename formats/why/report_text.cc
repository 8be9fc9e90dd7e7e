#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "formats/privacy/masked_value.h"
#include "formats/why/marked.h"
#include "formats/why/report.h"
#include "formats/why/words.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"
#include "parser/language/language.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::formats::inline why {
namespace {

constexpr size_t kColumns = 120;     // where there is no terminal
constexpr size_t kTargetShown = 48;  // bytes of a target's name
constexpr size_t kValuesShown = 3;   // of a link
constexpr std::string_view kMarkColor = "\x1b[1;31m", kBold = "\x1b[1m", kDim = "\x1b[2m",
                           kReset = "\x1b[0m";

class Text {
 public:
  explicit Text(const ReportStyle& style)
      : style_(style),
        columns_(style.columns == 0 ? kColumns : std::max<size_t>(style.columns, 40)) {}

  std::string full(const Why& why) {
    measure(why);
    const MatchedRuleReason* decider = nullptr;
    for (const MatchedRuleReason& rule : why.rules) {
      if (!rule.decides.empty() && is_sum(why, rule)) {
        decider = &rule;
        continue;
      }
      write_rule(rule);
      write_values(rule);
    }
    for (const ScoreSum& sum : why.sums) {
      if (decider == nullptr || sum.rule->starter != decider->starter) write_sum(sum);
    }
    if (decider != nullptr) {
      for (const ScoreSum& sum : why.sums) {
        if (sum.rule->starter == decider->starter) write_sum(sum);
      }
    }
    return std::move(out_);
  }

  std::string lines(const Why& why) {
    measure(why);
    for (const MatchedRuleReason& rule : why.rules) {
      if (!rule.decides.empty() && is_sum(why, rule)) continue;
      size_t shown = 0;
      const parser::Rule* link = nullptr;
      for (const MatchedValue& value : rule.values) {
        if (value.link != link) shown = 0;
        link = value.link;
        if (++shown <= kValuesShown) write_line(rule, value);
      }
      if (const size_t more = left_out(rule); more != 0) {
        out_ +=
            fmt::format("  {:>{}}  {:>{}}  and {} more\n", "", score_width_, "", id_width_, more);
      }
    }
    return std::move(out_);
  }

 private:
  static bool is_sum(const Why& why, const MatchedRuleReason& rule) {
    return std::ranges::any_of(
        why.sums, [&](const ScoreSum& sum) { return sum.rule->starter == rule.starter; });
  }

  static std::string score_text(int64_t score) {
    return score == 0 ? std::string() : fmt::format("{:+}", score);
  }

  void measure(const Why& why) {
    for (const MatchedRuleReason& rule : why.rules) {
      score_width_ = std::max({score_width_, score_text(rule.score).size(), rule.decides.size()});
      id_width_ = std::max(id_width_, id_text(*rule.starter).size());
      place_width_ = std::max(place_width_, columns_of(place(*rule.starter)));
    }
  }

  /// Values of a rule beyond those that are shown of each link.
  static size_t left_out(const MatchedRuleReason& rule) {
    size_t more = 0, shown = 0;
    const parser::Rule* link = nullptr;
    for (const MatchedValue& value : rule.values) {
      if (value.link != link) shown = 0;
      link = value.link;
      if (++shown > kValuesShown) ++more;
    }
    return more;
  }

  std::string place(const parser::Rule& rule) const { return place_text(rule.anchor()); }
  std::string place_text(parser::Span span) const {
    const parser::Place at = style_.ruleset->sources.begin_of(span);
    return fmt::format("{}:{}", short_name(at.path), at.line);
  }
  /// "REQUEST-942-…" of CRS's long names.
  std::string short_name(std::string_view path) const {
    const std::string name = excerpt(std::filesystem::path(path).filename().string(), 60);
    for (const std::string_view kind : {"REQUEST-", "RESPONSE-"}) {
      constexpr size_t kNumber = 4;  // "942-"
      if (!name.starts_with(kind) || name.size() < kind.size() + kNumber) continue;
      if (name[kind.size() + kNumber - 1] != '-') continue;
      return name.substr(0, kind.size() + kNumber) + (style_.ascii ? "..." : "…");
    }
    return name;
  }

  std::string paint(std::string_view color, std::string_view text) const {
    if (!style_.color || text.empty()) return std::string(text);
    return fmt::format("{}{}{}", color, text, kReset);
  }

  void write_rule(const MatchedRuleReason& rule) {
    const std::string score =
        rule.decides.empty() ? score_text(rule.score) : std::string(rule.decides);
    const std::string lead =
        fmt::format("  {:>{}}  {:>{}}  ", score, score_width_, id_text(*rule.starter), id_width_);
    const std::string level =
        rule.paranoia_level == 0 ? "" : fmt::format("PL{}", rule.paranoia_level);
    const std::string tail = fmt::format("  {:<3}  {}", level, place(*rule.starter));
    const size_t taken = columns_of(lead) + 7 + place_width_;
    const size_t room = std::max<size_t>(columns_ > taken ? columns_ - taken : 0, 12);
    std::string message = excerpt(rule.message, rule.message.size());
    if (columns_of(message) > room) {
      message = marked_excerpt(rule.message, std::nullopt, room, style_.ascii).text();
    }
    const size_t pad = room - std::min(room, columns_of(message));
    out_ += fmt::format("{}{}{}{}\n", lead, paint(kBold, message), std::string(pad, ' '), tail);
  }

  void write_values(const MatchedRuleReason& rule) {
    size_t shown = 0;
    const parser::Rule* link = nullptr;
    for (const MatchedValue& value : rule.values) {
      if (value.link != link) shown = 0;
      if (value.link != link && value.link->link > 0) {
        out_ += fmt::format("      and, link {} of the chain ({}):\n", value.link->link + 1,
                            place(*value.link));
      }
      link = value.link;
      if (++shown <= kValuesShown) write_value(value);
    }
    if (const size_t more = left_out(rule); more != 0) {
      out_ += fmt::format("      and {} more value{}\n", more, more == 1 ? "" : "s");
    }
  }

  /// A value with a line of carets below what matched.
  void write_quoted(std::string_view lead, std::string_view value, std::optional<Range> range) {
    const size_t used = columns_of(lead) + 2;
    const Marked shown =
        marked_excerpt(value, range, columns_ > used ? columns_ - used : 16, style_.ascii);
    out_ += fmt::format("{}\"{}{}{}\"\n", lead, shown.before, paint(kMarkColor, shown.marked),
                        shown.after);
    if (shown.columns == 0) return;
    out_ += std::string(columns_of(lead) + 1 + shown.begin, ' ');
    out_ += paint(kMarkColor, std::string(shown.columns, '^'));
    out_ += '\n';
  }

  void write_value(const MatchedValue& value) {
    const engine::TestedValue& tested = *value.tested;
    const std::string target = excerpt(tested.name, kTargetShown);
    const MaskedValue shown(style_.masks, tested.name, tested.value);
    write_quoted(fmt::format("      {} = ", target), shown.text(),
                 value.match_in_value() ? value.match : std::nullopt);
    if (!tested.steps.empty() && tested.transformed != tested.value) {
      std::string steps;
      for (const auto& [step, result] : tested.steps) {
        if (!steps.empty()) steps += ", ";
        steps += parser::info(step).name;
      }
      write_quoted(fmt::format("      after {}: ", steps), shown.derived(tested.transformed),
                   value.match_transformed);
    }
    if (!value.sent.empty()) {
      write_quoted("      sent as ", shown.derived(value.sent), value.match_sent);
    }
    for (const auto& [engine, name] : value.names) {
      if (name == tested.key) continue;
      out_ += fmt::format("      called {} by {}\n", excerpt(name, kTargetShown), engine);
    }
    const size_t room = columns_ > 36 ? columns_ - 36 : 24;
    out_ += fmt::format("      {}\n", paint(kDim, reason_words(value, room, shown.is_hidden())));
  }

  void write_sum(const ScoreSum& sum) {
    const std::string lead =
        fmt::format("  {:>{}}  {:>{}}  ", "", score_width_, id_text(*sum.rule->starter), id_width_);
    std::string text = fmt::format("{}score {}", lead, sum.total);
    if (sum.threshold) {
      text += fmt::format(" {} {}", sum.reached ? "reaches" : "stays below", *sum.threshold);
      if (!sum.rule->threshold_variable.empty()) {
        text += fmt::format(" (tx.{}", excerpt(sum.rule->threshold_variable, 60));
        if (sum.threshold_set != nullptr && sum.threshold_set->action != nullptr) {
          text += fmt::format(", {}", place_text(sum.threshold_set->action->span));
        }
        text += ')';
      }
    }
    out_ += text + '\n';
  }

  void write_line(const MatchedRuleReason& rule, const MatchedValue& value) {
    const engine::TestedValue& tested = *value.tested;
    const bool linked = value.link->link > 0;
    const std::string lead = fmt::format("  {:>{}}  {:>{}}  {} = ", score_text(value.score),
                                         score_width_, linked ? "" : id_text(*rule.starter),
                                         id_width_, excerpt(tested.name, kTargetShown));
    const bool in_value = value.match_in_value() || !value.match;
    const MaskedValue masked(style_.masks, tested.name, tested.value);
    const std::string bytes = in_value ? masked.text() : masked.derived(tested.transformed);
    const size_t used = columns_of(lead) + (style_.color ? 2 : style_.ascii ? 6 : 4);
    const Marked shown =
        marked_excerpt(bytes, value.match, columns_ > used ? columns_ - used : 16, style_.ascii);
    std::string marked = shown.marked;
    if (style_.color) {
      marked = paint(kMarkColor, marked);
    } else if (!marked.empty() && !(shown.before.empty() && shown.after.empty())) {
      marked = style_.ascii ? fmt::format(">>{}<<", marked) : fmt::format("»{}«", marked);
    }
    out_ += fmt::format("{}\"{}{}{}\"\n", lead, shown.before, marked, shown.after);
  }

  const ReportStyle& style_;
  const size_t columns_;
  size_t score_width_ = 4, id_width_ = 0, place_width_ = 0;
  std::string out_;
};

}  // namespace

std::string why_text(const Why& why, const ReportStyle& style) {
  return Text(style).full(why);
}

std::string match_lines(const Why& why, const ReportStyle& style) {
  return Text(style).lines(why);
}

}  // namespace wafcheck::formats::inline why
