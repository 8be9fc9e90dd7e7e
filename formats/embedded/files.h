#pragma once
// Rulesets inside files of other formats, as files of their own: FILE#1, FILE#2 ...

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/embedded/embedded.h"
#include "parser/ruleset.h"

namespace wafcheck::formats::inline embedded {

struct NamedRuleset {
  std::string name;  ///< "app.yaml#Ingress:shop"; empty: all inputs are rules themselves
  std::vector<std::string> inputs;
};

/// What was named, and what of it could not be used.
struct FoundRulesets {
  std::vector<NamedRuleset> rulesets;
  std::vector<std::string> problems;  ///< of files: "FILE:LINE:COLUMN: ..."
  std::vector<std::string> missing;   ///< what is named and is not there, as problems
  std::vector<std::string> notes;     ///< "FILE: not followed: include conf.d/*.conf"
};

/// Another file system in which the texts of rules that files hold are files too.
class EmbeddedFiles : public parser::FileSystem {
 public:
  explicit EmbeddedFiles(parser::FileSystem& below) : below_(below) {}

  /// The rulesets that inputs hold: files that are rules themselves belong to each. Where none is
  /// embedded, that is one, of the inputs as they are. FILE#NAME is one ruleset of a file.
  FoundRulesets rulesets(const std::vector<std::string>& inputs);

  /// The texts of a file that was an input, by their paths, in its order.
  std::vector<std::string> texts_of(const std::string& path) const;
  /// The text behind a path; null: the path is none of a text.
  const EmbeddedText* text(const std::string& path) const;
  /// The file that the text of that path stands in.
  std::string file_of(const std::string& path) const;

  /// The bytes of the file around the text of that path, `after` in the place of the text: only
  /// lines that differ are written anew. Nothing: the file cannot hold it.
  std::optional<std::string> rewritten(const std::string& path, std::string_view after) const;

  // parser::FileSystem
  Result<std::string> read(const std::string& path) override;
  bool is_directory(const std::string& path) override { return below_.is_directory(path); }
  std::vector<std::string> glob(const std::string& pattern) override;
  std::string canonical(const std::string& path) override;
  std::shared_ptr<const parser::Embedding> embedding(const std::string& path) override;

 private:
  struct Outer {
    std::shared_ptr<const parser::Source> source;
    const EmbeddedFormat* format = nullptr;
    EmbeddedFile content;
  };
  struct Inner {
    const Outer* outer = nullptr;
    size_t text = 0;
  };

  static std::shared_ptr<const parser::Embedding> embedding_of(const Inner& inner);
  /// Null: the file is rules, or cannot be read.
  const Outer* outer_at(const std::string& path);
  std::vector<std::string> expanded(const std::string& input);
  std::string path_of(const Outer& outer, size_t text) const;
  std::string resolved(const Outer& outer, const std::string& path) const;

  parser::FileSystem& below_;
  std::map<std::string, std::unique_ptr<Outer>> outers_;  ///< by path; null: none
  std::map<std::string, std::string> plain_;              ///< read while looking for rulesets
  std::map<std::string, Inner> inners_;                   ///< by path
};

}  // namespace wafcheck::formats::inline embedded
