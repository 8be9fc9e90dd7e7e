#include "parser/regex/redos.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "parser/regex/parse.h"
#include "tests/unit/parser/regex/crs_expressions.h"

namespace wafcheck::regex {
namespace {

using parser::Pcre;
using parser::PcreOptions;

constexpr PcreOptions kOptions{.dotall = true, .multiline = true};

std::vector<Redos> redos_of(std::string_view pattern) {
  const auto tree = parse(pattern, kOptions);
  EXPECT_TRUE(tree) << pattern;
  return tree ? find_redos(pattern, *tree, kOptions) : std::vector<Redos>();
}

TEST(RegexRedos, CoreRuleSetPrint) {
  const auto begin = std::chrono::steady_clock::now();
  for (const std::string& text : crs_expressions()) {
    const auto start = std::chrono::steady_clock::now();
    const auto all = redos_of(text);
    const auto took = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    if (took > 40) fmt::print("SLOW {:.1f} ms {:.80}\n", took, text);
    for (const Redos& r : all) {
      fmt::print("{} {} {} pumps {} steps {} prefix[{}] pump[{}] suffix[{}] {:.60}\n", r.exponential ? "EXP" : "poly",
                 r.degree, r.search ? "search" : "", r.pumps, r.steps, r.prefix, r.pump, r.suffix, text);
    }
  }
  fmt::print("total {:.1f} ms\n", std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
  for (std::string_view p : {"(a+)+$", "(a|a)*b", "(\\w+\\s?)+:", "(?:x+x+)+y", "\\s*\\s*=", "a*a*a*b", "(a*)*b", "^(a|b|ab)*c", "(?:a|b)*c", "^\\s+|\\s+$", "(?>a+)+b", "(?:a++)+b", "^(\\d+)+$", "a{0,30}a{0,30}b", "x*=", "(.*)(.*)=", "^(?:[a-z]+)*\\d", "\\s+\\w+\\s+=", "(?=(a+)+b)a", "^(([a-z])+.)+[A-Z]([a-z])+$"}) {
    const auto all = redos_of(p);
    fmt::print("--- {}\n", p);
    for (const Redos& r : all) {
      fmt::print("{} {} {} pumps {} steps {} prefix[{}] pump[{}] suffix[{}] {}\n", r.exponential ? "EXP" : "poly",
                 r.degree, r.search ? "search" : "", r.pumps, r.steps, r.prefix, r.pump, r.suffix, r.quantifiers.size());
    }
  }
}

}  // namespace
}  // namespace wafcheck::regex
