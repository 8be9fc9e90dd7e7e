// Requests of CRS's regression tests, reduced: each still matches its rule, is as small as is said,
// and holds nothing of the secrets that were put into it. "--tests 300" takes more of them.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/program.h"
#include "formats/ftw/ftw.h"
#include "formats/records/evaluator.h"
#include "formats/reduce/bodies.h"
#include "formats/reduce/goal.h"
#include "formats/reduce/reducer.h"
#include "formats/traffic/http.h"
#include "parser/base/ascii.h"
#include "parser/ruleset/ruleset.h"
#include "tests/test_data.h"

namespace wafcheck {
namespace {

namespace fs = std::filesystem;
using formats::Exchange;
using formats::Header;
using formats::Request;

size_t tests_to_run = 40;

constexpr std::string_view kPlanted[] = {"PlantedCookie7d1", "PlantedBearer7d1", "PlantedArg7d1"};

struct Subject {
  std::string name;
  uint64_t rule_id = 0;
  Exchange exchange;
};

/// The requests of tests with one stage that expect a rule, by family.
std::map<std::string, std::vector<Subject>> subjects(const fs::path& suite) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(suite)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  std::map<std::string, std::vector<Subject>> families;
  for (const fs::path& path : files) {
    for (const auto& test : formats::parse_ftw(path.string(), tests::read(path)).tests) {
      if (test.stages.size() != 1 || test.stages[0].output.expect_ids.empty()) continue;
      const auto bytes = formats::build_request(test.stages[0].input);
      if (!bytes) continue;
      families[path.parent_path().filename().string()].push_back(
          {test.id(), test.stages[0].output.expect_ids[0], formats::parse_http_request(*bytes)});
    }
  }
  return families;
}

void plant(Request& request) {
  request.headers.emplace_back("Cookie", fmt::format("planted={}", kPlanted[0]));
  request.headers.emplace_back("Authorization", fmt::format("Bearer {}", kPlanted[1]));
  request.uri += request.uri.contains('?') ? "&" : "?";
  request.uri += fmt::format("password={}", kPlanted[2]);
}

class Crs {
 public:
  explicit Crs(const fs::path& rules) {
    auto ruleset = std::make_shared<parser::RulesetModel>(parser::load_model({rules.string()}));
    program_ = engine::Program::compile(std::move(ruleset)).program;
    formats::EvaluatorOptions options;
    options.all_matches = true;
    evaluator_ = std::make_unique<formats::Evaluator>(program_, options);
  }
  bool matches(const Exchange& exchange, uint64_t rule_id) {
    return formats::matches_rule(evaluator_->run(exchange, "test"), rule_id);
  }
  /// The exchange with the answer of the tests' backend.
  Exchange answered(const Exchange& exchange) {
    formats::FtwBackend backend;
    return *evaluator_
                ->run(exchange, "test",
                      [&](const Request& request) { return backend.respond(request); })
                .exchange;
  }

 private:
  std::shared_ptr<const engine::Program> program_;
  std::unique_ptr<formats::Evaluator> evaluator_;
};

/// Every request with one thing less, in words.
std::vector<std::pair<std::string, Request>> smaller(const Request& request) {
  std::vector<std::pair<std::string, Request>> all;
  const auto add = [&](std::string what, auto edit) {
    Request less = request;
    edit(less);
    if (less.body.size() != request.body.size()) {
      for (auto& [name, value] : less.headers) {
        if (iequals(name, "Content-Length")) value = std::to_string(less.body.size());
      }
    }
    all.emplace_back(std::move(what), std::move(less));
  };
  for (size_t i = 0; i < request.headers.size(); ++i) {
    const auto& [name, value] = request.headers[i];
    const bool is_host = iequals(name, "Host"), is_length = iequals(name, "Content-Length");
    const bool stays =
        (is_host && request.protocol == "HTTP/1.1") || (is_length && !request.body.empty());
    if (!stays) {
      add("header " + name, [i](Request& less) { less.headers.erase(less.headers.begin() + i); });
    }
    // Of cookies, names and what stands between them stay.
    bool in_value = !iequals(name, "Cookie");
    for (size_t at = 0; at < value.size(); ++at) {
      const bool is_end = iequals(name, "Cookie") && value[at] == ';';
      if (is_end) in_value = false;
      if (in_value && !is_length && !(is_host && value == "localhost")) {
        add(fmt::format("byte {} of {}", at, name),
            [i, at](Request& less) { less.headers[i].second.erase(at, 1); });
      }
      if (value[at] == '=') in_value = true;
    }
  }
  const size_t query = std::min(request.uri.find('?'), request.uri.size());
  for (size_t at = 0; at < query; ++at) {
    if (request.uri[at] == '/') continue;
    add(fmt::format("byte {} of the path", at), [at](Request& less) { less.uri.erase(at, 1); });
  }
  for (size_t begin = query + 1; begin < request.uri.size();) {
    const size_t end = std::min(request.uri.find('&', begin), request.uri.size());
    add(fmt::format("argument at {}", begin), [=](Request& less) {
      const bool last = end == less.uri.size();
      less.uri.erase(last ? begin - 1 : begin, last ? end - begin + 1 : end + 1 - begin);
    });
    for (size_t at = request.uri.find('=', begin); at < end && ++at < end;) {
      add(fmt::format("byte {} of the query", at), [at](Request& less) { less.uri.erase(at, 1); });
    }
    begin = end + 1;
  }
  if (request.body.empty()) return all;
  const auto type = std::ranges::find_if(
      request.headers, [](const Header& header) { return iequals(header.first, "Content-Type"); });
  formats::Piece body = formats::body_piece(
      request.body, type == request.headers.end() ? std::string() : type->second);
  const auto add_body = [&](std::string what) {
    add(std::move(what), [&](Request& less) { less.body = formats::bytes_of(body); });
  };
  for (formats::Piece* const value : formats::values_of(body)) {
    for (size_t at = 0; at < value->text.size() && !value->is_name; ++at) {
      if (value->text.size() <= value->least) continue;
      const std::string whole = value->text;
      value->text.erase(at, 1);
      add_body(fmt::format("byte {} of {}", at, value->target));
      value->text = whole;
    }
  }
  for (size_t i = 0; i < body.parts.size(); ++i) {
    const std::vector<formats::Piece> whole = body.parts;
    body.parts.erase(body.parts.begin() + static_cast<ptrdiff_t>(i));
    add_body(fmt::format("part {} of the body", i));
    body.parts = whole;
  }
  return all;
}

TEST(Reduce, RequestsOfCrsTests) {
  const fs::path rules = tests::shared() / "crs/regression.conf",
                 suite = tests::shared() / "crs-tests";
  if (!fs::exists(rules) || !fs::exists(suite)) {
    GTEST_SKIP() << "no " << rules << " and " << suite;
  }
  Crs crs(rules);
  auto families = subjects(suite);
  std::vector<double> shares;
  std::vector<size_t> runs;
  size_t done = 0, held = 0, bounded = 0;
  // The families in turn; a step that is prime leads over all tests of each, far from each other.
  constexpr size_t kStep = 1009;
  for (size_t turn = 0; done < tests_to_run; ++turn) {
    size_t left = 0;
    for (auto& [family, tests] : families) {
      if (turn >= tests.size() || done == tests_to_run) continue;
      const size_t at = turn * kStep % tests.size();
      ++left;
      Subject& subject = tests[at];
      const Exchange bare = crs.answered(subject.exchange);
      Exchange planted = subject.exchange;
      plant(planted.request);
      planted = crs.answered(planted);
      // Some tests are about the number of arguments or the order of bytes.
      if (!crs.matches(bare, subject.rule_id) || !crs.matches(planted, subject.rule_id)) continue;
      SCOPED_TRACE(subject.name);
      const formats::Holds holds = [&](const Exchange& exchange) {
        return crs.matches(exchange, subject.rule_id);
      };
      const auto reduction = formats::find_smallest(planted, holds, {});
      if (!reduction) {
        ADD_FAILURE() << "taken apart, it does not match";
        continue;
      }
      ++done;
      EXPECT_TRUE(holds(reduction->exchange));
      shares.push_back(static_cast<double>(reduction->after) /
                       static_cast<double>(reduction->before));
      runs.push_back(reduction->runs);
      const std::string text = formats::serialize_request(reduction->exchange.request);
      if (reduction->secrets.empty()) {
        for (const std::string_view secret : kPlanted) EXPECT_FALSE(text.contains(secret)) << text;
      } else {
        ++held;
      }
      if (!reduction->minimal) {
        // Rules about size need each byte of a body that has more than there are runs.
        EXPECT_EQ(reduction->runs, formats::ReduceOptions().max_runs);
        ++bounded;
        continue;
      }
      for (const auto& [what, less] : smaller(reduction->exchange.request)) {
        Exchange exchange = reduction->exchange;
        exchange.request = less;
        EXPECT_FALSE(holds(exchange)) << "without " << what << ": " << text;
      }
    }
    ASSERT_GT(left, 0U) << "the suite has too few tests: " << done;
  }
  std::ranges::sort(shares);
  std::ranges::sort(runs);
  std::cout << fmt::format(
      "{} requests: median {:.0f} % of the size, {} runs; at most {:.0f} %, {} runs; the match is "
      "in a private value in {}, {} took too many runs\n",
      done, 100 * shares[done / 2], runs[done / 2], 100 * shares.back(), runs.back(), held,
      bounded);
  EXPECT_LE(shares[done / 2], 1.0 / 3);
  EXPECT_LE(bounded * 50, done);
}

}  // namespace
}  // namespace wafcheck

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::string_view(argv[i]) == "--tests") wafcheck::tests_to_run = std::stoul(argv[i + 1]);
  }
  return RUN_ALL_TESTS();
}
