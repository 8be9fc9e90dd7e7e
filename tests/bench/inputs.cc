#include "inputs.h"

#include <array>
#include <filesystem>
#include <map>

#include "parser/ruleset/ruleset.h"
#include "tests/test_data.h"

namespace wafcheck::bench {

std::string prose(size_t size) {
  static constexpr std::array<std::string_view, 24> kWords = {
      "the",  "order", "was", "sent",   "in",   "a",     "small", "box",
      "with", "green", "tea", "and",    "some", "honey", "from",  "our",
      "shop", "thank", "you", "please", "tell", "us",    "when",  "it"};
  std::string text;
  uint32_t random = 1;  // a linear congruential generator: Numerical Recipes
  while (text.size() < size) {
    random = random * 1664525 + 1013904223;
    text += kWords[(random >> 16) % kWords.size()];
    text += (random >> 28) == 0 ? ". " : " ";
  }
  text.resize(size);
  return text;
}

size_t Texts::bytes() const {
  size_t total = 0;
  for (const std::string& text : all) total += text.size();
  return total;
}

const std::vector<Texts>& texts() {
  static const std::vector<Texts> made = {
      {"words",
       {"id", "42", "shipped", "2026-01-01", "status", "ann@example.com", "4oKj4OitTu0rFzIZ9EZq",
        "green tea", "/category/tomato", "XMLHttpRequest", "true", "gzip, deflate, br"}},
      {"user_agent",
       {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/17.5 Safari/605.1.15"}},
      {"prose_4k", {prose(4096)}},
  };
  return made;
}

std::string crs(const std::string& name) {
  return tests::shared() / "crs" / name;
}

std::shared_ptr<const engine::Program> program(const std::string& name) {
  static std::map<std::string, std::shared_ptr<const engine::Program>> made;
  const auto [found, fresh] = made.try_emplace(name);
  if (fresh && std::filesystem::exists(crs(name))) {
    auto ruleset = std::make_shared<const parser::RulesetModel>(parser::load_model({crs(name)}));
    found->second = engine::Program::compile(ruleset).program;
  }
  return found->second;
}

const std::vector<differential::Case>& benign() {
  static const std::vector<differential::Case> all = differential::benign_cases();
  return all;
}

}  // namespace wafcheck::bench
