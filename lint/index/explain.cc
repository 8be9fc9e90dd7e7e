#include "lint/index/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "lint/index/story.h"
#include "parser/base/ascii.h"
#include "parser/base/shown.h"
#include "parser/language/severities.h"

namespace wafcheck::lint::inline index {
namespace {

using nlohmann::ordered_json;

/// The maximum number of rules that the text lists.
constexpr size_t kShownRules = 6;

/// Breaks `text` into lines of at most `width` columns, all but the first indented by `indent`
/// spaces; a longer word gets a line of its own.
std::string wrapped(std::string_view text, size_t indent, size_t width) {
  std::string out;
  size_t column = indent;
  bool at_start = true;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!at_start && column + 1 + word.size() > width) {
      out += '\n' + std::string(indent, ' ');
      column = indent;
      at_start = true;
    }
    if (!at_start) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
    at_start = false;
  }
  return out;
}

std::string place_text(const parser::Sources& sources, parser::Span span) {
  const parser::Place place = sources.begin_of(span);
  return fmt::format("{}:{}", place.path, place.line);
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < std::min(names.size(), kShownRules); ++i) {
    text += fmt::format("{}{}", i == 0 ? "" : ", ", names[i]);
  }
  if (names.size() > kShownRules) text += fmt::format(" and {} more", names.size() - kShownRules);
  return text;
}

class Writer {
 public:
  Writer(const Analysis& analysis, const RuleFacts& facts, size_t width)
      : sources_(analysis.ruleset.sources),
        facts_(facts),
        story_(story_of(analysis, facts)),
        width_(width) {}

  std::string run() {
    heading();
    for (size_t i = 0; i < story_.links.size(); ++i) {
      if (i > 0) text_ += fmt::format("\nand then, link {} of {}:\n", i + 1, story_.links.size());
      condition(story_.links[i]);
    }
    consequences();
    shared();
    influences();
    return std::move(text_);
  }

 private:
  void heading() {
    const std::string title = facts_.message.empty() ? "" : ": " + facts_.message;
    text_ += wrapped(fmt::format("Rule {}{}", name_of(facts_), title), 0, width_) + '\n';
    text_ += fmt::format("{}:{}\n\n", facts_.file, facts_.line);
    std::string when = fmt::format("Runs in phase {}", phase_title(facts_.phase));
    if (facts_.paranoia_level) when += fmt::format(" at paranoia level {}", *facts_.paranoia_level);
    if (facts_.severity)
      when += fmt::format(", severity {}", parser::name_of_severity(*facts_.severity));
    text_ += when + ".\n";
  }

  void condition(const LinkStory& link) {
    if (link.targets.empty()) {
      text_ += "\nMatches always.\n";
      return;
    }
    section("Looks at", link.targets);
    section("transformed by", link.transformations);
    if (link.op) section("and matches if", {*link.op});
  }

  void consequences() {
    std::vector<Phrase> actions;
    for (const LinkStory& link : story_.links)
      actions.insert(actions.end(), link.actions.begin(), link.actions.end());
    section("Then", actions);
  }

  void section(std::string_view title, const std::vector<Phrase>& phrases) {
    if (phrases.empty()) return;
    text_ += fmt::format("\n{}\n", title);
    size_t column = 0;
    for (const Phrase& phrase : phrases) {
      if (phrase.text.size() <= kWidest) column = std::max(column, phrase.text.size());
    }
    for (const Phrase& phrase : phrases) put(phrase, column);
  }

  void put(const Phrase& phrase, size_t column) {
    std::string meaning = phrase.meaning;
    if (phrase.from) meaning += fmt::format(" (from {})", place_text(sources_, *phrase.from));
    const std::string text = printable(phrase.text);
    if (text.size() > column) {
      text_ += fmt::format("  {}\n", text);
      if (!meaning.empty()) text_ += fmt::format("      {}\n", wrapped(meaning, 6, width_));
      return;
    }
    text_ += fmt::format("  {:<{}}", text, column);
    if (!meaning.empty()) text_ += "  " + wrapped(meaning, column + 4, width_);
    text_.erase(text_.find_last_not_of(' ') + 1);
    text_ += '\n';
  }

  /// Bytes that a terminal might take for commands are shown as \xHH.
  static std::string printable(std::string_view text) { return readable(text); }

  void shared() {
    if (story_.shared.empty()) return;
    text_ += "\nShares with other rules\n";
    for (const SharedVariable& row : story_.shared) {
      std::vector<std::string> parts;
      if (row.read) parts.push_back("read here");
      if (row.written) parts.push_back("set here");
      if (!row.set_by.empty()) parts.push_back("set by " + listed(row.set_by));
      if (!row.read_by.empty()) parts.push_back("read by " + listed(row.read_by));
      std::string text;
      for (const std::string& part : parts) text += (text.empty() ? "" : "; ") + part;
      text_ += fmt::format("  {}\n      {}\n", row.name, wrapped(text, 6, width_));
    }
  }

  void influences() {
    if (story_.influences.empty()) return;
    text_ += "\nChanged or skipped by\n";
    for (const Influence& row : story_.influences) {
      text_ += fmt::format("  {}\n      {}\n", wrapped(row.text, 6, width_),
                           place_text(sources_, row.span));
    }
  }

  /// The meaning of a longer word is on the next line.
  static constexpr size_t kWidest = 30;

  const parser::Sources& sources_;
  const RuleFacts& facts_;
  const Story story_;
  const size_t width_;
  std::string text_;
};

ordered_json place_json(const parser::Sources& sources, parser::Span span) {
  const parser::Place place = sources.begin_of(span);
  return {{"file", place.path}, {"line", place.line}, {"column", place.column}};
}

ordered_json phrase_json(const parser::Sources& sources, const Phrase& phrase) {
  ordered_json row = {{"text", phrase.text}, {"meaning", phrase.meaning}};
  if (phrase.from) row["from"] = place_json(sources, *phrase.from);
  return row;
}

ordered_json phrases_json(const parser::Sources& sources, const std::vector<Phrase>& phrases) {
  ordered_json rows = ordered_json::array();
  for (const Phrase& phrase : phrases) rows.push_back(phrase_json(sources, phrase));
  return rows;
}

}  // namespace

std::string explain_text(const Analysis& analysis, const RuleFacts& facts, size_t width) {
  return readable_lines(Writer(analysis, facts, width).run());
}

std::string explain_json(const Analysis& analysis, const RuleFacts& facts) {
  const parser::Sources& sources = analysis.ruleset.sources;
  const Story story = story_of(analysis, facts);
  ordered_json document = {
      {"schema", 1},
      {"id", facts.id ? ordered_json(*facts.id) : ordered_json(nullptr)},
      {"file", facts.file},
      {"line", facts.line},
      {"message", facts.message},
      {"phase", facts.phase},
      {"severity", facts.severity ? ordered_json(*facts.severity) : ordered_json(nullptr)},
      {"paranoia_level",
       facts.paranoia_level ? ordered_json(*facts.paranoia_level) : ordered_json(nullptr)},
      {"tags", facts.tags},
      {"links", ordered_json::array()},
      {"shared", ordered_json::array()},
      {"influences", ordered_json::array()}};
  for (const LinkStory& link : story.links) {
    document["links"].push_back(
        {{"targets", phrases_json(sources, link.targets)},
         {"transformations", phrases_json(sources, link.transformations)},
         {"operator", link.op ? phrase_json(sources, *link.op) : ordered_json(nullptr)},
         {"actions", phrases_json(sources, link.actions)}});
  }
  for (const SharedVariable& row : story.shared) {
    document["shared"].push_back({{"name", row.name},
                                  {"read", row.read},
                                  {"written", row.written},
                                  {"set_by", row.set_by},
                                  {"read_by", row.read_by}});
  }
  for (const Influence& row : story.influences) {
    ordered_json influence = place_json(sources, row.span);
    influence["text"] = row.text;
    document["influences"].push_back(std::move(influence));
  }
  // Rules may contain any bytes.
  return document.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace wafcheck::lint::inline index
