#pragma once
// Files as they were when rules were read: sets that are merged later are read again from here.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "parser/ruleset.h"

namespace wafcheck::formats::inline capi {

/// Keeps what the disk answers until it is closed. Copies share contents.
class Snapshot : public parser::FileSystem {
 public:
  /// A text that is no file gets this path: the same text the same one.
  std::string add_text(std::string text);
  /// What is asked from now on is not kept: safe to share between threads.
  void close() { closed_ = true; }
  void reopen() { closed_ = false; }
  /// Whether the disk would still answer as it did.
  bool is_current() const;
  /// Also what `other` knows; what is known stays.
  void merge(const Snapshot& other);

  Result<std::string> read(const std::string& path) override;
  bool is_directory(const std::string& path) override;
  std::vector<std::string> glob(const std::string& pattern) override;
  std::string canonical(const std::string& path) override;
  std::shared_ptr<const parser::Embedding> embedding(const std::string& path) override;

 private:
  using Contents = Result<std::shared_ptr<const std::string>>;

  std::map<std::string, Contents> contents_;
  std::map<std::string, bool> directories_;
  std::map<std::string, std::vector<std::string>> globs_;
  std::map<std::string, std::string> canonical_;
  /// A text by its path: embedded in a file of the name that logs show.
  std::map<std::string, std::shared_ptr<const parser::Embedding>> texts_;
  bool closed_ = false;
};

}  // namespace wafcheck::formats::inline capi
