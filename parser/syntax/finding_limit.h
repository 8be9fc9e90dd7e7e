#pragma once
// A file that is nothing but mistakes makes a report that can be read, and not one of gigabytes.

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <unordered_set>

#include "parser/diagnostic.h"

namespace wafcheck::parser::inline syntax {

/// Keeps the first findings of each file, kMaxFindingsOfFile and kMaxFindings of all, and counts
/// the others.
class FindingLimit {
 public:
  /// Goes through the findings from number `begin` on, removes those over the limit, and counts
  /// them. What another limit has told counts as what it stands for.
  void trim(Diagnostics& diagnostics, size_t begin);
  /// Of this file, which is read once more, what was found already is not found again.
  void repeat(FileId file, const Diagnostics& found);
  /// Appends a finding for each file of which some were left out, as severe as the worst of those.
  void tell(Diagnostics& to, const Sources& sources) const;

 private:
  struct File {
    size_t kept = 0;
    size_t left_out = 0;
    Severity worst = Severity::info;
    Effect effect = Effect::none;
    bool repeated = false;
    std::unordered_set<size_t> found;  ///< of a repeated file, as hashes
  };

  bool takes(const Diagnostic& diagnostic);
  static void leave_out(File& file, const Diagnostic& diagnostic);

  std::unordered_map<FileId, File> files_;
  size_t kept_ = 0;
};

}  // namespace wafcheck::parser::inline syntax
