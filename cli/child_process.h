#pragma once
// Another program, run to its end.

#include <string>
#include <vector>

#include "parser/base/result.h"

namespace wafcheck::cli {

struct ProgramOutput {
  int status = 0;  ///< its exit code; 128 and the signal's number where one ended it
  std::string out, err;
};

/// Runs `arguments[0]`, found in PATH, without a shell and without standard input. Fails where it
/// cannot be started. What it prints is kept whole.
Result<ProgramOutput> run_program(const std::vector<std::string>& arguments);

}  // namespace wafcheck::cli
