#include "formats/embedded/embedded.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "parser/base/ascii.h"
#include "parser/base/lines.h"
#include "parser/language/language.h"

namespace wafcheck::formats::inline embedded {
namespace {

constexpr EmbeddedFormat kEmbeddedFormats[] = {
    {"YAML or JSON", looks_like_yaml, read_yaml},
    {"a Caddyfile", looks_like_caddyfile, read_caddyfile},
    {"a configuration of nginx", looks_like_nginx, read_nginx},
    {"a configuration of Apache", looks_like_apache, read_apache},
};

}  // namespace

void MappedText::add(std::string_view text, size_t offset) {
  bytes += text;
  for (size_t i = 0; i < text.size(); ++i) at.push_back(static_cast<uint32_t>(offset + i));
}

MappedText MappedText::inside(const MappedText& outer) const {
  MappedText mapped{bytes, {}};
  mapped.at.reserve(at.size());
  for (const uint32_t offset : at) mapped.at.push_back(outer.at[offset]);
  return mapped;
}

std::span<const EmbeddedFormat> embedded_formats() {
  return kEmbeddedFormats;
}

const EmbeddedFormat* embedded_format(std::string_view path, std::string_view bytes) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const auto found = std::ranges::find_if(kEmbeddedFormats, [&](const EmbeddedFormat& format) {
    return format.looks_like(name, bytes);
  });
  return found == std::end(kEmbeddedFormats) ? nullptr : found;
}

bool looks_like_directive(std::string_view word) {
  // "Section" and SecureListen, a directive of Apache's, are none.
  const bool shaped = word.size() > 4 && word.starts_with("Sec") && is_upper(word[3]);
  return shaped || parser::find_directive(word).has_value();
}

bool begins_with_rules(std::string_view text) {
  bool included = false;
  for (const std::string_view line : Lines(text)) {
    const std::string_view content = trim(line);
    if (content.empty() || content.front() == '#') continue;
    const std::string_view word = content.substr(0, content.find_first_of(" \t\\"));
    if (!looks_like_directive(word)) return false;
    if (istarts_with(word, "Sec")) return true;
    // "Include" may begin a sentence.
    included |= content.find(" @") != content.npos || content.find(".conf") != content.npos;
  }
  return included;
}

std::optional<std::string> write_verbatim(std::string_view text, std::string_view) {
  return std::string(text);
}

void add_nested(EmbeddedFile& to, EmbeddedFile nested, const EmbeddedText& around,
                std::string_view name) {
  const size_t first = to.texts.size();
  for (EmbeddedText& inner : nested.texts) {
    const auto written = [inner_written = std::move(inner.written), outer_written = around.written](
                             std::string_view text, std::string_view following) {
      const std::optional<std::string> once = inner_written(text, following);
      return once ? outer_written(*once, following) : std::nullopt;
    };
    to.texts.push_back({inner.text.inside(around.text), written, inner.indented});
  }
  for (EmbeddedRuleset& ruleset : nested.rulesets) {
    if (!name.empty()) ruleset.name = fmt::format("{}:{}", name, ruleset.name);
    for (EmbeddedPart& part : ruleset.parts) {
      if (part.text) *part.text += first;
      part.at = around.text.at[part.at];
    }
    to.rulesets.push_back(std::move(ruleset));
  }
  for (EmbeddedProblem& problem : nested.problems) {
    problem.at = around.text.at[std::min<size_t>(problem.at, around.text.bytes.size())];
    to.problems.push_back(std::move(problem));
  }
  std::ranges::move(nested.left_out, std::back_inserter(to.left_out));
}

void name_apart(EmbeddedFile& file, std::string_view bytes) {
  std::map<std::string, size_t> uses;
  for (const EmbeddedRuleset& ruleset : file.rulesets) ++uses[ruleset.name];
  for (EmbeddedRuleset& ruleset : file.rulesets) {
    if (uses.at(ruleset.name) == 1 && !ruleset.name.empty()) continue;
    ruleset.name += fmt::format("@{}", line_of(bytes, ruleset.parts.front().at));
  }
}

size_t line_of(std::string_view text, size_t offset) {
  return 1 + static_cast<size_t>(std::ranges::count(text.substr(0, offset), '\n'));
}

}  // namespace wafcheck::formats::inline embedded
