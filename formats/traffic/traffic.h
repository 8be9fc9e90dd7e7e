#pragma once
// Traffic: what HAR files, raw HTTP, transaction lines and regression tests all become.

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "parser/profile.h"

namespace wafcheck::formats::inline traffic {

enum class Gap : uint8_t;  ///< what an input lacks of a transaction: formats/traffic/gaps.h

using Header = std::pair<std::string, std::string>;  ///< name and value as received; bytes

struct Endpoint {
  std::string ip;     ///< empty: not in the input
  uint16_t port = 0;  ///< 0: not in the input
};

struct Request {
  std::string method;
  std::string uri;                    ///< origin form where the input allows; bytes
  std::string protocol = "HTTP/1.1";  ///< may be empty (HTTP/0.9)
  std::vector<Header> headers;
  std::string body;
};

struct Response {
  int status = 200;
  std::string reason;
  std::string protocol = "HTTP/1.1";
  std::vector<Header> headers;
  std::string body;
};

/// What a web server would have refused about the request as it stands ("bad Content-Length").
struct HttpError {
  int status = 400;
  std::string reason;
};

/// How a request stands in its source, where that is HTTP/1 text: what a front reads again, in its
/// own way.
struct WireRequest {
  std::vector<std::string> head;  ///< first line and header lines, each with its line end
  bool bad_chunks = false;        ///< the chunked body is malformed or breaks off
};

/// A match of a rule, as far as a log tells of it.
struct RecordedMatch {
  uint64_t rule_id = 0;
  std::string message;      ///< of the rule
  std::string target;       ///< that matched, as the engine names it; empty: not told
  bool interrupts = false;  ///< the request was held back because of it
};

/// What a log says that a WAF did with the transaction.
struct Recorded {
  std::string producer;                  ///< "ModSecurity/2.9.7"; empty: the log does not name it
  std::optional<parser::Engine> engine;  ///< the same for --engine; none: unknown
  std::string decision = "pass";         ///< as replay's own: pass, allow, deny, drop, redirect
  bool inferred =
      false;  ///< the format does not tell the decision: it follows from status and rules
  bool detection_only = false;     ///< nothing was blocked, whatever matched
  bool would_interrupt = false;    ///< in DetectionOnly, a rule that blocks matched
  int phase = 0;                   ///< of the interruption; 0: there was none, or it is not told
  std::optional<int> status;       ///< that went to the client
  std::vector<uint64_t> rule_ids;  ///< of the rules that matched, in order, each once
  std::vector<RecordedMatch> matches;  ///< in order; a rule may have several
  std::optional<int64_t> score;        ///< the inbound anomaly score
};

struct Exchange {
  std::optional<size_t> entry;  ///< position in its source, from 0; none: not known
  uint64_t offset = 0;          ///< of its first byte in the source
  std::string id;  ///< from the input; empty: the caller makes one from source and offset
  std::optional<int64_t> time_us;  ///< microseconds since the epoch, UTC; the traffic's own clock
  std::optional<Endpoint> client, server;
  Request request;
  std::optional<WireRequest> wire;  ///< none: the source holds requests taken apart (HAR, JSON)
  std::optional<Response> response;
  std::optional<HttpError> http_error;
  std::vector<std::string> notes;    ///< what was cut off or could not be taken as it stands
  std::vector<Gap> gaps;             ///< what the input does not hold, in the order of the table
  std::optional<Recorded> recorded;  ///< of a log
};

/// An entry of a source as people are told of it: "12", or where it is not counted "@34567", the
/// offset of its first byte.
std::string entry_name(std::optional<size_t> entry, uint64_t offset);

/// One bad entry; the entries after it are still read unless `fatal`.
struct EntryError {
  size_t entry = 0;
  uint64_t offset = 0;            ///< byte offset in the source
  uint32_t line = 0, column = 0;  ///< where known; 0: not
  std::string message;
  bool fatal = false;  ///< nothing after this can be read
  bool whole = false;  ///< it is about the source: there is no entry at that place
  bool no_request =
      false;  ///< the entry is no request to a server (data:, blob:): nothing is wrong
};

/// What a reader yields: a transaction, or why there is none.
using Entry = std::expected<Exchange, EntryError>;

/// Bounds of one entry; what is over them is an EntryError.
struct TrafficLimits {
  size_t entry_bytes = size_t{256} << 20;
  size_t headers = 10'000;
  size_t header_bytes = 1 << 20;  ///< of one header line
  size_t depth = 200;             ///< JSON nesting
  /// Where the stream begins in its source: a reader that begins amid it counts its entries from
  /// there.
  uint64_t start = 0;
};

/// An entry whose bounds were found. What is left to do may be done on any thread.
struct PendingEntry {
  size_t bytes = 0;                         ///< of memory that it holds, about
  std::move_only_function<Entry()> decode;  ///< to be called once
  uint64_t offset = 0;                      ///< of its first byte in the source; of all different
  bool ends = false;                        ///< nothing of the source can be read after it
  /// Nothing that precedes it lies open where it begins: a reader that begins there yields the same
  /// from there on.
  bool apart = true;
};

/// Reads a source as a stream: memory is bounded by one entry, not by the file.
class TrafficReader {
 public:
  virtual ~TrafficReader() = default;
  /// The next entry or error, as soon as its bounds are known; nothing at the end of the input.
  virtual std::optional<PendingEntry> next_pending() = 0;
  /// Where the first entry begins that has begun and was not yet given; UINT64_MAX: there is none,
  /// or entries come in the order in which they begin.
  virtual uint64_t open_from() const { return UINT64_MAX; }
  /// What is to be told of the source once it is read: what of it was passed over.
  virtual std::vector<std::string> remarks() const { return {}; }
  /// The same, decoded.
  std::optional<Entry> next();
};

}  // namespace wafcheck::formats::inline traffic
