#pragma once
// Changes of documents, as a client applies them.

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/lsp/workspace.h"
#include "formats/json/writer.h"
#include "parser/diagnostic.h"

namespace wafcheck::cli::lsp {

struct TextEdit {
  Range range;
  std::string text;

  auto operator<=>(const TextEdit&) const = default;
};

void write(formats::JsonWriter& json, const TextEdit& edit);

/// An edit of rules as one of the document around them; nothing: the document cannot hold it.
std::optional<TextEdit> edit_of(const parser::Source& source, uint32_t begin, uint32_t end,
                                std::string_view replacement, Encoding encoding);

/// Changes of several documents that belong together.
class WorkspaceEdit {
 public:
  void add(const std::string& path, TextEdit edit);
  /// The same for rules of a ruleset; false: a document cannot hold it.
  bool add(const Snapshot& snapshot, const parser::Edit& edit, Encoding encoding);
  void rename_file(std::string from, std::string to) {
    renamed_.emplace_back(std::move(from), std::move(to));
  }
  bool empty() const { return edits_.empty(); }
  const std::map<std::string, std::vector<TextEdit>>& edits() const { return edits_; }

  void write(formats::JsonWriter& json, const Workspace& workspace) const;

 private:
  std::map<std::string, std::vector<TextEdit>> edits_;  ///< by path
  std::vector<std::pair<std::string, std::string>> renamed_;
};

}  // namespace wafcheck::cli::lsp
