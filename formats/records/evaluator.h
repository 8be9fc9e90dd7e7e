#pragma once
// Runs exchanges through a front and the rules, one after the other, with one transaction.

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "engine/collections.h"
#include "engine/profiling/profile.h"
#include "engine/program.h"
#include "engine/state/match_memory.h"
#include "engine/transaction.h"

#include "formats/front/front.h"
#include "formats/records/outcome.h"
#include "formats/records/trace.h"
#include "formats/why/evidence.h"

namespace wafcheck::formats::inline records {

struct EvaluatorOptions {
  Front front = Front::none;  ///< what stands before the rules
  bool prefilter = true;      ///< see engine::TransactionOptions
  bool memory = true;         ///< remember values from one transaction to the next
  bool all_matches = false;   ///< also matched rules that neither log nor audit
  bool references = false;    ///< tell where matches stand: audit and error logs want it
  engine::CollectionStore* collections = nullptr;  ///< null: records end with their transaction
  engine::Profile* profile = nullptr;              ///< measures; null: nothing is measured
  engine::Limits limits = {};                      ///< what a transaction may cost
  bool decode_bodies = false;  ///< of gzip and deflate, once the front has passed them
  std::optional<TraceFilter> trace = std::nullopt;  ///< record a trace of these rules
  bool evidence = false;  ///< record what matched and which TX variables changed
};

/// Not thread-safe: one a thread, over one Program.
class Evaluator {
 public:
  /// Answers a request that the rules let through.
  using Responder = std::function<Response(const Request&)>;

  /// What `options` points to must outlive the evaluator.
  explicit Evaluator(std::shared_ptr<const engine::Program> program, EvaluatorOptions options = {});
  Evaluator(const Evaluator&) = delete;
  Evaluator& operator=(const Evaluator&) = delete;

  /// Passes the exchange through the front, then through all phases. `source` is the input as it is
  /// named: with the entry's number it makes the id of an exchange that has none. With a
  /// `responder`, the exchange's response is what that answers; it is not asked for a request that
  /// the front or the rules refused. The outcome is valid until the next call.
  Outcome run(Exchange exchange, std::string_view source, const Responder& responder = nullptr);

 private:
  engine::TransactionOptions transaction_options(std::string_view source, engine::Profile* profile);

  const std::shared_ptr<const engine::Program> program_;
  const EvaluatorOptions options_;
  std::optional<TraceRecorder> trace_;
  std::optional<EvidenceRecorder> evidence_;
  std::optional<engine::ObserverPair> both_;  ///< where both are recorded
  std::optional<engine::MatchMemory> memory_;
  engine::Transaction transaction_;
  Exchange exchange_;  ///< of the last run
};

}  // namespace wafcheck::formats::inline records
