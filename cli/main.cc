#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <new>
#include <string_view>

#include "cli/command.h"
#include "cli/heap.h"
#include "cli/output_file.h"

namespace {

/// 0 where `descriptor` is no terminal, or its width is unknown.
size_t terminal_columns(int descriptor) {
  winsize size{};
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/// There is nothing left to do anything with, on whichever thread it is.
[[noreturn]] void out_of_memory() {
  constexpr std::string_view kText = "wafcheck: error: out of memory\n";
  const ssize_t written = write(STDERR_FILENO, kText.data(), kText.size());
  static_cast<void>(written);
  wafcheck::cli::remove_temporary_files();
  _exit(wafcheck::cli::kInternal);
}

/// Leaves nothing half-written behind, and ends as the signal would have ended the program.
extern "C" void end_by(int signal) {
  wafcheck::cli::remove_temporary_files();
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

}  // namespace

int main(int argc, char** argv) {
  std::set_new_handler(out_of_memory);
  wafcheck::cli::take_memory_in_large_steps();
  std::signal(SIGPIPE, SIG_IGN);  // a reader that went away shows at the next write
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    // What was ignored at the start, as by nohup, stays ignored.
    if (std::signal(signal, end_by) == SIG_IGN) std::signal(signal, SIG_IGN);
  }
  std::ios::sync_with_stdio(false);
  wafcheck::cli::Streams streams{std::cin,
                                 std::cout,
                                 std::cerr,
                                 isatty(STDOUT_FILENO) == 1,
                                 isatty(STDERR_FILENO) == 1,
                                 terminal_columns(STDOUT_FILENO),
                                 terminal_columns(STDERR_FILENO)};
  return wafcheck::cli::run({argv + 1, argv + argc}, streams, wafcheck::cli::man_pages());
}
