#include "cli/lsp/edit.h"

#include <algorithm>

namespace wafcheck::cli::lsp {

using formats::JsonWriter;

void write(JsonWriter& json, const TextEdit& edit) {
  json.begin_object();
  json.key("range");
  write(json, edit.range);
  json.member("newText", edit.text);
  json.end_object();
}

std::optional<TextEdit> edit_of(const parser::Source& source, uint32_t begin, uint32_t end,
                                std::string_view replacement, Encoding encoding) {
  if (!source.embedding) {
    return TextEdit{range_at(source, begin, end, encoding), std::string(replacement)};
  }
  const auto outer = parser::edit_in_file(source, begin, end, replacement);
  if (!outer) return std::nullopt;
  return TextEdit{range_at(*source.embedding->file, outer->begin, outer->end, encoding),
                  outer->replacement};
}

void WorkspaceEdit::add(const std::string& path, TextEdit edit) {
  std::vector<TextEdit>& edits = edits_[path];
  if (std::ranges::find(edits, edit) == edits.end()) edits.push_back(std::move(edit));
}

bool WorkspaceEdit::add(const Snapshot& snapshot, const parser::Edit& edit, Encoding encoding) {
  const parser::Source& source = snapshot.model().sources[edit.span.file];
  auto outer = edit_of(source, edit.span.begin, edit.span.end, edit.replacement, encoding);
  if (!outer) return false;
  add(snapshot.path_of(edit.span.file), *std::move(outer));
  return true;
}

void WorkspaceEdit::write(JsonWriter& json, const Workspace& workspace) const {
  const bool versioned = workspace.client.document_changes;
  json.begin_object();
  json.key(versioned ? "documentChanges" : "changes");
  versioned ? json.begin_array() : json.begin_object();
  for (const auto& [path, edits] : edits_) {
    const std::string uri = workspace.uri_of(path);
    if (versioned) {
      json.begin_object();
      json.key("textDocument");
      json.begin_object();
      json.member("uri", uri);
      json.key("version");
      const auto document = workspace.files.documents.find(path);
      if (document == workspace.files.documents.end()) {
        json.null();
      } else {
        json.number(document->second->version());
      }
      json.end_object();
      json.key("edits");
    } else {
      json.key(uri);
    }
    json.begin_array();
    for (const TextEdit& edit : edits) lsp::write(json, edit);
    json.end_array();
    if (versioned) json.end_object();
  }
  for (const auto& [from, to] : renamed_) {
    if (!versioned || !workspace.client.renames_files) break;
    json.begin_object();
    json.member("kind", "rename");
    json.member("oldUri", workspace.uri_of(from));
    json.member("newUri", uri_of_path(to));
    json.end_object();
  }
  versioned ? json.end_array() : json.end_object();
  json.end_object();
}

}  // namespace wafcheck::cli::lsp
