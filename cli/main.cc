#include <unistd.h>

#include <csignal>
#include <iostream>

#include "cli/command.h"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader that went away is found out at the next write
  std::ios::sync_with_stdio(false);
  wafcheck::cli::Streams streams{std::cin, std::cout, std::cerr, isatty(STDOUT_FILENO) == 1,
                                 isatty(STDERR_FILENO) == 1};
  return wafcheck::cli::run({argv + 1, argv + argc}, streams);
}
