// Turns the engine's counts, which are by place in the Program, into tables by rule, expression,
// transformation and phase.

#include <algorithm>
#include <functional>
#include <map>
#include <tuple>

#include "engine/program.h"
#include "engine/program/program_data.h"
#include "formats/records/profile_members.h"
#include "formats/records/profile_report.h"
#include "parser/language/language.h"
#include "parser/language/semantics.h"

namespace wafcheck::formats::inline records {
namespace {

class Tables {
 public:
  Tables(const engine::Program& program, const engine::Profile& profile,
         const std::vector<engine::MatchSteps>& steps, double us_per_tick)
      : program_(program), profile_(profile), steps_(steps), us_per_tick_(us_per_tick) {}

  void fill(ProfileReport& report) const {
    add_phases(report);
    add_rules(report);
    add_transformations(report);
    add_parts(report);
  }

 private:
  double us(uint64_t ticks) const { return static_cast<double>(ticks) * us_per_tick_; }

  ProfileCounts counts_of(size_t at) const {
    const engine::RuleProfile& rule = profile_.rules[at];
    const engine::MatchSteps& steps = steps_[at];
    ProfileCounts counts{.time_us = us(rule.ticks + rule.operator_ticks),
                         .operator_us = us(rule.operator_ticks),
                         .runs = rule.runs,
                         .evaluations = rule.evaluations(),
                         .candidates = rule.candidates,
                         .cached = rule.cached,
                         .matches = rule.matches};
    if (program_.data().rules[at]->unconditional) counts.matches = rule.runs;
    if (!rule.sample.texts().empty()) counts.searched = rule.candidates;
    if (steps.texts == 0) return counts;
    counts.step_candidates = rule.candidates;
    counts.sampled = steps.texts;
    counts.steps = static_cast<double>(steps.steps) / static_cast<double>(steps.texts) *
                   static_cast<double>(rule.candidates);
    counts.most_steps = steps.most;
    counts.stopped = steps.stopped;
    return counts;
  }

  void add_phases(ProfileReport& report) const {
    for (int phase = 1; phase <= 5; ++phase) report.phases.push_back({phase, {}});
  }

  /// Operators with macros are distinguished by their text, others by their compiled form.
  using ExpressionKey = std::tuple<parser::Operator, const void*, std::string_view>;
  static ExpressionKey key_of(const engine::CompiledRule& rule) {
    const void* const compiled = rule.op.op;
    return {rule.op.id, compiled,
            compiled == nullptr ? rule.source->op.argument.view() : std::string_view()};
  }
  static ProfiledExpression named(size_t at, const engine::CompiledRule& rule) {
    ProfiledExpression expression;
    expression.place = at;
    expression.name = parser::info(rule.op.id).name;
    expression.argument = rule.source->op.argument.view();
    return expression;
  }

  /// A rule that runs in several phases has a row for each.
  void add_rules(ProfileReport& report) const {
    const parser::RulesetModel& ruleset = program_.ruleset();
    std::map<ExpressionKey, ProfiledExpression> expressions;
    for (size_t at = 0; at < profile_.rules.size(); ++at) {
      const engine::CompiledRule& rule = *program_.data().rules[at];
      const bool is_expression = !rule.unconditional && !rule.is_script;
      ProfiledExpression* const expression =
          is_expression ? &expressions.try_emplace(key_of(rule), named(at, rule)).first->second
                        : nullptr;
      if (profile_.rules[at].runs == 0) continue;
      const ProfileCounts counts = counts_of(at);
      const std::optional<uint64_t> id = ruleset.rules[rule.source->starter].id;
      const parser::Place source = ruleset.sources.begin_of(rule.source->span);
      report.rules.push_back(
          {id, rule.source->link, rule.phase, std::string(source.path), source.line, counts, at});
      report.phases[rule.phase - 1].counts.add(counts);
      if (expression == nullptr) continue;
      if (id) expression->rules.insert(*id);
      ProfileCounts of_operator = counts;
      of_operator.time_us = counts.operator_us;
      expression->counts.add(of_operator);
    }
    for (auto& [key, expression] : expressions) {
      if (expression.counts.runs != 0) report.expressions.push_back(std::move(expression));
    }
    std::ranges::sort(report.expressions, {}, &ProfiledExpression::place);
    for (ProfiledPhase& phase : report.phases) {
      phase.counts.time_us = us(profile_.phases[static_cast<size_t>(phase.phase)].ticks);
    }
  }

  void add_transformations(ProfileReport& report) const {
    std::map<parser::Transformation, ProfiledTransformation> rows;
    for (size_t node = 1; node < profile_.steps.size(); ++node) {
      const engine::StepProfile& step = profile_.steps[node];
      ProfiledTransformation& row = rows[program_.data().pipelines[node].step];
      row.time_us += us(step.ticks);
      row.runs += step.runs;
      row.changed += step.changed;
      row.bytes += step.bytes;
    }
    for (const engine::CompiledRule* const each : program_.data().rules) {
      const engine::CompiledRule& rule = *each;
      std::vector<parser::Transformation> used;
      for (engine::PipelineId node = rule.pipeline; node != 0;
           node = program_.data().pipelines[node].prefix) {
        const parser::Transformation step = program_.data().pipelines[node].step;
        if (std::ranges::count(used, step) == 0) used.push_back(step);
      }
      for (const parser::Transformation step : used) ++rows[step].rules;
    }
    for (auto& [id, row] : rows) {
      if (row.runs == 0) continue;
      row.place = static_cast<size_t>(id);
      row.name = parser::info(id).name;
      report.transformations.push_back(row);
    }
  }

  void add_parts(ProfileReport& report) const {
    uint64_t operators = 0, own = 0, transformations = 0;
    for (const engine::RuleProfile& rule : profile_.rules) {
      operators += rule.operator_ticks;
      own += rule.ticks;
    }
    for (const engine::StepProfile& step : profile_.steps) transformations += step.ticks;
    const auto account = [&](engine::Account which) {
      return us(profile_.accounts[static_cast<size_t>(which)]);
    };
    report.parts = {{"operators", us(operators)},
                    {"rules", us(own)},
                    {"transformations", us(transformations)},
                    {"prefilter", account(engine::Account::prefilter)},
                    {"bodies", account(engine::Account::bodies)},
                    {"rest", account(engine::Account::rest)}};
    report.run.transactions = profile_.transactions;
    report.run.elapsed_us = us(profile_.ticks - profile_.preempted);
    report.run.preempted_us = us(profile_.preempted);
  }

  const engine::Program& program_;
  const engine::Profile& profile_;
  const std::vector<engine::MatchSteps>& steps_;
  const double us_per_tick_;
};

double value_of(const ProfileCounts& counts, ProfileOrder order) {
  switch (order) {
    case ProfileOrder::time:
      return counts.time_us;
    case ProfileOrder::evaluations:
      return static_cast<double>(counts.evaluations);
    case ProfileOrder::candidates:
      return static_cast<double>(counts.candidates);
    case ProfileOrder::matches:
      return static_cast<double>(counts.matches);
    case ProfileOrder::steps:
      return counts.steps;
  }
  return 0;
}

double value_of(const ProfiledTransformation& row, ProfileOrder order) {
  switch (order) {
    case ProfileOrder::evaluations:
    case ProfileOrder::candidates:
      return static_cast<double>(row.runs);
    case ProfileOrder::matches:
      return static_cast<double>(row.changed);
    default:
      return row.time_us;
  }
}

/// Rows of both, those of one place added up.
template <typename Row, typename Add>
void merge_rows(std::vector<Row>& to, const std::vector<Row>& more, Add add) {
  std::map<size_t, Row> rows;
  for (Row& row : to) rows.emplace(row.place, std::move(row));
  for (const Row& row : more) {
    const auto [it, inserted] = rows.try_emplace(row.place, row);
    if (!inserted) add(it->second, row);
  }
  to.clear();
  for (auto& [place, row] : rows) to.push_back(std::move(row));
}

}  // namespace

void ProfileCounts::add(const ProfileCounts& more) {
  time_us += more.time_us;
  operator_us += more.operator_us;
  runs += more.runs;
  evaluations += more.evaluations;
  candidates += more.candidates;
  cached += more.cached;
  matches += more.matches;
  searched += more.searched;
  step_candidates += more.step_candidates;
  steps += more.steps;
  sampled += more.sampled;
  most_steps = std::max(most_steps, more.most_steps);
  stopped |= more.stopped;
}

void ProfileReport::merge(const ProfileReport& other) {
  add_counts(kProfileRunCounts, run, other.run);
  for (const auto& [name, member] : kProfileRunTimes) run.*member += other.run.*member;
  run.threads += other.run.threads;
  for (size_t at = 0; at < std::min(parts.size(), other.parts.size()); ++at) {
    parts[at].time_us += other.parts[at].time_us;
  }
  for (size_t at = 0; at < std::min(phases.size(), other.phases.size()); ++at) {
    phases[at].counts.add(other.phases[at].counts);
  }
  merge_rows(rules, other.rules,
             [](ProfiledRule& to, const ProfiledRule& more) { to.counts.add(more.counts); });
  merge_rows(expressions, other.expressions,
             [](ProfiledExpression& to, const ProfiledExpression& more) {
               to.rules.insert(more.rules.begin(), more.rules.end());
               to.counts.add(more.counts);
             });
  merge_rows(transformations, other.transformations,
             [](ProfiledTransformation& to, const ProfiledTransformation& more) {
               to.time_us += more.time_us;
               to.runs += more.runs;
               to.changed += more.changed;
               to.bytes += more.bytes;
             });
}

void ProfileReport::sort(ProfileOrder order) {
  const auto by = [order](auto& rows) {
    std::ranges::stable_sort(rows, std::ranges::greater(),
                             [order](const auto& row) { return value_of(row.counts, order); });
  };
  by(rules);
  by(expressions);
  std::ranges::stable_sort(transformations, std::ranges::greater(),
                           [order](const auto& row) { return value_of(row, order); });
}

ProfileReport make_profile_report(const engine::Program& program, const engine::Profile& profile,
                                  const std::vector<engine::MatchSteps>& steps, double us_per_tick,
                                  ProfileRun run) {
  ProfileReport report;
  report.run = run;
  report.engine = program.semantics().engine();
  Tables(program, profile, steps, us_per_tick).fill(report);
  return report;
}

}  // namespace wafcheck::formats::inline records
