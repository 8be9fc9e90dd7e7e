#include "formats/embedded/files.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "parser/base/unified_diff.h"
#include "parser/ruleset/files.h"

namespace wafcheck::formats::inline embedded {
namespace {

/// Names of files that may hold rules among other things; only these are looked into.
bool may_hold_rules(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return looks_like_yaml(name, {}) || name.ends_with(".conf") || name.ends_with(".caddyfile") ||
         name.starts_with("Caddyfile") || name.starts_with("caddyfile") ||
         name.ends_with(".load") || name.ends_with(".nginx");
}

std::string place_in(const parser::Source& source, uint32_t offset) {
  const std::string_view before = std::string_view(source.bytes).substr(0, offset);
  return fmt::format("{}:{}:{}", source.path, line_of(source.bytes, before.size()),
                     before.size() - (before.rfind('\n') + 1) + 1);
}

std::vector<parser::Embedding::Step> steps_of(const MappedText& text) {
  std::vector<parser::Embedding::Step> steps;
  for (size_t i = 0; i < text.at.size(); ++i) {
    if (i == 0 || text.at[i] != text.at[i - 1] + 1) {
      steps.push_back({static_cast<uint32_t>(i), text.at[i]});
    }
  }
  return steps;
}

std::string_view folder_of(std::string_view path) {
  return path.substr(0, path.rfind('/') + 1);
}

}  // namespace

std::vector<std::string> EmbeddedFiles::expanded(const std::string& input) {
  if (input == "-") return {input};
  std::vector<std::string> paths;
  if (below_.is_directory(input)) {
    paths = parser::rules_in_directory(below_, input);
  } else if (parser::has_glob(input) && !below_.read(input)) {
    paths = below_.glob(input);
  }
  std::erase_if(paths, [&](const std::string& path) { return below_.is_directory(path); });
  return paths.empty() ? std::vector{input} : paths;
}

const EmbeddedFiles::Outer* EmbeddedFiles::outer_at(const std::string& path) {
  const auto [it, inserted] = outers_.try_emplace(path);
  if (!inserted || !may_hold_rules(path) || below_.is_directory(path)) return it->second.get();
  Result<std::string> bytes = below_.read(path);
  if (!bytes || bytes->size() > parser::kMaxFileBytes) return nullptr;
  const EmbeddedFormat* format = embedded_format(path, *bytes);
  if (format == nullptr) {
    plain_.emplace(path, *std::move(bytes));
    return nullptr;
  }
  auto outer = std::make_unique<Outer>();
  outer->format = format;
  outer->content = format->read(*bytes);
  outer->source =
      std::make_shared<const parser::Source>(parser::make_source(path, *std::move(bytes)));
  for (size_t text = 0; text < outer->content.texts.size(); ++text) {
    inners_[path_of(*outer, text)] = {outer.get(), text};
  }
  it->second = std::move(outer);
  return it->second.get();
}

std::string EmbeddedFiles::path_of(const Outer& outer, size_t text) const {
  return fmt::format("{}#{}", outer.source->path, text + 1);
}

std::string EmbeddedFiles::resolved(const Outer& outer, const std::string& path) const {
  return path.starts_with('/') ? path : std::string(folder_of(outer.source->path)) + path;
}

FoundRulesets EmbeddedFiles::rulesets(const std::vector<std::string>& inputs) {
  struct Input {
    std::string path;
    const Outer* outer = nullptr;
    std::string chosen;  ///< the name of one ruleset; empty: all
  };
  std::vector<Input> all;
  bool embedded = false;
  for (const std::string& input : inputs) {
    const size_t mark = input.rfind('#');
    const std::string file = input.substr(0, mark);
    if (mark != std::string::npos && !below_.read(input) && outer_at(file) != nullptr) {
      all.push_back({file, outer_at(file), input.substr(mark + 1)});
      embedded = true;
      continue;
    }
    for (const std::string& path : expanded(input)) {
      all.push_back({path, outer_at(path), {}});
      embedded |= all.back().outer != nullptr;
    }
  }
  FoundRulesets found;
  if (!embedded) {
    found.rulesets.push_back({{}, inputs});
    return found;
  }

  std::map<std::string, std::string> named;
  std::set<std::string> referred;
  for (const auto& [path, outer] : outers_) {
    if (!outer) continue;
    for (const auto& [name, text] : outer->content.named) named[name] = path_of(*outer, text);
    for (const EmbeddedRuleset& ruleset : outer->content.rulesets) {
      for (const EmbeddedPart& part : ruleset.parts) referred.insert(part.reference);
    }
    for (const EmbeddedProblem& problem : outer->content.problems) {
      found.problems.push_back(
          fmt::format("{}: {}", place_in(*outer->source, problem.at), problem.message));
    }
    for (const std::string& left_out : outer->content.left_out) {
      found.notes.push_back(fmt::format("{}: not followed: {}", path, left_out));
    }
  }
  for (size_t i = 0; i < all.size(); ++i) {
    const Outer* outer = all[i].outer;
    if (outer == nullptr) continue;
    bool any = false;
    for (const EmbeddedRuleset& ruleset : outer->content.rulesets) {
      const bool chosen = all[i].chosen == ruleset.name;
      // What a RuleSet names is loaded with it.
      if (all[i].chosen.empty() ? referred.contains(ruleset.name) : !chosen) {
        any |= all[i].chosen.empty();
        continue;
      }
      any = true;
      NamedRuleset& made = found.rulesets.emplace_back();
      made.name = fmt::format("{}#{}", all[i].path, ruleset.name);
      for (size_t other = 0; other < all.size(); ++other) {
        if (all[other].outer == nullptr) made.inputs.push_back(all[other].path);
        if (other != i) continue;
        for (const EmbeddedPart& part : ruleset.parts) {
          if (part.text) {
            made.inputs.push_back(path_of(*outer, *part.text));
          } else if (!part.path.empty()) {
            made.inputs.push_back(resolved(*outer, part.path));
          } else if (const auto it = named.find(part.reference); it != named.end()) {
            made.inputs.push_back(it->second);
          } else {
            found.missing.push_back(fmt::format("{}: there is no {} in the files that are named",
                                                place_in(*outer->source, part.at), part.reference));
          }
        }
      }
    }
    if (!any && !all[i].chosen.empty()) {
      std::string names;
      for (const EmbeddedRuleset& ruleset : outer->content.rulesets) {
        names += (names.empty() ? "" : ", ") + ruleset.name;
      }
      found.missing.push_back(fmt::format("{} holds no ruleset {}{}", all[i].path, all[i].chosen,
                                          names.empty() ? "" : "; it holds " + names));
    } else if (!any && outer->content.data.empty()) {
      found.notes.push_back(
          fmt::format("{} holds no rules that wafcheck knows how to find", all[i].path));
    }
  }
  return found;
}

std::vector<std::string> EmbeddedFiles::texts_of(const std::string& path) const {
  std::vector<std::string> paths;
  const auto outer = outers_.find(path);
  if (outer == outers_.end() || !outer->second) return paths;
  for (size_t text = 0; text < outer->second->content.texts.size(); ++text) {
    paths.push_back(path_of(*outer->second, text));
  }
  return paths;
}

const EmbeddedText* EmbeddedFiles::text(const std::string& path) const {
  const auto it = inners_.find(path);
  return it == inners_.end() ? nullptr : &it->second.outer->content.texts[it->second.text];
}

std::string EmbeddedFiles::file_of(const std::string& path) const {
  const auto it = inners_.find(path);
  return it == inners_.end() ? path : it->second.outer->source->path;
}

Result<std::string> EmbeddedFiles::read(const std::string& path) {
  if (const EmbeddedText* inner = text(path)) return inner->text.bytes;
  if (const auto it = plain_.find(path); it != plain_.end()) return it->second;
  Result<std::string> bytes = below_.read(path);
  if (bytes) return bytes;
  // A data file of the objects that stand beside the rules.
  for (const auto& [outer_path, outer] : outers_) {
    if (!outer || folder_of(outer_path) != folder_of(path)) continue;
    const auto data = outer->content.data.find(path.substr(path.rfind('/') + 1));
    if (data != outer->content.data.end()) return data->second;
  }
  return bytes;
}

std::vector<std::string> EmbeddedFiles::glob(const std::string& pattern) {
  // A text is named exactly, whatever its file is called.
  if (text(pattern) != nullptr) return {pattern};
  return below_.glob(pattern);
}

std::string EmbeddedFiles::canonical(const std::string& path) {
  const auto it = inners_.find(path);
  if (it == inners_.end()) return below_.canonical(path);
  return fmt::format("{}#{}", below_.canonical(it->second.outer->source->path),
                     it->second.text + 1);
}

std::shared_ptr<const parser::Embedding> EmbeddedFiles::embedding(const std::string& path) {
  const auto it = inners_.find(path);
  return it == inners_.end() ? below_.embedding(path) : embedding_of(it->second);
}

std::shared_ptr<const parser::Embedding> EmbeddedFiles::embedding_of(const Inner& inner) {
  const EmbeddedText& text = inner.outer->content.texts[inner.text];
  return std::make_shared<const parser::Embedding>(
      parser::Embedding{inner.outer->source, steps_of(text.text), text.written});
}

std::optional<std::string> EmbeddedFiles::rewritten(const std::string& path,
                                                    std::string_view after) const {
  const Inner& inner = inners_.at(path);
  const std::vector<EmbeddedText>& texts = inner.outer->content.texts;
  parser::Source source = parser::make_source(path, texts[inner.text].text.bytes);
  source.embedding = embedding_of(inner);
  std::string bytes = inner.outer->source->bytes;
  const std::vector<ChangedLines> changes = changed_lines(source.bytes, after);
  for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
    const auto edit = parser::edit_in_file(source, static_cast<uint32_t>(change->begin),
                                           static_cast<uint32_t>(change->end), change->replacement);
    if (!edit) return std::nullopt;
    bytes.replace(edit->begin, edit->end - edit->begin, edit->replacement);
  }
  // The file decides: it has to hold what was meant, and everything else as before.
  const std::vector<EmbeddedText> again = inner.outer->format->read(bytes).texts;
  if (again.size() != texts.size()) return std::nullopt;
  for (size_t i = 0; i < texts.size(); ++i) {
    if (again[i].text.bytes != (i == inner.text ? after : texts[i].text.bytes)) return std::nullopt;
  }
  return bytes;
}

}  // namespace wafcheck::formats::inline embedded
