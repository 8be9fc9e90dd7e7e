#pragma once
// Sets of rules as a server's configuration builds them: pieces that are added, and sets that are
// merged.

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "engine/program.h"
#include "engine/state/match_memory.h"
#include "engine/transaction.h"
#include "formats/capi/log_file.h"
#include "formats/capi/snapshot.h"
#include "parser/base/result.h"

namespace wafcheck::formats::inline capi {

/// The engine's side of a transaction, kept for the next one.
struct Worker {
  explicit Worker(const engine::Program& program) : transaction(program) {}

  std::unique_ptr<engine::MatchMemory> memory;  ///< while it is at work
  engine::Transaction transaction;
};

/// Where transactions over some rules are logged, and how.
struct ServerLogs {
  enum class AuditType : uint8_t { serial, parallel };

  AuditType audit_type = AuditType::serial;
  std::shared_ptr<LogFile> audit;   ///< null: there is none
  std::shared_ptr<LogFile> audit2;  ///< of parallel logs, a second index
  std::string folder;               ///< of parallel logs
  unsigned folder_mode = 0750, file_mode = 0640;
  bool json = false;
  std::shared_ptr<LogFile> debug;
  int debug_level = 0;
};

/// A text or a file that was added. Its address is its identity.
struct Piece {
  bool is_file = false;
  std::string content;  ///< the text, or the file's path
  std::string name;     ///< what the snapshot calls it

  bool is_like(const Piece& other) const {
    return is_file == other.is_file && content == other.content;
  }
};
using Pieces = std::vector<std::shared_ptr<const Piece>>;

/// Pieces that were read together. Never changes, but for the workers that wait; shared by all sets
/// that have the same. A set that adds a few pieces to another shares what that one is made of.
class LoadedRules {
 public:
  /// Reads the pieces; or says what is wrong, as a server prints it. `files` answers for them.
  static Result<std::shared_ptr<LoadedRules>> load(Pieces pieces, Snapshot files);

  const engine::Program& program() const { return *program_; }
  const ServerLogs& logs() const { return logs_; }
  const Pieces& pieces() const { return pieces_; }
  const Snapshot& files() const { return files_; }
  /// Rules, and markers once a phase.
  int count() const { return count_; }

  std::unique_ptr<Worker> take_worker();
  void give_back(std::unique_ptr<Worker> worker);

 private:
  LoadedRules(Pieces pieces, Snapshot files)
      : pieces_(std::move(pieces)), files_(std::move(files)) {}
  Result<void> compile();
  Result<void> compile_all();
  /// Compiles only what stands before the pieces of `other`; false: all of it has to be compiled.
  bool extend(const std::shared_ptr<LoadedRules>& other);
  parser::LoadOptions load_options();
  /// The names of the first `count` pieces.
  std::vector<std::string> inputs(size_t count) const;
  Result<void> open_logs();
  /// Whose patterns are looked for: what is remembered of texts is shared among its extensions.
  LoadedRules& searcher() { return base_ == nullptr ? *this : *base_; }
  std::unique_ptr<engine::MatchMemory> take_memory();
  void give_back(std::unique_ptr<engine::MatchMemory> memory);

  const Pieces pieces_;
  Snapshot files_;                     // before the program, which asks it
  std::shared_ptr<LoadedRules> base_;  ///< null: all was compiled here
  std::shared_ptr<const engine::Program> program_;
  ServerLogs logs_;
  int count_ = 0;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Worker>> idle_;
  std::vector<std::unique_ptr<engine::MatchMemory>> idle_memories_;
};

/// What a handle of the C interface stands for. Not thread-safe but for rules().
class ServerRules {
 public:
  /// How many rules were added, or what is wrong; then the set is as it was.
  Result<int> add_text(std::string text);
  Result<int> add_file(const std::string& path);
  Result<int> merge(const ServerRules& from);

  /// Of an empty set too; null: there is no memory.
  std::shared_ptr<LoadedRules> rules() const;

 private:
  Result<int> add(Piece piece);

  std::shared_ptr<LoadedRules> loaded_;  ///< null: nothing was added
};

}  // namespace wafcheck::formats::inline capi
