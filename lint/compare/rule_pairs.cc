#include "lint/compare/rule_pairs.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

#include "lint/index/facts.h"
#include "lint/index/resolved.h"
#include "parser/ruleset/message.h"

namespace wafcheck::lint::inline compare {
namespace {

using parser::Rule;
using parser::RulesetModel;

/// Of the pieces of two arguments so many are the same where the rules are.
constexpr double kNearlyEqual = 0.8;
/// Shorter arguments are near one another by chance.
constexpr size_t kShortestArgument = 12;
constexpr size_t kLongestArgument = 20'000;
/// Pairs of arguments that are compared, for all rules together.
constexpr size_t kMostComparisons = 200'000;

using BytePairs = std::vector<std::pair<char, char>>;

/// The pairs of neighbouring bytes of a text, sorted.
BytePairs byte_pairs(std::string_view text) {
  BytePairs pairs;
  text = text.substr(0, kLongestArgument);
  for (size_t i = 0; i + 1 < text.size(); ++i) pairs.emplace_back(text[i], text[i + 1]);
  std::ranges::sort(pairs);
  return pairs;
}

/// How alike two texts of such lengths can be at most.
double likeness_at_most(size_t a, size_t b) {
  return 2.0 * static_cast<double>(std::min(a, b)) / static_cast<double>(a + b);
}

/// Twice what two texts have in common, by what both have: 0 to 1.
double likeness(const BytePairs& a, const BytePairs& b) {
  if (a.empty() || b.empty()) return 0;
  BytePairs common;
  std::ranges::set_intersection(a, b, std::back_inserter(common));
  return 2.0 * static_cast<double>(common.size()) / static_cast<double>(a.size() + b.size());
}

/// A rule without a partner of its id.
struct Single {
  const Rule* rule = nullptr;
  std::string test;
  BytePairs argument;
  bool taken = false;
};

Single single(const Rule& rule) {
  Single out{&rule, test_text(rule), {}, false};
  if (rule.kind == parser::RuleKind::rule && rule.op.argument.size() >= kShortestArgument) {
    out.argument = byte_pairs(rule.op.argument.view());
  }
  return out;
}

/// Pairs what ids do not.
class Matcher {
 public:
  Matcher(std::vector<Single> old, std::vector<Single> now)
      : old_(std::move(old)), now_(std::move(now)) {}

  std::vector<RulePair> run() {
    pair_equal_tests();
    pair_like_arguments();
    return std::move(pairs_);
  }

 private:
  void pair(Single& old, Single& now, PairedBy by) {
    old.taken = now.taken = true;
    pairs_.push_back({old.rule, now.rule, by});
  }

  /// Of several rules with the same test, that with the same message.
  void pair_equal_tests() {
    std::multimap<std::string_view, Single*> by_test;
    for (Single& each : now_) {
      if (each.rule->kind == parser::RuleKind::rule) by_test.emplace(each.test, &each);
    }
    for (Single& old : old_) {
      const auto [begin, end] = by_test.equal_range(old.test);
      Single* best = nullptr;
      size_t free = 0;
      for (auto it = begin; it != end; ++it) {
        if (it->second->taken) continue;
        ++free;
        if (parser::message_of(*it->second->rule) == parser::message_of(*old.rule))
          best = it->second;
      }
      if (best == nullptr && free == 1 && !is_trivial(*old.rule)) best = first_free(begin, end);
      if (best != nullptr) pair(old, *best, PairedBy::test);
    }
  }
  template <typename It>
  static Single* first_free(It begin, It end) {
    for (; begin != end; ++begin) {
      if (!begin->second->taken) return begin->second;
    }
    return nullptr;
  }
  /// `TX:BLOCKING_PARANOIA_LEVEL "@lt 2"`, which many rules test.
  static bool is_trivial(const Rule& rule) {
    return rule.op.argument.size() < kShortestArgument && rule.links == 1;
  }

  void pair_like_arguments() {
    size_t left = kMostComparisons;
    for (Single& old : old_) {
      if (old.taken || old.argument.empty()) continue;
      Single* best = nullptr;
      double most = kNearlyEqual;
      for (Single& now : now_) {
        if (now.taken || now.argument.empty() || now.rule->op.id != old.rule->op.id) continue;
        if (likeness_at_most(old.argument.size(), now.argument.size()) < most) continue;
        if (left == 0) return;
        --left;
        const double like = likeness(old.argument, now.argument);
        if (like < most) continue;
        most = like;
        best = &now;
      }
      if (best != nullptr) pair(old, *best, PairedBy::expression);
    }
  }

  std::vector<Single> old_, now_;
  std::vector<RulePair> pairs_;
};

}  // namespace

std::string test_text(const Rule& starter) {
  std::string text;
  for (const Rule* rule = &starter; rule < &starter + starter.links; ++rule) {
    if (rule->kind != parser::RuleKind::rule) continue;
    for (const parser::Target& target : rule->targets) text += target_text(target) + "|";
    text += fmt::format(" {}{} {} ", rule->op.negated ? "!@" : "@", parser::info(rule->op.id).name,
                        rule->op.argument.view());
    for (const parser::Transformation each : rule->pipeline) {
      text += fmt::format("{},", parser::info(each).name);
    }
    text += '\n';
  }
  return text;
}

RulePairs::RulePairs(const RulesetModel& old, const RulesetModel& now) {
  std::unordered_map<const Rule*, RulePair> partner;  // of rules of the new ruleset
  std::vector<Single> old_singles, now_singles;
  std::multimap<std::string, const Rule*> without_id;
  std::vector<const Rule*> old_without_id;
  const auto by_id = [](const RulesetModel& ruleset) {
    std::unordered_map<uint64_t, const Rule*> rules;
    for (const Rule& rule : ruleset.rules) {
      if (rule.is_starter() && rule.id) rules.emplace(*rule.id, &rule);
    }
    return rules;
  };
  const auto old_ids = by_id(old), now_ids = by_id(now);
  for (const Rule& rule : now.rules) {
    if (!rule.is_starter()) continue;
    if (!rule.id) {
      without_id.emplace(resolved_rule(now, rule), &rule);
    } else if (const auto it = old_ids.find(*rule.id); it != old_ids.end()) {
      partner[&rule] = {it->second, &rule, PairedBy::id};
    } else {
      now_singles.push_back(single(rule));
    }
  }
  std::vector<const Rule*> gone;
  for (const Rule& rule : old.rules) {
    if (!rule.is_starter()) continue;
    if (!rule.id) {
      const auto it = without_id.find(resolved_rule(old, rule));
      if (it != without_id.end()) {
        partner[it->second] = {&rule, it->second, PairedBy::text};
        without_id.erase(it);
      } else {
        gone.push_back(&rule);
      }
    } else if (!now_ids.contains(*rule.id)) {
      gone.push_back(&rule);
      old_singles.push_back(single(rule));
    }
  }
  for (const RulePair& pair : Matcher(std::move(old_singles), std::move(now_singles)).run()) {
    partner[pair.now] = pair;
    std::erase(gone, pair.old);
  }
  for (const Rule& rule : now.rules) {
    if (!rule.is_starter()) continue;
    const auto it = partner.find(&rule);
    all_.push_back(it != partner.end() ? it->second : RulePair{nullptr, &rule, PairedBy::id});
  }
  for (const Rule* rule : gone) all_.push_back({rule, nullptr, PairedBy::id});
  for (size_t i = 0; i < all_.size(); ++i) {
    if (all_[i].old != nullptr) by_rule_.emplace(all_[i].old, i);
    if (all_[i].now != nullptr) by_rule_.emplace(all_[i].now, i);
  }
}

const RulePair* RulePairs::find(const Rule& starter) const {
  const auto it = by_rule_.find(&starter);
  return it == by_rule_.end() ? nullptr : &all_[it->second];
}

}  // namespace wafcheck::lint::inline compare
