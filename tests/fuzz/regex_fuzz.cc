// A regular expression, then a line feed and a subject: every expression that PCRE2 compiles yields
// a tree, and what the tree says of its matches is so.

#include <algorithm>
#include <string>

#include "fuzz.h"
#include "parser/base/ascii.h"
#include "parser/regex/analysis.h"
#include "parser/regex/parse.h"

namespace {

using namespace wafcheck;

bool holds(std::string_view subject, const parser::regex::Literal& literal) {
  return literal.caseless ? lowercase(subject).find(literal.bytes) != std::string::npos
                          : subject.find(literal.bytes) != std::string_view::npos;
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes = fuzz::bytes_of(data, size);
  const size_t flags = fuzz::choice(bytes, 16);
  const parser::PcreOptions options{.caseless = (flags & 1) != 0,
                                    .dotall = (flags & 2) != 0,
                                    .multiline = (flags & 4) != 0,
                                    .dollar_endonly = (flags & 8) != 0};
  const std::string_view pattern = fuzz::line(bytes);
  const auto tree = parser::regex::parse(pattern, options);
  const auto compiled = parser::Pcre::compile(pattern, options);
  if (!compiled) return 0;
  fuzz::require(tree.has_value(), "what PCRE2 compiles has a tree");

  const parser::regex::Shape shape = parser::regex::shape(*tree);
  const auto literals = parser::regex::required_literals(*tree);
  const auto sets = parser::regex::required_sets(*tree);
  const auto plain = parser::regex::plain_form(*tree);
  const bool always = parser::regex::always_matches(*tree);
  const parser::PcreResult result = compiled->match(bytes, 0, 100'000, nullptr);
  if (result == parser::PcreResult::no_match) fuzz::require(!always, "it always matches");
  if (result != parser::PcreResult::matched) return 0;
  fuzz::require(!shape.never, "it never matches");
  fuzz::require(bytes.size() >= shape.min, "no match is shorter");
  fuzz::require(
      literals.empty() ||
          std::ranges::any_of(literals, [&](const auto& one) { return holds(bytes, one); }),
      "a match holds a required literal");
  for (const auto& set : sets) {
    fuzz::require(
        std::ranges::any_of(bytes, [&](char c) { return set.contains(static_cast<uint8_t>(c)); }),
        "a match holds a byte of each required set");
  }
  fuzz::require(!plain || std::ranges::any_of(plain->literals,
                                              [&](const auto& one) { return holds(bytes, one); }),
                "a plain form's match holds one of its literals");
  return 0;
}
