#pragma once
// One evaluated transaction, as every output format gets it.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/transaction.h"
#include "formats/traffic/traffic.h"

namespace wafcheck::formats {
inline namespace front {
enum class Front : uint8_t;
}
inline namespace why {
class EvidenceRecorder;
}
}  // namespace wafcheck::formats

namespace wafcheck::formats::inline records {

class TraceRecorder;

/// A server's module that the transaction was run for: what records name as their producer.
struct Host {
  std::string_view product;    ///< "ModSecurity v3.0.13 (wafcheck 0.1.0)"
  std::string_view connector;  ///< the server's module
  std::string_view hostname;   ///< of the request; empty: logs show the server's address
};

struct Outcome {
  const Exchange* exchange = nullptr;
  const engine::Transaction* transaction = nullptr;
  std::string_view source;                     ///< path of the input
  bool rejected = false;                       ///< the front refused the request: no rule ran
  double elapsed_us = 0;                       ///< from the front to the last phase
  const TraceRecorder* trace = nullptr;        ///< null: nothing was traced
  const EvidenceRecorder* evidence = nullptr;  ///< null: it was not recorded
  const Host* host = nullptr;                  ///< null: wafcheck itself ran it, and records say so
  std::optional<int> sent_status = std::nullopt;  ///< what went to the client, where it is known
  bool has_status_line = true;  ///< false: the answer is that of HTTP/0.9, a body alone
};

/// Whether the rules interrupted a transaction, or would have in DetectionOnly.
bool is_interrupted(const Outcome& outcome);

/// Runs an exchange through all five phases of a transaction that is new or reset. Phases 3 and 4
/// run only where there is a response; addresses default to 127.0.0.1:54321 and 127.0.0.1:80.
/// `front`: the server whose own reading of the path rules may see, and that may refuse it.
void evaluate(const Exchange& exchange, engine::Transaction& transaction, Front front = {});
/// The same, asking `respond` for the response once the request has passed phases 1 and 2.
void evaluate(const Exchange& exchange, engine::Transaction& transaction,
              const std::function<const Response&()>& respond, Front front = {});

/// Gives the transaction its addresses, the first step of evaluate().
void process_connection(const Exchange& exchange, engine::Transaction& transaction);

/// UNIQUE_ID: the exchange's own, or a hash of its source and offset, so that runs repeat exactly.
std::string unique_id(const Exchange& exchange, std::string_view source);

/// "pass", "allow", "deny", "drop", "redirect" or "reject".
std::string_view decision_of(const Outcome& outcome);

/// Whether any rule that is shown matched.
bool has_shown_match(const Outcome& outcome);

/// Which kinds of limits left the verdict open, each once.
std::vector<std::string_view> undecided_by(const engine::Transaction& transaction);

struct Scores {
  std::optional<int64_t> inbound, outbound;
};
/// The anomaly scores, by the names that CRS 4, CRS 3 and older sets use.
Scores scores_of(const engine::Transaction& transaction);
/// The inbound score from which such sets interrupt.
std::optional<int64_t> threshold_of(const engine::Transaction& transaction);

/// A severity's upper-case name; empty outside 0-7.
std::string_view severity_name(int severity);

}  // namespace wafcheck::formats::inline records
