#pragma once
// Child processes: one that answers lines, and one that just runs.

#include <sys/types.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "parser/base/result.h"

namespace wafcheck::peer {

/// A worker: a line in, a line of JSON out. Ends with its object.
class Process {
 public:
  /// Starts it and takes in its first line; an error if it says that it could not load.
  static Result<Process> start(const std::vector<std::string>& command);

  /// What it said of itself when it had loaded.
  const nlohmann::json& introduction() const { return introduction_; }
  Result<nlohmann::json> ask(const std::string& line);

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  using File = std::unique_ptr<std::FILE, Close>;
  /// Waits for a process when it goes out of scope.
  struct Wait {
    void operator()(const pid_t* child) const;
  };

  Process() = default;
  Result<nlohmann::json> read_line();

  std::unique_ptr<const pid_t, Wait> child_;  ///< goes last: the end of its input ends the process
  File to_, from_;
  nlohmann::json introduction_;
};

struct Usage {
  double elapsed_ms = 0;
  double processor_ms = 0;  ///< of the program and of the kernel for it
  size_t peak_kib = 0;
};
/// Runs a command to its end, its output written to a file. An error unless it exits with 0.
Result<Usage> run_to_end(const std::vector<std::string>& command,
                         const std::string& output = "/dev/null");

}  // namespace wafcheck::peer
