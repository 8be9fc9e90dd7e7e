#pragma once
// Traffic as subcommands take it: inputs read in order, their entries taken apart and evaluated on
// several threads, the results handed back in the order of the input.

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "cli/command.h"
#include "cli/inputs.h"
#include "cli/ordered_pool.h"
#include "cli/progress.h"
#include "formats/traffic.h"

namespace wafcheck::cli {

/// The options of every subcommand that takes TRAFFIC.
struct TrafficOptions {
  std::vector<std::string> inputs;
  std::string input_format;
  std::string client, server;
  std::string front = "none";
  bool allow_empty = false;
  unsigned jobs = 0;

  void add_to(CLI::App& app);       ///< TRAFFIC and what is about it
  void add_jobs_to(CLI::App& app);  ///< -j
  size_t threads() const;           ///< one a core unless -j says otherwise
};

/// A transaction on its way to a worker.
struct TrafficJob {
  formats::Exchange exchange;  ///< with the addresses of --client and --server where it has none
  std::string_view source;     ///< as the input is named; lives as long as the runner
};

/// Reads the inputs. What cannot be read is complained of on standard error, in its place among the
/// results.
class TrafficRunner {
 public:
  TrafficRunner(const TrafficOptions& options, Streams& streams, const GlobalOptions& global)
      : options_(options), streams_(streams), global_(global) {}

  /// Whether the options make sense; says what does not.
  bool check();

  template <typename Result>
  using Worker = std::function<Result(TrafficJob&&)>;

  /// `make_worker` is called once on each of `threads` threads; what it returns turns a transaction
  /// into a Result. `take` gets these in the order of the input, on the calling thread, and ends
  /// the run with false. Memory is bounded by the number of threads, not by the input; `weigh`
  /// tells the bytes that a result holds, where they are worth counting. Shows how far it has come,
  /// on a terminal.
  template <typename Result>
  void run(size_t threads, const std::function<Worker<Result>()>& make_worker,
           const std::function<bool(Result&&)>& take,
           const std::function<size_t(const Result&)>& weigh = nullptr);

  /// To be called before anything is written to standard output while the run goes on: nothing may
  /// stand beside the progress on a terminal.
  void make_room();

  uint64_t unreadable() const { return unreadable_; }  ///< entries that could not be read
  bool trouble() const { return trouble_; }            ///< whether anything was complained of

 private:
  struct Complaint {
    std::string text;  ///< one or more whole lines
    bool of_entry = false;
  };
  /// What the reading thread found.
  struct Found {
    std::variant<formats::FoundEntry, Complaint> what;
    std::string_view source;
  };
  using Give = std::function<void(Found&&)>;

  void read_all(const Give& give);
  void read_input(const std::string& input, const Give& give);
  void read_file(const InputFile& file, const Give& give);
  void read_entries(InputStream& input, const std::string& source, const Give& give);
  std::expected<TrafficJob, Complaint> make_job(Found&& found) const;
  void complain(const Complaint& complaint);
  static size_t weight(const Found& found);
  void begin_progress();
  void show_progress();

  const TrafficOptions& options_;
  Streams& streams_;
  const GlobalOptions& global_;
  std::optional<formats::Endpoint> client_, server_;
  std::set<std::string> sources_;  ///< what jobs view
  std::optional<Progress> progress_;
  const InputStream* input_ = nullptr;  ///< the one being read
  uint64_t bytes_before_ = 0;           ///< of the inputs before it
  uint64_t total_bytes_ = 0;            ///< of all; 0: not known
  uint64_t done_ = 0;                   ///< transactions
  uint64_t unreadable_ = 0;
  bool trouble_ = false;
  bool stopped_ = false;
  bool writing_ = false;  ///< on the terminal that shows the progress
};

template <typename Result>
void TrafficRunner::run(size_t threads, const std::function<Worker<Result>()>& make_worker,
                        const std::function<bool(Result&&)>& take,
                        const std::function<size_t(const Result&)>& weigh) {
  using Done = std::expected<Result, Complaint>;
  const auto make = [this, &make_worker]() -> std::function<Done(Found&&)> {
    return [this, work = make_worker()](Found&& found) -> Done {
      auto job = make_job(std::move(found));
      if (!job) return std::unexpected(std::move(job.error()));
      return work(std::move(*job));
    };
  };
  const auto receive = [this, &take](Done&& done) {
    if (stopped_) return;
    if (!done) return complain(done.error());
    ++done_;
    stopped_ = !take(std::move(*done));
    if (std::exchange(writing_, false)) streams_.out.flush();
    show_progress();
  };
  begin_progress();
  if (threads <= 1) {
    const auto work = make();
    read_all([&](Found&& found) { receive(work(std::move(found))); });
  } else {
    const auto weigh_done = [&weigh](const Done& done) {
      return done && weigh ? weigh(*done) : size_t{0};
    };
    OrderedPool<Found, Done> pool(threads, make, receive, weigh_done);
    read_all([&](Found&& found) {
      const size_t bytes = weight(found);
      pool.give(std::move(found), bytes);
      show_progress();
    });
    pool.finish();
  }
  progress_.reset();
}

}  // namespace wafcheck::cli
