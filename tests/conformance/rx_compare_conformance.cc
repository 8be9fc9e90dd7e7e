// The expressions of two versions of OWASP CRS compared, and each with itself and with changes of
// which it is known what they do. Every subject that is shown is given to PCRE2 here once more.

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <pcre2.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/diff/rx.h"
#include "parser/regex/parse.h"
#include "parser/ruleset/regex_check.h"
#include "parser/ruleset/ruleset.h"
#include "tests/test_data.h"

namespace wafcheck {
namespace {

namespace fs = std::filesystem;
using parser::regex::Answer;
using parser::regex::Comparand;
using parser::regex::CompareOptions;
using parser::regex::Comparison;
using parser::regex::Kind;
using parser::regex::Node;
using parser::regex::Relation;
using parser::regex::Tree;
using tests::shared;

constexpr std::string_view kOldRules = "/usr/share/modsecurity-crs/rules";

/// Whether PCRE2 finds a match, asked without anything of the project's.
bool pcre2_matches(std::string_view pattern, std::string_view subject) {
  int error = 0;
  size_t at = 0;
  pcre2_code* const code =
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                    PCRE2_DOTALL | PCRE2_DOLLAR_ENDONLY, &error, &at, nullptr);
  EXPECT_NE(code, nullptr) << pattern;
  pcre2_match_data* const data = pcre2_match_data_create_from_pattern(code, nullptr);
  const int result = pcre2_match(code, reinterpret_cast<PCRE2_SPTR>(subject.data()), subject.size(),
                                 0, 0, data, nullptr);
  EXPECT_TRUE(result > 0 || result == PCRE2_ERROR_NOMATCH) << pattern << ": " << result;
  pcre2_match_data_free(data);
  pcre2_code_free(code);
  return result > 0;
}

/// The subjects that a comparison shows are what it says.
void expect_true(const Comparison& said, std::string_view old_text, std::string_view new_text) {
  if (said.only_new) {
    EXPECT_TRUE(pcre2_matches(new_text, *said.only_new)) << *said.only_new;
    EXPECT_FALSE(pcre2_matches(old_text, *said.only_new)) << *said.only_new;
  }
  if (said.only_old) {
    EXPECT_TRUE(pcre2_matches(old_text, *said.only_old)) << *said.only_old;
    EXPECT_FALSE(pcre2_matches(new_text, *said.only_old)) << *said.only_old;
  }
  EXPECT_EQ(said.only_new.has_value(), said.has_only_new == Answer::yes);
  EXPECT_EQ(said.only_old.has_value(), said.has_only_old == Answer::yes);
  EXPECT_NE(said.reason, "PCRE2 disagrees");
}

bool takes_expression(const parser::Rule& rule) {
  return rule.kind == parser::RuleKind::rule && rule.op.id == parser::Operator::rx &&
         rule.op.text.literal();
}

/// Rules with an expression by id, the links of chains by the id of their starter and their place.
std::map<std::pair<uint64_t, uint32_t>, const parser::Rule*> by_id(
    const parser::RulesetModel& ruleset) {
  std::map<std::pair<uint64_t, uint32_t>, const parser::Rule*> found;
  for (const parser::Rule& rule : ruleset.rules) {
    if (rule.starter == parser::kNoRule || !takes_expression(rule)) continue;
    const auto id = ruleset.rules[rule.starter].id;
    if (id) found[{*id, rule.link}] = &rule;
  }
  return found;
}

class RxCompareConformance : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(shared() / "crs/rules")) {
      GTEST_SKIP() << "no rules at " << shared() / "crs/rules" << ": set WAFCHECK_SHARED";
    }
    new_rules_ = parser::load_model({(shared() / "crs/rules").string()});
  }

  /// The expressions of the rules, each once.
  std::vector<std::string> expressions() const {
    std::vector<std::string> all;
    for (const auto& [id, rule] : by_id(new_rules_)) all.push_back(rule->op.argument.str());
    std::ranges::sort(all);
    const auto again = std::ranges::unique(all);
    all.erase(again.begin(), again.end());
    return all;
  }
  Comparand compiled(const std::string& text) const {
    return std::move(
        *Comparand::compile(text, parser::operator_regex_options(new_rules_.semantics())));
  }
  Comparison compared(const std::string& old_text, const std::string& new_text) const {
    const CompareOptions options{.look_at_text = false};
    Comparison said = parser::regex::compare(compiled(old_text), compiled(new_text), options);
    expect_true(said, old_text, new_text);
    return said;
  }

  parser::RulesetModel new_rules_;
};

TEST_F(RxCompareConformance, OldAndNewRules) {
  if (!fs::exists(kOldRules)) GTEST_SKIP() << "modsecurity-crs is not installed";
  const parser::RulesetModel old_rules = parser::load_model({std::string(kOldRules)});
  const auto old_by_id = by_id(old_rules);
  std::map<std::string, size_t> relations, reasons;
  size_t compared = 0, decided = 0, witnesses = 0, pairs = 0, most_pairs = 0;
  for (const auto& [id, new_rule] : by_id(new_rules_)) {
    const auto found = old_by_id.find(id);
    if (found == old_by_id.end()) continue;
    const std::string& old_text = found->second->op.argument.str();
    const std::string& new_text = new_rule->op.argument.str();
    if (old_text == new_text) continue;
    SCOPED_TRACE(fmt::format("rule {}, link {}", id.first, id.second));
    const Comparison said = cli::compare_rules(old_rules, *found->second, new_rules_, *new_rule);
    expect_true(said, old_text, new_text);
    ++compared;
    decided += said.relation != Relation::undecided;
    witnesses += said.only_new || said.only_old;
    pairs += said.pairs;
    most_pairs = std::max(most_pairs, said.pairs);
    ++relations[std::string(name_of(said.relation))];
    if (said.relation == Relation::undecided) ++reasons[said.reason];
  }
  std::cout << fmt::format("{} changed, {} decided, {} with subjects, pairs: {} at most, {} mean\n",
                           compared, decided, witnesses, most_pairs,
                           pairs / std::max<size_t>(compared, 1));
  for (const auto& [name, count] : relations) std::cout << fmt::format("  {} {}\n", count, name);
  for (const auto& [name, count] : reasons) std::cout << fmt::format("  {} as {}\n", count, name);
  EXPECT_GT(compared, 90u);
  EXPECT_GE(decided * 100, compared * 95);
  EXPECT_GE(witnesses * 100, compared * 80);
}

TEST_F(RxCompareConformance, EachIsEqualToItself) {
  const auto all = expressions();
  EXPECT_GT(all.size(), 200u);
  for (const std::string& text : all) {
    EXPECT_EQ(compared(text, text).relation, Relation::equal) << text;
  }
}

TEST_F(RxCompareConformance, OneMoreAlternativeIsWider) {
  size_t wider = 0;
  for (const std::string& text : expressions()) {
    const std::string more = "(?:" + text + ")|zq7\\Azq";
    const std::string most = "(?:" + text + ")|zq7zq";
    EXPECT_EQ(compared(text, more).relation, Relation::equal) << text;
    const bool same = pcre2_matches(text, "zq7zq");
    EXPECT_EQ(compared(text, most).relation, same ? Relation::equal : Relation::wider) << text;
    EXPECT_EQ(compared(most, text).relation, same ? Relation::equal : Relation::narrower) << text;
    wider += !same;
  }
  EXPECT_GT(wider, 150u);
}

/// A text in which a node was changed; nothing where it would not be an expression.
std::optional<std::string> changed(std::string text, size_t begin, size_t size,
                                   std::string_view by) {
  text.replace(begin, size, by);
  return parser::Pcre::compile(text, {.dotall = true, .dollar_endonly = true})
             ? std::optional(std::move(text))
             : std::nullopt;
}

/// Without one of the branches of some alternation.
std::optional<std::string> without_a_branch(const std::string& text, const Tree& tree) {
  for (const Node& node : tree.nodes()) {
    if (node.kind != Kind::alternation) continue;
    const auto children = tree.children(node);
    const Node& last = tree[children.back()];
    const Node& before = tree[children[children.size() - 2]];
    if (last.span.begin == last.span.end) continue;
    return changed(text, before.span.end, last.span.end - before.span.end, "");
  }
  return std::nullopt;
}

std::optional<std::string> with_a_wider_class(const std::string& text, const Tree& tree) {
  for (const Node& node : tree.nodes()) {
    if (node.kind != Kind::set) continue;
    const std::string_view written(text.data() + node.span.begin, node.span.end - node.span.begin);
    if (!written.starts_with('[') || written.starts_with("[^") || written.starts_with("[]")) {
      continue;
    }
    return changed(text, node.span.begin, 1, "[~");
  }
  return std::nullopt;
}

std::optional<std::string> with_another_byte(const std::string& text, const Tree& tree) {
  for (const Node& node : tree.nodes()) {
    if (node.kind != Kind::literal) continue;
    const std::string_view written(text.data() + node.span.begin, node.span.end - node.span.begin);
    if (written != tree.bytes(node)) continue;
    return changed(text, node.span.end - 1, 1, "~");
  }
  return std::nullopt;
}

TEST_F(RxCompareConformance, FewerBranchesMatchNoMore) {
  size_t narrower = 0;
  for (const std::string& text : expressions()) {
    const auto less = without_a_branch(text, compiled(text).tree());
    if (!less) continue;
    const Comparison said = compared(text, *less);
    EXPECT_EQ(said.has_only_new, Answer::no) << text << "\n" << *less;
    EXPECT_NE(said.has_only_old, Answer::unknown) << text << "\n" << *less;
    narrower += said.relation == Relation::narrower;
  }
  EXPECT_GT(narrower, 80u);
}

TEST_F(RxCompareConformance, WiderClassesMatchNoLess) {
  size_t wider = 0;
  for (const std::string& text : expressions()) {
    const auto more = with_a_wider_class(text, compiled(text).tree());
    if (!more) continue;
    const Comparison said = compared(text, *more);
    EXPECT_EQ(said.has_only_old, Answer::no) << text << "\n" << *more;
    EXPECT_NE(said.has_only_new, Answer::unknown) << text << "\n" << *more;
    wider += said.relation == Relation::wider;
  }
  EXPECT_GT(wider, 80u);
}

TEST_F(RxCompareConformance, OtherBytesMatchOtherSubjects) {
  size_t different = 0;
  for (const std::string& text : expressions()) {
    const auto other = with_another_byte(text, compiled(text).tree());
    if (!other) continue;
    const Comparison said = compared(text, *other);
    EXPECT_NE(said.relation, Relation::undecided) << text << "\n" << *other << "\n" << said.reason;
    different += said.relation == Relation::different;
  }
  EXPECT_GT(different, 120u);
}

}  // namespace
}  // namespace wafcheck
