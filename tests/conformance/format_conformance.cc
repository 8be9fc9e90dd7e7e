// The canonical layout changes nothing but the layout: over whole rulesets, as they are and laid
// out at random, the model before and after is the same. CRS is in that layout already.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "parser/format/format.h"
#include "parser/language/semantics.h"
#include "parser/ruleset/ruleset.h"
#include "tests/test_data.h"

namespace wafcheck::parser {
namespace {

namespace fs = std::filesystem;

std::string shared(const std::string& name) {
  return tests::shared() / name;
}

using Rewrite = std::function<std::string(const SyntaxTree&, const Sources&, const Semantics&)>;

std::string rewritten(const std::string& bytes, const Rewrite& rewrite) {
  Sources sources;
  Diagnostics ignored;
  const Semantics semantics = semantics_of(Profile::standard);
  const SyntaxTree tree = parse_syntax(sources, sources.add("", bytes), semantics, ignored);
  return rewrite(tree, sources, semantics);
}

/// The disk, on which rules files read as a function rewrites them.
class RewrittenFiles : public FileSystem {
 public:
  explicit RewrittenFiles(Rewrite rewrite) : rewrite_(std::move(rewrite)) {}

  Result<std::string> read(const std::string& path) override {
    Result<std::string> bytes = disk().read(path);
    if (!bytes || path.find(".conf") == std::string::npos) return bytes;
    return rewritten(*bytes, rewrite_);
  }
  bool is_directory(const std::string& path) override { return disk().is_directory(path); }
  std::vector<std::string> glob(const std::string& pattern) override {
    return disk().glob(pattern);
  }
  std::string canonical(const std::string& path) override { return disk().canonical(path); }

 private:
  Rewrite rewrite_;
};

/// Blanks, continuations and line ends at random, wherever a layout may have them.
class Scramble {
 public:
  explicit Scramble(unsigned seed) : random_(seed) {}

  std::string operator()(const SyntaxTree& tree, const Sources& sources,
                         const Semantics& semantics) {
    const std::string_view bytes = sources[tree.file].bytes;
    std::string out;
    size_t at = 0;
    const auto replace = [&](uint32_t begin, uint32_t end, std::string_view text) {
      out += bytes.substr(at, begin - at);
      out += text;
      at = end;
    };
    for (const DirectiveNode& node : tree.directives) {
      if (node.broken) continue;
      uint32_t from = node.name_span.end;
      for (const ArgumentNode& argument : node.arguments) {
        const std::string_view gap = bytes.substr(from, argument.span.begin - from);
        if (gap.find('#') == std::string_view::npos) {
          replace(from, argument.span.begin,
                  one_of({" ", "  ", "\t", " \\\n ", " \\\r\n", "\\\n\t"}));
        }
        from = argument.span.end;
      }
      if (!node.arguments.empty()) scramble_actions(node, bytes, semantics, replace);
    }
    out += bytes.substr(at);
    return out;
  }

 private:
  template <typename Replace>
  void scramble_actions(const DirectiveNode& node, std::string_view bytes,
                        const Semantics& semantics, const Replace& replace) {
    const ArgumentNode& list = node.arguments.back();
    const bool holds_actions = node.name == "SecRule" || node.name == "SecAction";
    if (!holds_actions || list.quote == 0) return;
    if (node.name == "SecRule" && node.arguments.size() < 3) return;
    Diagnostics diagnostics;
    const std::vector<ActionUse> uses = parse_actions(list.text, semantics, diagnostics);
    if (!diagnostics.empty()) return;
    for (size_t i = 0; i + 1 < uses.size(); ++i) {
      const uint32_t begin = uses[i].span.end;
      const uint32_t end = uses[i + 1].span.begin;
      if (bytes.substr(begin, end - begin).find('#') != std::string_view::npos) continue;
      replace(begin, end, one_of({",", ", ", " ,\t", ",\\\n", ",\\\r\n   ", " \\\n,"}));
    }
  }

  std::string_view one_of(std::initializer_list<std::string_view> choices) {
    return choices.begin()[random_() % choices.size()];
  }

  std::mt19937 random_;
};

std::string describe(const Target& target) {
  return fmt::format("{}{}{}:{}{}", target.excluded ? "!" : "", target.count ? "&" : "",
                     info(target.variable).name, static_cast<int>(target.selector.kind),
                     target.selector.text);
}

/// Everything that evaluation depends on, a line a fact.
std::vector<std::string> model(const RulesetModel& ruleset) {
  std::vector<std::string> out;
  for (const Rule& rule : ruleset.rules) {
    std::string line = fmt::format("{} phase {} link {}/{} {}@{} {}", rule.id.value_or(0),
                                   rule.phase, rule.link, rule.links, rule.op.negated ? "!" : "",
                                   info(rule.op.id).name, rule.op.argument.str());
    for (const Target& target : rule.targets) line += " | " + describe(target);
    for (const ActionUse* use : rule.effective) {
      line += fmt::format(" , {}:{}", info(use->id).name, use->raw);
    }
    for (const Transformation t : rule.pipeline) line += fmt::format(" t:{}", info(t).name);
    out.push_back(std::move(line));
  }
  for (const Marker& marker : ruleset.markers) {
    out.push_back(fmt::format("marker {} before {}", marker.name, marker.before));
  }
  for (const Setting& setting : ruleset.settings) {
    out.emplace_back(info(setting.id).name);
    for (const Text& argument : setting.arguments) out.back() += " " + argument.str();
  }
  for (const Update& update : ruleset.updates) {
    out.push_back(fmt::format("update {} hits {}", info(update.id).name, update.hits));
  }
  // A warning may be about the layout itself.
  for (const Diagnostic& diagnostic : ruleset.diagnostics) {
    if (diagnostic.severity != parser::Severity::error) continue;
    out.push_back(fmt::format("{} {}", diagnostic.check, diagnostic.message));
  }
  return out;
}

std::vector<std::string> model_of(const std::vector<std::string>& inputs, Rewrite rewrite) {
  RewrittenFiles files(std::move(rewrite));
  LoadOptions options;
  options.files = &files;
  return model(load_model(inputs, options));
}

std::string unchanged(const SyntaxTree& tree, const Sources& sources, const Semantics&) {
  return std::string(sources[tree.file].bytes);
}

void expect_same(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) ASSERT_EQ(a[i], b[i]);
  ASSERT_EQ(a.size(), b.size());
}

struct Rules {
  std::string name;
  std::vector<std::string> inputs;
};

class Formatting : public testing::TestWithParam<Rules> {
 protected:
  void SetUp() override {
    for (const std::string& input : GetParam().inputs) {
      if (!fs::exists(input)) GTEST_SKIP() << "no rules at " << input << ": set WAFCHECK_SHARED";
    }
    before_ = model_of(GetParam().inputs, unchanged);
    ASSERT_FALSE(before_.empty());
  }
  std::vector<std::string> before_;
};

TEST_P(Formatting, KeepsTheModel) {
  expect_same(before_, model_of(GetParam().inputs, formatted));
}

TEST_P(Formatting, KeepsTheModelOfRandomLayouts) {
  for (unsigned seed = 1; seed <= 3; ++seed) {
    expect_same(before_, model_of(GetParam().inputs, Scramble(seed)));
    Scramble again(seed);
    const auto both = [&](const SyntaxTree& tree, const Sources& sources,
                          const Semantics& semantics) {
      const std::string once = rewritten(again(tree, sources, semantics), formatted);
      EXPECT_EQ(rewritten(once, formatted), once) << "not in one step";
      return once;
    };
    expect_same(before_, model_of(GetParam().inputs, both));
  }
}

/// The files of a directory that can be read whole; fmt leaves the others alone.
std::vector<std::string> sound_files(const std::string& directory) {
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(directory)) {
    const std::string path = entry.path().string();
    if (path.ends_with(".conf") && !has_errors(load_model({path}).diagnostics))
      files.push_back(path);
  }
  std::ranges::sort(files);
  return files;
}

std::vector<Rules> rulesets() {
  const std::string source = WAFCHECK_SOURCE_DIR;
  return {
      {"crs", {shared("crs/regression.conf")}},
      {"crs33", {"/usr/share/modsecurity-crs/rules"}},
      {"shipped", {source + "/rules/wafcheck.conf"}},
      {"samples", {source + "/samples"}},
      {"defects", sound_files(source + "/tests/defects")},
      {"seeds", {shared("lint-seeds")}},
  };
}
INSTANTIATE_TEST_SUITE_P(Rulesets, Formatting, testing::ValuesIn(rulesets()),
                         [](const auto& row) { return row.param.name; });

TEST(CanonicalLayout, IsThatOfCrs) {
  const std::string rules = shared("crs/rules");
  if (!fs::exists(rules)) GTEST_SKIP() << "no rules at " << rules << ": set WAFCHECK_SHARED";
  size_t files = 0;
  std::vector<fs::path> paths = {shared("crs/crs-setup.conf.example")};
  for (const auto& entry : fs::directory_iterator(rules)) {
    if (entry.path().string().find(".conf") != std::string::npos) paths.push_back(entry.path());
  }
  for (const fs::path& path : paths) {
    const Result<std::string> bytes = disk().read(path.string());
    ASSERT_TRUE(bytes) << path;
    EXPECT_TRUE(rewritten(*bytes, formatted) == *bytes) << path << " is laid out otherwise";
    ++files;
  }
  EXPECT_GT(files, 20U);
}

}  // namespace
}  // namespace wafcheck::parser
