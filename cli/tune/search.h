#pragma once
// Finds the exclusions that free good requests: candidates are tried in the engine, one program for
// all of them, in which each request names those that hold for it.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cli/tune/attacks.h"
#include "cli/tune/candidates.h"
#include "cli/tune/evidence.h"
#include "cli/tune/workbench.h"
#include "lint/analysis/engines.h"

namespace wafcheck::cli::inline tune {

struct SearchOptions {
  /// Gets a line on each round; null: nobody wants it.
  std::function<void(const std::string&)> say;
  std::optional<lint::EngineTarget> engine;  ///< nothing: the default semantics
  Breadth breadth = Breadth::target;
};

/// An exclusion that is to be written, and what stands behind it.
struct Chosen {
  Exclusion exclusion;
  std::vector<uint64_t> rules;   ///< that it is about
  std::vector<size_t> requests;  ///< that it touches
  /// A place that it opens, for payloads: a request, the target and its value there.
  size_t sample = 0;
  TargetName target;
  std::string value;
};

class Search {
 public:
  Search(Workbench& workbench, const AttackCorpus& attacks, const PathStatistics& paths,
         SearchOptions options)
      : workbench_(workbench), attacks_(attacks), paths_(paths), options_(std::move(options)) {}

  /// What frees as many of the requests as can be, and nothing that could be left out. Adds to the
  /// evidence of the requests. The error says why nothing could be tried.
  Result<std::vector<Chosen>> run(std::vector<BlockedRequest>& requests);

 private:
  /// A program in which every candidate can be switched on.
  struct Probe {
    std::shared_ptr<const engine::Program> program;
    std::optional<Judge> judge;
  };
  using Active = std::set<size_t>;  ///< candidates

  Result<Probe> make_probe(const Candidates& candidates);
  std::string probe_text(const Candidates& candidates, std::vector<uint32_t>& first_lines) const;
  std::vector<double> costs(const Candidates& candidates, const Probe& probe,
                            const std::vector<BlockedRequest>& requests);
  /// What still holds these requests back with the candidates switched on.
  std::vector<std::optional<Evidence>> rerun(const Probe& probe,
                                             const std::vector<BlockedRequest>& requests,
                                             const std::vector<size_t>& which,
                                             const Active& active);
  /// Drops what has no effect, and what can be left out.
  void minimise(const Probe& probe, const Candidates& candidates,
                const std::vector<BlockedRequest>& requests, Active& active);
  std::vector<Chosen> chosen(const Candidates& candidates, const Active& active) const;

  Workbench& workbench_;
  const AttackCorpus& attacks_;
  const PathStatistics& paths_;
  const SearchOptions options_;
  Candidates::Void void_;
  std::map<Exclusion, double> known_costs_;
};

}  // namespace wafcheck::cli::inline tune
