#include "formats/records/exclusion_counts.h"

#include <fmt/format.h>

#include "parser/base/escape.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::formats::inline records {

void ExclusionCounts::add(std::span<const engine::ExclusionUse> uses) {
  for (const engine::ExclusionUse& use : uses) {
    Key key{std::string(use.file), use.line, use.text};
    if (use.rule != nullptr) key.rule_id = (use.rule - use.rule->link)->id;
    Count& count = counts_[std::move(key)];
    ++count.ran;
    if (use.removed) ++count.removed;
  }
}

void ExclusionCounts::merge(const ExclusionCounts& other) {
  for (const auto& [key, count] : other.counts_) add(key, count);
}

void ExclusionCounts::add(const Key& key, const Count& count) {
  Count& own = counts_[key];
  own.ran += count.ran;
  own.removed += count.removed;
}

void ExclusionCounts::complete(const parser::RulesetModel& ruleset, uint64_t transactions) {
  for (const parser::Update& update : ruleset.updates) {
    for (const parser::Target& target : update.targets) {
      if (!target.excluded) continue;
      const parser::Place place = ruleset.sources.begin_of(target.span);
      const Key key{std::string(place.path), place.line,
                    std::string(ruleset.sources.text(target.span))};
      counts_[key].ran = transactions;
    }
  }
}

void write_exclusion(JsonWriter& json, const ExclusionCounts::Key& key,
                     const ExclusionCounts::Count& count) {
  json.number("rule_id", key.rule_id);
  json.bytes("file", key.file);
  json.key("line");
  json.number(key.line);
  json.bytes("exclusion", key.text);
  json.key("ran");
  json.number(count.ran);
  json.key("removed");
  json.number(count.removed);
}

void write_exclusions(JsonWriter& json, const ExclusionCounts& exclusions) {
  if (exclusions.counts().empty()) return;
  json.key("exclusions");
  json.begin_array();
  for (const auto& [key, count] : exclusions.counts()) {
    json.begin_object();
    write_exclusion(json, key, count);
    json.end_object();
  }
  json.end_array();
}

std::string exclusions_text(const ExclusionCounts& exclusions, bool all) {
  constexpr size_t kShown = 100;
  std::string text;
  size_t directives = 0;
  for (const auto& [key, count] : exclusions.counts()) {
    if (count.removed != 0 || count.ran == 0) continue;
    if (!key.rule_id && !all) {
      ++directives;
      continue;
    }
    const std::string place = fmt::format("{}:{}", excerpt(key.file, kShown), key.line);
    const std::string name = key.rule_id ? fmt::format("{} ({})", *key.rule_id, place) : place;
    text += fmt::format("{} {} {} time{} and removed nothing: {}\n", name,
                        key.rule_id ? "ran" : "was in force", count.ran, count.ran == 1 ? "" : "s",
                        excerpt(key.text, kShown));
  }
  if (directives != 0) {
    text += fmt::format(
        "{} target{} that update directives exclude never occurred (--statistics lists {})\n",
        directives, directives == 1 ? "" : "s", directives == 1 ? "it" : "them");
  }
  return text;
}

}  // namespace wafcheck::formats::inline records
