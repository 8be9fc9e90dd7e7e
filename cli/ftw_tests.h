#pragma once
// FTW tests as subcommands take them: files named on the command line, and tests run on several
// threads, their results in the order of the tests.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/console.h"
#include "cli/ordered_pool.h"
#include "formats/ftw/expectations.h"
#include "formats/ftw/ftw.h"

namespace wafcheck::cli {

struct FtwInputOptions {
  std::string_view option = {};  ///< "--tests", which begins each message; empty: TESTS themselves
  bool notes = true;             ///< also print the notes of files
  bool allow_empty = false;      ///< an input without tests is no error
  /// Gets files of expectations; null: they are passed over, being no tests of rules.
  std::vector<formats::ExpectationFile>* expectations = nullptr;
};

/// Reads the files that `inputs` name; prints the errors of those that cannot be read.
std::vector<formats::FtwFile> read_ftw_files(const std::vector<std::string>& inputs,
                                             const FtwInputOptions& options, Console& console);

/// A test and the path of its file, both views of a FtwFile.
struct FtwJob {
  const formats::FtwTest* test = nullptr;
  const std::string* file = nullptr;
};

/// All tests of the files, in order.
std::vector<FtwJob> ftw_jobs(const std::vector<formats::FtwFile>& files);

/// `make_worker` is called once on each thread; the function that it returns turns a test into a
/// Result. `take` gets these in order, and ends the run by returning false.
template <typename Result>
void run_ftw_jobs(const std::vector<FtwJob>& jobs, size_t threads,
                  const std::function<std::function<Result(FtwJob&&)>()>& make_worker,
                  const std::function<bool(Result&&)>& take) {
  bool stopped = false;
  OrderedPool<FtwJob, Result> pool(threads, make_worker, [&](Result&& result) {
    if (!stopped) stopped = !take(std::move(result));
  });
  for (FtwJob job : jobs) {
    if (stopped) break;
    pool.give(std::move(job));
  }
  pool.finish();
}

}  // namespace wafcheck::cli
