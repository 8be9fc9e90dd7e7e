// What is asked first whether patterns can match, and what is remembered from one transaction to
// the next, changes no decision: the Core Rule Set at each paranoia level, over the requests of its
// regression tests, the benign traffic and requests made at random.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "engine/program.h"
#include "engine/state/match_memory.h"
#include "engine/transaction.h"
#include "formats/ftw/ftw.h"
#include "formats/records/decisions.h"
#include "formats/records/outcome.h"
#include "formats/traffic/http.h"
#include "formats/traffic/jsonl.h"
#include "parser/ruleset/ruleset.h"
#include "tests/test_data.h"

namespace wafcheck {
namespace {

namespace fs = std::filesystem;
using formats::Exchange;
using tests::read;
using tests::shared;

void add_ftw(std::vector<Exchange>& all) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(shared() / "crs-tests")) {
    const std::string extension = entry.path().extension();
    if (extension == ".yaml" || extension == ".yml") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  for (const fs::path& path : files) {
    for (const formats::FtwTest& test : formats::parse_ftw(path.string(), read(path)).tests) {
      for (const formats::FtwStage& stage : test.stages) {
        const auto bytes = formats::build_request(stage.input);
        if (bytes) all.push_back(formats::parse_http_request(*bytes));
      }
    }
  }
}

void add_benign(std::vector<Exchange>& all) {
  std::ifstream benign(shared() / "bench" / "benign.jsonl", std::ios::binary);
  const auto reader = formats::open_jsonl(benign, {});
  while (auto entry = reader->next()) {
    if (*entry) all.push_back(std::move(**entry));
  }
}

/// Words that attacks are made of, and bytes that stand between them, thrown together.
void add_random(std::vector<Exchange>& all, size_t count) {
  constexpr std::string_view kWords[] = {"select",      "UNION",      "script",
                                         "../",         "etc/passwd", "%27",
                                         "$(",          "`id`",       "onload=",
                                         "javascript:", "cmd.exe",    "${jndi:",
                                         "O:8:",        "<?php",      "wget",
                                         "1=1",         "--",         "%00",
                                         "\xff",        "eval(",      "document.cookie",
                                         "/*",          "a",          "7"};
  constexpr std::string_view kBetween[] = {
      "", "+", "%20", "%0a", "&a=", "&b[]=", "(", "'", "%22", ";"};
  std::mt19937 random(20261122);
  const auto one_of = [&](const auto& from) { return from[random() % std::size(from)]; };
  for (size_t i = 0; i < count; ++i) {
    Exchange exchange;
    exchange.request.method = "GET";
    exchange.request.protocol = "HTTP/1.1";
    exchange.request.uri = "/?q=";
    for (size_t words = 1 + random() % 12; words > 0; --words) {
      exchange.request.uri.append(one_of(kWords)).append(one_of(kBetween));
    }
    exchange.request.headers = {{"Host", "example.com"},
                                {"User-Agent", std::string(one_of(kWords))}};
    all.push_back(std::move(exchange));
  }
}

const std::vector<Exchange>& traffic() {
  static const std::vector<Exchange> all = [] {
    std::vector<Exchange> made;
    add_ftw(made);
    add_benign(made);
    add_random(made, 2'000);
    return made;
  }();
  return all;
}

/// Where two texts part, with what stands around; empty: they are the same.
std::string difference(std::string_view a, std::string_view b) {
  if (a == b) return {};
  const auto [at, other] = std::ranges::mismatch(a, b);
  const auto from = static_cast<size_t>(std::max<ptrdiff_t>(0, at - a.begin() - 80));
  return fmt::format("...{}\ninstead of\n...{}", a.substr(from, 200),
                     b.substr(std::min(from, b.size()), 200));
}

class Prefiltering : public testing::TestWithParam<int> {};

TEST_P(Prefiltering, ChangesNoDecision) {
  const fs::path rules = shared() / "crs" / "regression.conf";
  if (!fs::exists(rules)) GTEST_SKIP() << "no rules at " << rules << ": set WAFCHECK_SHARED";
  auto ruleset = std::make_shared<const parser::RulesetModel>(parser::load_model({rules.string()}));
  engine::ProgramOptions options;
  const std::string level = std::to_string(GetParam());
  options.pinned_tx = {{"blocking_paranoia_level", level}, {"detection_paranoia_level", level}};
  const auto program = engine::Program::compile(ruleset, options).program;
  ASSERT_NE(program, nullptr);
  engine::MatchMemory memory(*program);
  engine::Transaction transaction(*program);
  const auto decide = [&](const Exchange& exchange, bool prefilter,
                          engine::MatchMemory* remembered) {
    engine::TransactionOptions with;
    with.id = "1";
    with.time_us = 1'000'000;
    with.keep_all_matches = true;
    with.prefilter = prefilter;
    with.memory = remembered;
    transaction.reset(std::move(with));
    formats::evaluate(exchange, transaction);
    std::string text = formats::decision_json({&exchange, &transaction, "", false, 0}, 0);
    for (const auto& [name, value] : transaction.members(parser::Variable::TX)) {
      text.append(name).append("=").append(value).append("\n");
    }
    for (int group = 0; group < 10; ++group) {
      text += transaction.tx(std::to_string(group)).value_or("-");
    }
    return text;
  };
  size_t matching = 0;
  for (const Exchange& exchange : traffic()) {
    const std::string plain = decide(exchange, false, nullptr);
    ASSERT_EQ(difference(decide(exchange, true, nullptr), plain), "")
        << "with the prefilter: " << exchange.request.uri;
    ASSERT_EQ(difference(decide(exchange, true, &memory), plain), "")
        << "remembering: " << exchange.request.uri;
    ASSERT_EQ(difference(decide(exchange, true, &memory), plain), "")
        << "from memory: " << exchange.request.uri;
    matching += transaction.matched_rules().empty() ? 0 : 1;
  }
  EXPECT_GT(traffic().size(), 6'000U);
  EXPECT_GT(matching, traffic().size() / 2);
}

INSTANTIATE_TEST_SUITE_P(ParanoiaLevels, Prefiltering, testing::Values(1, 2, 3, 4));

}  // namespace
}  // namespace wafcheck
