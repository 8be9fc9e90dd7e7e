#pragma once
// The two sides of a comparison: an exchange in, the ids of the rules that logged out.

#include <cstdint>
#include <memory>
#include <set>
#include <string>

#include "engine/collections.h"
#include "engine/transaction.h"
#include "formats/traffic.h"
#include "parser/result.h"

namespace wafcheck::differential {

using Ids = std::set<uint64_t>;

/// libmodsecurity 3, whichever version is installed.
class ModSecurityPeer {
 public:
  ModSecurityPeer();
  ~ModSecurityPeer();

  /// Loads one rules file with all it includes; an error is the library's message. Call once: what
  /// a second file says about SecRuleEngine would not replace what the first said.
  Result<void> load_file(const std::string& path);

  /// Runs all five phases as a connector does: an interruption ends the feeding, phase 5 follows.
  Ids run(const formats::Exchange& exchange);

 private:
  struct Library;
  std::unique_ptr<Library> library_;
};

/// wafcheck, with records that persist between exchanges as they do in the library.
class Wafcheck {
 public:
  /// Loads and compiles one rules file; an error is the first diagnostic.
  static Result<Wafcheck> load(const std::string& path, parser::Profile profile);

  Ids run(const formats::Exchange& exchange);

 private:
  explicit Wafcheck(std::shared_ptr<const engine::Program> program);

  std::shared_ptr<const engine::Program> program_;
  std::unique_ptr<engine::MemoryStore> records_;
  std::unique_ptr<engine::Transaction> transaction_;
};

}  // namespace wafcheck::differential
