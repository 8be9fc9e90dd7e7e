#pragma once
// Traffic as subcommands take it: inputs are read in order, their entries decoded and evaluated on
// several threads, and the results returned in the order of the input.

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "cli/console.h"
#include "cli/even_sample.h"
#include "cli/inputs.h"
#include "cli/ordered_pool.h"
#include "cli/progress.h"
#include "formats/records/summary_file.h"
#include "formats/traffic/formats.h"
#include "formats/traffic/selection.h"
#include "formats/traffic/traffic.h"

namespace CLI {
class App;
}

namespace wafcheck::cli {

/// One of several parts of the entries.
struct Shard {
  enum class By : uint8_t { place, client, host };

  uint64_t part = 1, of = 1;  ///< the parts count from 1
  By by = By::place;

  /// Whether what has this key, or this number, is of the part.
  bool has(std::string_view key) const;
  bool has(uint64_t number) const { return number % of == part - 1; }
};

/// "K/N"; nothing where it is none, or where K is no part of N.
std::optional<Shard> parse_shard(std::string_view text);
/// Takes the value of --shard, which may be empty; false, with the error printed, where it is none.
bool read_shard(const std::string& text, std::optional<Shard>& part, Console& console);

/// The bytes of a file in which the entries of a part begin.
struct ByteRange {
  uint64_t begin = 0, end = UINT64_MAX;
  bool empty() const { return begin >= end; }
  bool whole() const { return begin == 0 && end == UINT64_MAX; }
};

/// The bytes of all files that can be read from any place, divided evenly, by path. Not among them:
/// what is no file, is compressed or is named more than once.
std::map<std::string, ByteRange, std::less<>> divide_files(const std::vector<std::string>& paths,
                                                           const Shard& shard, Console& console);

/// What proves that a part which began amid a file began at an entry.
enum class Proof : uint8_t {
  none,     ///< nothing: no part guesses
  summary,  ///< the summary, merged with those of the other parts
  itself,   ///< it does not guess, and proves others: --shard-from-start
};

/// That a part began where it guessed that a record begins; empty: it did not guess.
std::string guess_text(const formats::PartSpan& span);

/// The entries of a file that begin in a range.
class RangeReader {
 public:
  /// `input` is the file at `path`, opened; it is read from its beginning where nothing tells where
  /// an entry begins.
  RangeReader(const formats::TrafficFormat& format, const std::string& path, InputStream& input,
              ByteRange range, Proof proof);

  std::optional<formats::PendingEntry> next();
  std::vector<std::string> remarks() const;  ///< of what was read
  /// What is to be proved by parts, when next() has returned nothing; none: nothing is.
  std::optional<formats::PartSpan> span(uint64_t part) const;

 private:
  /// Opens the reader where an entry certainly begins; false: nothing tells where.
  bool begin_at_entry();
  /// Begins where an entry seems to begin.
  void begin_at_guess(Proof proof);
  void begin_reader(uint64_t at);

  const formats::TrafficFormat& format_;
  const std::string& path_;
  InputStream& input_;
  ByteRange range_;
  std::ifstream file_;
  std::unique_ptr<formats::TrafficReader> reader_;  ///< null: no entry begins there
  std::optional<formats::PartSpan> span_;
  std::optional<uint64_t> next_;  ///< the first entry behind the range, of those that were read
  bool apart_ = true;             ///< that one
};

/// Which entries are evaluated: --host and the other options of that kind.
struct TrafficChoice {
  std::vector<std::string> hosts, paths, methods, statuses;
  std::string since, until, shard, shard_by;
  bool from_start = false;  ///< --shard-from-start
  size_t sample = 0;        ///< 0: all

  formats::TrafficSelection wanted;  ///< as read() has them
  std::optional<Shard> part;

  void add_to(CLI::App& app);
  /// Says that a part by place tears apart what rules remember from one transaction to the next.
  void tell_order(bool ordered, Console& console) const;
  /// Reads the options' values; false, and prints why, where one cannot be used.
  bool read(Console& console);
};

/// The options of every subcommand that takes TRAFFIC.
struct TrafficOptions {
  std::vector<std::string> inputs;
  std::vector<std::string> curl;  ///< command lines
  std::string input_format;
  std::string client, server;
  std::string front = "none";
  bool decode_bodies = false;
  bool allow_empty = false;
  bool skip_unreadable = false;
  TrafficChoice choice;
  unsigned jobs = 0;
  bool required = true;  ///< a command line without traffic is wrong

  void add_to(CLI::App& app);  ///< all but -j
};

/// The files that an input of traffic stands for.
Result<std::vector<InputFile>> expand_traffic(const std::string& input);

/// A transaction on its way to a worker.
struct TrafficJob {
  formats::Exchange exchange;  ///< with the addresses of --client and --server where it has none
  std::string_view source;     ///< as the input is named; lives as long as the runner
};

/// Reads the inputs. The error of an entry that cannot be read is printed in the order of the
/// input, after the results of the entries before it.
class TrafficRunner {
 public:
  /// `clock` times the progress shown on a terminal.
  TrafficRunner(const TrafficOptions& options, Console& console,
                Progress::Now clock = Progress::Clock::now)
      : options_(options), console_(console), clock_(std::move(clock)) {}

  /// Whether the options can be used; prints what is wrong with them.
  bool check();

  template <typename Result>
  using Worker = std::function<Result(TrafficJob&&)>;

  /// `make_worker` is called once on each of `threads` threads; the function that it returns turns
  /// a transaction into a Result. `take` gets these in the order of the input, on the calling
  /// thread, and ends the run by returning false. Memory is bounded by the number of threads, not
  /// by the input; `weigh` gives the bytes that a result holds, where they matter. Shows progress
  /// on a terminal.
  template <typename Result>
  void run(size_t threads, const std::function<Worker<Result>()>& make_worker,
           const std::function<bool(Result&&)>& take,
           const std::function<size_t(const Result&)>& weigh = nullptr);

  /// The first transaction that an input which is a log holds, read ahead; of standard input only
  /// what it begins with. None: no input is a log.
  std::optional<formats::Exchange> first_record();

  /// To be called before anything is written to standard output during the run: erases the
  /// progress where both go to a terminal.
  void make_room();

  /// Before run(): its summary will be written, with what spans() gives, so that parts may guess
  /// where an entry begins.
  void expect_summary() { has_summary_ = true; }
  /// What the summary has to prove, when the run has ended.
  const std::vector<formats::PartSpan>& spans() const { return spans_; }

  /// The part of the traffic that is read; none: all of it. Known after check().
  const std::optional<Shard>& part() const { return choice_.part; }
  uint64_t unreadable() const { return unreadable_; }  ///< entries that could not be read
  uint64_t skipped() const { return skipped_; }        ///< entries that are no requests
  /// Entries that --host and the other options of its kind leave out. Known when the run has ended.
  uint64_t not_selected() const { return not_selected_; }

 private:
  struct ReadError {
    std::string message;
    std::string help = {};  ///< lines below the message
    bool of_entry = false;
    bool fatal = false;    ///< how many entries are lost is not known
    bool skipped = false;  ///< the entry is no request to a server: nothing is wrong
    bool remark = false;   ///< nothing is wrong, and it is of no entry
    formats::Choice choice = formats::Choice::wanted;  ///< else nothing is wrong: it is left out
    bool elsewhere = false;  ///< nothing is wrong: the entry is of another part
  };
  /// An entry, or an error, in the order of the input.
  struct Item {
    std::variant<formats::PendingEntry, ReadError> what;
    std::string_view source;
  };
  using Give = std::function<void(Item&&)>;
  /// The entries of a source.
  struct Tally {
    uint64_t entries = 0, sampled = 0, left_out = 0;
  };

  /// Null: it is in no format that is known.
  const formats::TrafficFormat* format_of(const InputStream& input) const;
  void read_all(const Give& give);
  std::optional<formats::Exchange> first_record(const std::string& path);
  void read_curl(const Give& give);
  void read_input(const std::string& input, const Give& give);
  Result<std::unique_ptr<InputStream>> open(const std::string& path);
  void read_file(const InputFile& file, const Give& give);
  /// The files that the index of a concurrent audit log names.
  void read_index(InputStream& input, const InputFile& file, const Give& give);
  /// `format`: null where it is to be found.
  void read_entries(InputStream& input, const std::string& source,
                    const formats::TrafficFormat* format, const Give& give);
  void read_range(InputStream& input, const std::string& source,
                  const formats::TrafficFormat& format, ByteRange range, const Give& give);
  /// Divides the bytes of all inputs that can be read from any place among the shards.
  void divide();
  std::optional<ByteRange> range_of(const std::string& path) const;
  /// Of --shard-by; an entry that cannot be read is of the part that its place tells.
  bool is_of_shard(const formats::Entry& entry, uint64_t offset) const;
  /// Gives an entry on, unless it can be left out as it stands, or only the end of the input tells.
  void offer(Item&& item, const Give& give);
  void leave_out(std::string_view source, formats::Choice why);
  std::expected<TrafficJob, ReadError> make_job(Item&& item) const;
  void receive_error(const ReadError& error, std::string_view source);
  void report(const ReadError& error);
  void tell_skipped();
  void tell_left_out();
  static size_t weight(const Item& item);
  void begin_progress();
  void show_progress();

  const TrafficOptions& options_;
  Console& console_;
  const Progress::Now clock_;
  std::optional<formats::Endpoint> client_, server_;
  std::set<std::string> sources_;                              ///< what jobs view
  std::map<std::string, std::unique_ptr<InputStream>> ahead_;  ///< pipes that first_record() opened
  std::optional<Progress> progress_;
  const InputStream* input_ = nullptr;  ///< the one being read
  uint64_t bytes_before_ = 0;           ///< of the inputs before it
  uint64_t total_bytes_ = 0;            ///< of all; 0: unknown
  uint64_t done_ = 0;                   ///< transactions
  uint64_t unreadable_ = 0;
  uint64_t skipped_ = 0;
  std::string first_skipped_;  ///< why
  TrafficChoice choice_;
  std::optional<EvenSample<Item>> sample_;
  uint64_t entries_ = 0;                                  ///< that were offered
  std::map<std::string, ByteRange, std::less<>> ranges_;  ///< by path; see divide()
  uint64_t not_selected_ = 0;
  std::array<uint64_t, 5> left_out_for_{};  ///< by Choice
  std::map<std::string_view, Tally> tallies_;
  std::vector<formats::PartSpan> spans_;
  bool has_summary_ = false;
  bool stopped_ = false;
  bool writing_ = false;  ///< on the terminal that shows the progress
};

template <typename Result>
void TrafficRunner::run(size_t threads, const std::function<Worker<Result>()>& make_worker,
                        const std::function<bool(Result&&)>& take,
                        const std::function<size_t(const Result&)>& weigh) {
  struct Done {
    std::expected<Result, ReadError> what;
    std::string_view source;
  };
  const auto make = [this, &make_worker]() -> std::function<Done(Item&&)> {
    return [this, work = make_worker()](Item&& item) -> Done {
      const std::string_view source = item.source;
      auto job = make_job(std::move(item));
      if (!job) return {std::unexpected(std::move(job.error())), source};
      return {work(std::move(*job)), source};
    };
  };
  const auto receive = [this, &take](Done&& done) {
    if (stopped_) return;
    if (!done.what) return receive_error(done.what.error(), done.source);
    ++done_;
    ++tallies_[done.source].entries;
    stopped_ = !take(std::move(*done.what));
    if (std::exchange(writing_, false)) console_.streams().out.flush();
    show_progress();
  };
  begin_progress();
  if (threads <= 1) {
    const auto work = make();
    read_all([&](Item&& item) { receive(work(std::move(item))); });
  } else {
    const auto weigh_done = [&weigh](const Done& done) {
      return done.what && weigh ? weigh(*done.what) : size_t{0};
    };
    OrderedPool<Item, Done> pool(threads, make, receive, weigh_done);
    read_all([&](Item&& item) {
      const size_t bytes = weight(item);
      pool.give(std::move(item), bytes);
      show_progress();
    });
    pool.finish();
  }
  progress_.reset();
  tell_skipped();
  tell_left_out();
}

}  // namespace wafcheck::cli
