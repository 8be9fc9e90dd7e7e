#pragma once
// Open documents, and the rules in them, read without the rest of their ruleset.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/lsp/position.h"
#include "formats/json/value.h"
#include "parser/language/semantics.h"
#include "parser/ruleset.h"
#include "parser/ruleset/rule.h"
#include "parser/source.h"
#include "parser/syntax/syntax.h"

namespace wafcheck::cli::lsp {

/// A directive and what its arguments say, as far as they can be read.
struct Directive {
  const parser::DirectiveNode* node = nullptr;
  const parser::DirectiveInfo* row = nullptr;  ///< null: no engine knows it
  std::vector<parser::Target> targets;
  std::optional<parser::OperatorUse> op;
  std::vector<parser::ActionUse> actions;

  /// The last action of that kind; null: there is none.
  const parser::ActionUse* find(parser::Action action) const;
  bool has(parser::Action action) const { return find(action) != nullptr; }
};

/// A text of rules: a whole file, or a part of one in another format.
class RulesText {
 public:
  static constexpr parser::FileId kFile = 0;  ///< of spans in it

  RulesText(std::string path, std::string bytes, std::shared_ptr<const parser::Embedding> embedding,
            bool indented);
  RulesText(const RulesText&) = delete;
  RulesText& operator=(const RulesText&) = delete;

  const parser::Source& source() const { return sources[kFile]; }
  /// The document around it; itself where it is whole.
  const parser::Source& outer() const;
  uint32_t to_outer(uint32_t offset) const;
  /// Nothing: the place in the document is not one of this text.
  std::optional<uint32_t> from_outer(uint32_t offset) const;
  /// The directive that holds an offset, its end included; null: none does.
  const Directive* directive_at(uint32_t offset) const;

  parser::Sources sources;
  parser::Diagnostics diagnostics;  ///< of the syntax
  parser::SyntaxTree tree;
  std::vector<Directive> directives;
  bool indented;  ///< its lines are indented as the file around is
};

/// What a text is read by: the semantics of all engines together.
const parser::Semantics& common_semantics();

class Document {
 public:
  Document(std::string uri, std::string path, std::string language, int64_t version,
           std::string text);

  const std::string& uri() const { return uri_; }
  const std::string& path() const { return path_; }  ///< canonical
  int64_t version() const { return version_; }
  const parser::Source& source() const { return source_; }

  /// Applies contentChanges of a didChange; false where they are malformed: those before are
  /// applied.
  bool change(formats::JsonValue changes, int64_t version, Encoding encoding);
  /// The texts of rules in it; none where it holds none.
  const std::vector<std::unique_ptr<RulesText>>& texts();
  /// Its lines that include other files, as text that changes when one of them does.
  std::string includes() const;

 private:
  void read_texts();

  std::string uri_, path_, language_;
  int64_t version_;
  parser::Source source_;
  bool read_ = false;
  std::vector<std::unique_ptr<RulesText>> texts_;
};

/// The file system with open documents in the place of files.
class OpenFiles : public parser::FileSystem {
 public:
  explicit OpenFiles(parser::FileSystem& below) : below_(below) {}

  /// By canonical path, or by URI where a document is no file.
  std::map<std::string, std::unique_ptr<Document>> documents;

  Document* find(const std::string& path);

  Result<std::string> read(const std::string& path) override;
  bool is_directory(const std::string& path) override { return below_.is_directory(path); }
  std::vector<std::string> glob(const std::string& pattern) override;
  std::string canonical(const std::string& path) override;

 private:
  parser::FileSystem& below_;
};

}  // namespace wafcheck::cli::lsp
