// @pm, @pmFromFile, @pmFromDataset: any of many phrases occurs in the value, whatever the case of
// its ASCII letters. They differ only in where the phrases stand. Source: seclang reference,
// section 4.2.

#include <fmt/format.h>
#include "engine/operators/operator.h"
#include "engine/operators/phrase_set.h"
#include "engine/operators/phrases.h"
#include "parser/base/ascii.h"
#include "parser/base/lines.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::operators {
namespace {

constexpr size_t kMaxCaptures = 10;

class PhraseMatch final : public Operator {
 public:
  PhraseMatch(std::vector<std::string> phrases, bool captures_text)
      : phrases_(std::move(phrases)), set_(phrases_), captures_text_(captures_text) {
    for (const std::string& phrase : phrases_) holds_empty_ |= phrase.empty();
  }

  bool match(std::string_view value, std::string_view, MatchState& state) const override {
    if (captures_text_ && state.want_captures) {
      size_t from = 0;
      while (state.captures.size() < kMaxCaptures) {
        const auto hit = set_.leftmost_longest(value, from);
        if (!hit) break;
        state.captures.push_back(value.substr(hit->begin, hit->end - hit->begin));
        from = hit->end;
      }
      if (!state.captures.empty()) state.finding = state.captures.front();
      return holds_empty_ || !state.captures.empty();
    }
    const auto hit = set_.first_to_end(value);
    if (hit) {
      state.finding = phrases_[hit->phrase];
      state.found_at(hit->end - state.finding.size(), state.finding.size());
      if (state.want_captures) state.captures.push_back(state.finding);
    }
    return hit || holds_empty_;
  }

 private:
  std::vector<std::string> phrases_;
  PhraseSet set_;
  bool captures_text_;
  bool holds_empty_ = false;
};

using Phrases = Result<std::vector<std::string>>;

Result<OperatorPointer> compile(Phrases listed, const OperatorContext& context) {
  if (!listed) return std::unexpected(listed.error());
  std::vector<std::string>& phrases = *listed;
  size_t bytes = 0;
  for (const std::string& phrase : phrases) bytes += phrase.size();
  if (bytes > PhraseSet::kMaxBytes) {
    return fail(
        fmt::format("the phrases hold {} bytes, more than {}", bytes, PhraseSet::kMaxBytes));
  }
  return std::make_unique<PhraseMatch>(std::move(phrases), context.semantics.pm_captures_text);
}

bool is_comment(std::string_view line) {
  return trim(line).starts_with('#');
}

void add_lines(std::string_view bytes, const parser::Semantics& semantics,
               std::vector<std::string>& phrases) {
  for (std::string_view line : split_lines(bytes)) {
    if (semantics.phrase_lines_trimmed) line = trim(line);
    if (line.empty() || is_comment(line)) continue;
    phrases.push_back(semantics.phrase_file_hex ? resolve_hex(line, semantics.pm_hex_blanks)
                                                : std::string(line));
  }
}

Phrases words_of(std::string_view argument, const OperatorContext& context) {
  std::vector<std::string> phrases;
  if (context.semantics.pm_empty_phrases) {
    for (std::string_view rest = argument;;) {
      const size_t space = rest.find(' ');
      phrases.emplace_back(rest.substr(0, space));
      if (space == std::string_view::npos) break;
      rest.remove_prefix(space + 1);
    }
  } else {
    // The groups are resolved before the text is split: |20| separates phrases like a space.
    std::string text(argument);
    if (context.semantics.pm_hex) {
      text = context.semantics.pm_hex_letters
                 ? resolve_hex_letters(argument)
                 : resolve_hex(argument, context.semantics.pm_hex_blanks);
    }
    for (const std::string_view word : split_words(text)) phrases.emplace_back(word);
  }
  return phrases;
}

Phrases lines_of_files(std::string_view argument, const OperatorContext& context) {
  const auto paths = context.semantics.several_phrase_files
                         ? split_words(argument)
                         : std::vector<std::string_view>{trim_blanks(argument)};
  if (paths.empty()) return fail("no file of phrases is named");
  std::vector<std::string> phrases;
  for (const std::string_view path : paths) {
    const auto at = static_cast<size_t>(path.data() - argument.data());
    if (istarts_with(path, "https://") || istarts_with(path, "http://")) {
      return fail(fmt::format("\"{}\" is not fetched: evaluation is offline", path), at);
    }
    if (!context.read_file) return fail(fmt::format("\"{}\" cannot be read here", path), at);
    const Result<std::string> bytes = context.read_file(path);
    if (!bytes) return fail(bytes.error().message, at);
    add_lines(*bytes, context.semantics, phrases);
  }
  return phrases;
}

Phrases entries_of(std::string_view argument, const OperatorContext& context) {
  const std::string_view name = trim_blanks(argument);
  if (!context.read_file) return fail(fmt::format("no dataset is named \"{}\"", name));
  const Result<std::string> bytes = context.read_file(name);
  if (!bytes) return fail(bytes.error().message);
  std::vector<std::string> phrases;
  for (std::string_view line : split_lines(*bytes)) {
    line = trim(line);
    if (!line.empty() && !is_comment(line)) phrases.emplace_back(line);
  }
  return phrases;
}

}  // namespace

Phrases phrases_of(parser::Operator which, std::string_view argument,
                   const OperatorContext& context) {
  switch (which) {
    case parser::Operator::pmFromFile:
      return lines_of_files(argument, context);
    case parser::Operator::pmFromDataset:
      return entries_of(argument, context);
    default:
      return words_of(argument, context);
  }
}

Result<OperatorPointer> pm(std::string_view argument, const OperatorContext& context) {
  return compile(words_of(argument, context), context);
}
Result<OperatorPointer> pmFromFile(std::string_view argument, const OperatorContext& context) {
  return compile(lines_of_files(argument, context), context);
}
Result<OperatorPointer> pmFromDataset(std::string_view argument, const OperatorContext& context) {
  return compile(entries_of(argument, context), context);
}

}  // namespace wafcheck::engine::operators
