#include "library_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <utility>

// The library asks these for the time, and finds those of the program that is linked with it.
extern "C" {
__attribute__((visibility("default"))) time_t time(time_t* out) noexcept {
  if (out != nullptr) *out = wafcheck::differential::kTime;
  return wafcheck::differential::kTime;
}
__attribute__((visibility("default"))) clock_t clock() noexcept {
  return 0;
}
}

namespace wafcheck::differential {
namespace {

constexpr int kPatience = 20'000;  // milliseconds for one job
constexpr int kPipeBytes = 1 << 20;

bool write_bytes(int to, const void* from, size_t count) {
  const char* at = static_cast<const char*>(from);
  while (count > 0) {
    const ssize_t written = write(to, at, count);
    if (written <= 0) return false;
    at += written;
    count -= static_cast<size_t>(written);
  }
  return true;
}

void write_text(int to, const std::string& text) {
  const size_t size = text.size();
  write_bytes(to, &size, sizeof size);
  write_bytes(to, text.data(), size);
}

void write_verdict(int to, const Verdict& verdict) {
  write_bytes(to, &verdict.end, sizeof verdict.end);
  write_text(to, verdict.reason);
  write_bytes(to, &verdict.answer.status, sizeof verdict.answer.status);
  write_text(to, verdict.answer.url);
  const size_t lines = verdict.answer.lines.size();
  write_bytes(to, &lines, sizeof lines);
  for (const std::string& line : verdict.answer.lines) write_text(to, line);
}

/// What the library says on its own goes nowhere, and a loop ends.
void prepare_child() {
  const int nowhere = open("/dev/null", O_WRONLY);
  dup2(nowhere, STDOUT_FILENO);
  dup2(nowhere, STDERR_FILENO);
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  for (const int number : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE}) signal(number, SIG_DFL);
}

/// setenv of a rule would reach the rules after it. The library wants a list, be it empty.
void empty_environment() {
  clearenv();
  setenv("NONE", "", 1);
  unsetenv("NONE");
}

}  // namespace

LibraryProcess::LibraryProcess(size_t count, Job job) : count_(count), job_(std::move(job)) {
  start();
}

LibraryProcess::~LibraryProcess() {
  stop();
}

void LibraryProcess::start() {
  if (done_ >= count_) return;
  int ends[2];
  if (pipe(ends) != 0) std::abort();
  fcntl(ends[1], F_SETPIPE_SZ, kPipeBytes);
  std::fflush(nullptr);
  child_ = fork();
  if (child_ < 0) std::abort();
  if (child_ == 0) {
    close(ends[0]);
    prepare_child();
    for (size_t at = done_; at < count_; ++at) {
      empty_environment();
      write_verdict(ends[1], job_(at));
    }
    _exit(EXIT_SUCCESS);
  }
  close(ends[1]);
  pipe_ = ends[0];
}

void LibraryProcess::stop() {
  if (pipe_ >= 0) close(std::exchange(pipe_, -1));
  if (child_ < 0) return;
  kill(child_, SIGKILL);
  waitpid(std::exchange(child_, -1), nullptr, 0);
}

bool LibraryProcess::read_bytes(void* to, size_t count) {
  char* at = static_cast<char*>(to);
  while (count > 0) {
    pollfd ready{pipe_, POLLIN, 0};
    if (poll(&ready, 1, kPatience) == 0) {
      timed_out_ = true;
      return false;
    }
    const ssize_t got = read(pipe_, at, count);
    if (got <= 0) return false;
    at += got;
    count -= static_cast<size_t>(got);
  }
  return true;
}

bool LibraryProcess::read_text(std::string& text) {
  size_t size = 0;
  if (!read_bytes(&size, sizeof size)) return false;
  text.resize(size);
  return read_bytes(text.data(), size);
}

Verdict LibraryProcess::end_of_child() {
  Verdict verdict;
  if (timed_out_) {
    verdict.end = Verdict::End::hung;
    verdict.reason = "not done in time";
    timed_out_ = false;
    stop();
    return verdict;
  }
  int how = 0;
  waitpid(std::exchange(child_, -1), &how, 0);
  stop();
  verdict.end = Verdict::End::crashed;
  verdict.reason =
      WIFSIGNALED(how) ? strsignal(WTERMSIG(how)) : "exit " + std::to_string(WEXITSTATUS(how));
  return verdict;
}

Verdict LibraryProcess::next() {
  Verdict verdict;
  size_t lines = 0;
  bool whole = read_bytes(&verdict.end, sizeof verdict.end) && read_text(verdict.reason) &&
               read_bytes(&verdict.answer.status, sizeof verdict.answer.status) &&
               read_text(verdict.answer.url) && read_bytes(&lines, sizeof lines);
  for (; whole && lines > 0; --lines) whole = read_text(verdict.answer.lines.emplace_back());
  ++done_;
  if (whole) return verdict;
  verdict = end_of_child();
  start();
  return verdict;
}

}  // namespace wafcheck::differential
