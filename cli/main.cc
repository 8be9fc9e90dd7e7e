#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <iostream>

#include "cli/command.h"

namespace {

/// 0 where `descriptor` is no terminal, or does not know.
size_t terminal_columns(int descriptor) {
  winsize size{};
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader that went away is found out at the next write
  std::ios::sync_with_stdio(false);
  wafcheck::cli::Streams streams{std::cin,
                                 std::cout,
                                 std::cerr,
                                 isatty(STDOUT_FILENO) == 1,
                                 isatty(STDERR_FILENO) == 1,
                                 terminal_columns(STDOUT_FILENO),
                                 terminal_columns(STDERR_FILENO)};
  return wafcheck::cli::run({argv + 1, argv + argc}, streams);
}
