#include "formats/why/words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>
#include <utility>

#include "parser/base/escape.h"
#include "parser/language/language.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::formats::inline why {
namespace {

using parser::Operator;

/// Operators whose reason is their argument: the words around it, as they match and negated.
struct Comparison {
  Operator id;
  std::string_view holds, fails;
};
constexpr Comparison kComparisons[] = {
    {Operator::beginsWith, "begins with", "does not begin with"},
    {Operator::contains, "contains", "does not contain"},
    {Operator::containsWord, "contains the word", "does not contain the word"},
    {Operator::endsWith, "ends with", "does not end with"},
    {Operator::ipMatch, "is in", "is not in"},
    {Operator::ipMatchFromDataset, "is in the dataset", "is not in the dataset"},
    {Operator::ipMatchFromFile, "is in a network of", "is in no network of"},
    {Operator::pm, "contains one of", "contains none of"},
    {Operator::pmFromDataset, "contains a phrase of", "contains no phrase of"},
    {Operator::pmFromFile, "contains a phrase of", "contains no phrase of"},
    {Operator::restpath, "fits the path", "does not fit the path"},
    {Operator::rx, "matches", "does not match"},
    {Operator::rxGlobal, "matches", "does not match"},
    {Operator::streq, "is", "is not"},
    {Operator::strmatch, "contains", "does not contain"},
    {Operator::within, "is one of", "is none of"},
};
constexpr Comparison kNumbers[] = {
    {Operator::eq, "equals", "does not equal"}, {Operator::ge, "is at least", "is below"},
    {Operator::gt, "is above", "is at most"},   {Operator::le, "is at most", "is above"},
    {Operator::lt, "is below", "is at least"},
};

const Comparison* find(std::span<const Comparison> rows, Operator id) {
  for (const Comparison& row : rows) {
    if (row.id == id) return &row;
  }
  return nullptr;
}

std::string fingerprint_words(const MatchedValue& value, size_t limit, bool hidden) {
  std::vector<std::string> words;
  for (size_t at = 0; at < value.fingerprint.size(); ++at) {
    std::string word(token_word(value.fingerprint[at]));
    const bool told = at < value.tokens.size() && !value.tokens[at].empty() && !hidden;
    if (told) word += fmt::format(" {}", excerpt(value.tokens[at], limit / 4));
    words.push_back(std::move(word));
  }
  return fmt::format("reads as SQL, fingerprint {}: {}", value.fingerprint, fmt::join(words, ", "));
}

std::string expression_words(const MatchedValue& value, size_t limit) {
  const std::vector<std::string>& pieces = value.branches->pieces;
  // Letters with anything between them read best as a word with gaps.
  const bool letters =
      std::ranges::any_of(pieces, [](const std::string& piece) { return piece.size() == 1; });
  std::string text = fmt::format(
      "matched by {}", excerpt(fmt::format("{}", fmt::join(pieces, letters ? "…" : " … ")), limit));
  if (value.branches->branches != 0) {
    text +=
        fmt::format("  (alternative {} of {})", value.branches->branch, value.branches->branches);
  }
  return text;
}

}  // namespace

std::string_view token_word(char type) {
  static constexpr std::pair<char, std::string_view> kWords[] = {
      {'k', "keyword"},   {'U', "union"},     {'B', "clause"},   {'E', "statement"},
      {'T', "statement"}, {'t', "type"},      {'f', "function"}, {'n', "word"},
      {'1', "number"},    {'v', "variable"},  {'s', "string"},   {'o', "operator"},
      {'&', "logic"},     {'A', "collate"},   {'c', "comment"},  {'X', "ambiguous comment"},
      {'(', "("},         {')', ")"},         {'{', "{"},        {'}', "}"},
      {',', "comma"},     {';', "semicolon"}, {'.', "point"},    {':', "colon"},
      {'\\', "backslash"}};
  for (const auto& [letter, word] : kWords) {
    if (letter == type) return word;
  }
  return "other";
}

std::string reason_words(const MatchedValue& value, size_t limit, bool hidden) {
  const parser::OperatorUse& use = value.link->op;
  const engine::TestedValue& tested = *value.tested;
  const auto quoted = [&](std::string_view text) {
    return fmt::format("\"{}\"", excerpt(text, limit));
  };
  if (const Comparison* const row = find(kNumbers, use.id)) {
    return fmt::format("{} {} {}", hidden ? "the value" : excerpt(tested.transformed, limit / 2),
                       use.negated ? row->fails : row->holds, excerpt(tested.parameter, limit / 2));
  }
  if (!use.negated) {
    if (value.branches && !value.branches->pieces.empty()) return expression_words(value, limit);
    if (!value.fingerprint.empty()) return fingerprint_words(value, limit, hidden);
    if (!value.phrase.empty()) {
      const std::string place =
          value.phrase_place.empty() ? "" : fmt::format("  ({})", value.phrase_place);
      return fmt::format("contains the phrase {}{}", quoted(value.phrase), place);
    }
    switch (use.id) {
      case Operator::detectXSS:
        return "reads as HTML that runs a script";
      case Operator::validateByteRange:
        if (!value.match_transformed) break;
        return fmt::format(
            "byte {} is not in {}",
            static_cast<unsigned char>(tested.transformed[value.match_transformed->begin]),
            excerpt(tested.parameter, limit));
      case Operator::validateUrlEncoding:
        return "% is not followed by two hexadecimal digits";
      case Operator::validateUtf8Encoding:
        return "is not valid UTF-8";
      case Operator::unconditionalMatch:
        return "matches whatever the value is";
      default:
        break;
    }
  }
  if (const Comparison* const row = find(kComparisons, use.id)) {
    return fmt::format("{} {}", use.negated ? row->fails : row->holds, quoted(tested.parameter));
  }
  std::string text = fmt::format("{}@{}", use.negated ? "!" : "", parser::info(use.id).name);
  if (!tested.parameter.empty()) text += fmt::format(" {}", excerpt(tested.parameter, limit));
  return text;
}

}  // namespace wafcheck::formats::inline why
