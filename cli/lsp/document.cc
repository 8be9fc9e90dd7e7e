#include "cli/lsp/document.h"

#include <algorithm>
#include <filesystem>
#include <ranges>
#include <utility>

#include "formats/embedded/files.h"
#include "parser/base/ascii.h"
#include "parser/base/glob.h"
#include "parser/base/lines.h"
#include "parser/format/format.h"

namespace wafcheck::cli::lsp {

using formats::JsonValue;
using parser::DirectiveForm;

namespace {

/// One file and nothing else, for readers of files of other formats.
class OneFile : public parser::FileSystem {
 public:
  OneFile(const std::string& path, const std::string& bytes) : path_(path), bytes_(bytes) {}

  Result<std::string> read(const std::string& path) override {
    return path == path_ ? Result<std::string>(bytes_) : fail("No such file or directory");
  }
  bool is_directory(const std::string&) override { return false; }
  std::vector<std::string> glob(const std::string&) override { return {}; }
  std::string canonical(const std::string& path) override { return path; }

 private:
  const std::string& path_;
  const std::string& bytes_;
};

Directive read_directive(const parser::DirectiveNode& node) {
  Directive directive;
  directive.node = &node;
  const auto id = parser::find_directive(node.name);
  if (!id) return directive;
  const parser::DirectiveInfo& row = parser::info(*id);
  directive.row = &row;
  parser::Diagnostics ignored;
  const parser::Semantics& semantics = common_semantics();
  if (row.form == DirectiveForm::Rule && !node.arguments.empty()) {
    directive.targets = parser::parse_targets(node.arguments[0].text, semantics, ignored);
    if (node.arguments.size() > 1) {
      directive.op = parser::parse_operator(node.arguments[1].text, semantics, ignored);
    }
  }
  if (const auto at = parser::action_argument(row, node.arguments.size());
      at && *at < node.arguments.size()) {
    directive.actions = parser::parse_actions(node.arguments[*at].text, semantics, ignored);
  }
  return directive;
}

}  // namespace

const parser::Semantics& common_semantics() {
  static const parser::Semantics semantics = parser::semantics_of(parser::Profile::standard);
  return semantics;
}

const parser::ActionUse* Directive::find(parser::Action action) const {
  const auto last = std::ranges::find(std::views::reverse(actions), action, &parser::ActionUse::id);
  return last == std::views::reverse(actions).end() ? nullptr : &*last;
}

RulesText::RulesText(std::string path, std::string bytes,
                     std::shared_ptr<const parser::Embedding> embedding, bool is_indented)
    : indented(is_indented) {
  sources.add(std::move(path), std::move(bytes), std::move(embedding));
  tree = parser::parse_syntax(sources, kFile, common_semantics(), diagnostics);
  directives.reserve(tree.directives.size());
  for (const parser::DirectiveNode& node : tree.directives) {
    directives.push_back(read_directive(node));
  }
}

const parser::Source& RulesText::outer() const {
  return source().embedding ? *source().embedding->file : source();
}

uint32_t RulesText::to_outer(uint32_t offset) const {
  return source().embedding ? source().embedding->offset_in_file(offset) : offset;
}

std::optional<uint32_t> RulesText::from_outer(uint32_t offset) const {
  if (!source().embedding) return offset;
  const auto& steps = source().embedding->steps;
  const auto size = static_cast<uint32_t>(source().bytes.size());
  for (size_t i = 0; i < steps.size(); ++i) {
    const uint32_t end = i + 1 < steps.size() ? steps[i + 1].inner : size + 1;
    if (offset >= steps[i].outer && offset - steps[i].outer < end - steps[i].inner) {
      return steps[i].inner + (offset - steps[i].outer);
    }
  }
  return std::nullopt;
}

const Directive* RulesText::directive_at(uint32_t offset) const {
  const auto next = std::ranges::upper_bound(
      directives, offset, {}, [](const Directive& each) { return each.node->span.begin; });
  if (next == directives.begin()) return nullptr;
  const Directive& directive = *std::prev(next);
  return offset <= directive.node->span.end ? &directive : nullptr;
}

Document::Document(std::string uri, std::string path, std::string language, int64_t version,
                   std::string text)
    : uri_(std::move(uri)),
      path_(std::move(path)),
      language_(std::move(language)),
      version_(version),
      source_(parser::make_source(path_, std::move(text))) {}

bool Document::change(JsonValue changes, int64_t version, Encoding encoding) {
  version_ = version;
  read_ = false;
  texts_.clear();
  if (!changes.is(JsonValue::Kind::array)) return false;
  formats::JsonElements elements(changes);
  while (const auto change = elements.next()) {
    const auto [place, text] = change->members("range", "text");
    if (!text.is(JsonValue::Kind::string)) return false;
    std::string bytes = std::move(source_.bytes);
    if (!place) {
      bytes = text.string();
    } else if (const auto range = read_range(place); range && range->start <= range->end) {
      source_.bytes = std::move(bytes);
      const uint32_t begin = offset_at(source_, range->start, encoding);
      const uint32_t end = offset_at(source_, range->end, encoding);
      bytes = std::move(source_.bytes);
      bytes.replace(begin, end - begin, text.string());
    } else {
      source_.bytes = std::move(bytes);
      return false;
    }
    if (bytes.size() > parser::kMaxFileBytes) bytes.resize(parser::kMaxFileBytes);
    source_ = parser::make_source(path_, std::move(bytes));
  }
  return true;
}

const std::vector<std::unique_ptr<RulesText>>& Document::texts() {
  if (!std::exchange(read_, true)) read_texts();
  return texts_;
}

void Document::read_texts() {
  texts_.clear();
  OneFile file(path_, source_.bytes);
  formats::EmbeddedFiles embedded(file);
  static_cast<void>(embedded.rulesets({path_}));
  for (const std::string& text : embedded.texts_of(path_)) {
    const formats::EmbeddedText& inner = *embedded.text(text);
    texts_.push_back(std::make_unique<RulesText>(text, inner.text.bytes, embedded.embedding(text),
                                                 inner.indented));
  }
  if (!texts_.empty()) return;
  const std::string_view name = std::string_view(path_).substr(path_.rfind('/') + 1);
  const bool named = name.find(".conf") != std::string_view::npos;
  if (language_ == "seclang" || (named && formats::begins_with_rules(source_.bytes))) {
    texts_.push_back(std::make_unique<RulesText>(path_, source_.bytes, nullptr, false));
  }
}

std::string Document::includes() const {
  std::string lines;
  for (const std::string_view line : split_lines(source_.bytes)) {
    if (istarts_with(trim_left(line), "Include")) (lines += line) += '\n';
  }
  return lines;
}

Document* OpenFiles::find(const std::string& path) {
  if (documents.empty()) return nullptr;
  auto it = documents.find(path);
  if (it == documents.end()) it = documents.find(below_.canonical(path));
  return it == documents.end() ? nullptr : it->second.get();
}

Result<std::string> OpenFiles::read(const std::string& path) {
  if (const Document* const document = find(path)) return document->source().bytes;
  return below_.read(path);
}

std::vector<std::string> OpenFiles::glob(const std::string& pattern) {
  std::vector<std::string> paths = below_.glob(pattern);
  // What was never saved is no file yet.
  for (const auto& [path, document] : documents) {
    std::error_code error;
    if (!glob_matches(pattern, path) || std::filesystem::exists(path, error)) continue;
    paths.insert(std::ranges::upper_bound(paths, path), path);
  }
  return paths;
}

std::string OpenFiles::canonical(const std::string& path) {
  return documents.contains(path) ? path : below_.canonical(path);
}

}  // namespace wafcheck::cli::lsp
