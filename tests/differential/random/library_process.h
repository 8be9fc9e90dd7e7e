#pragma once
// libmodsecurity in a process of its own, which it may crash or hang.

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "../answer.h"

namespace wafcheck::differential {

/// What became of one pair.
struct Verdict {
  enum class End : uint8_t { answered, refused, crashed, hung };
  End end = End::answered;
  std::string reason;  ///< why the rules were refused, or how the process ended
  Answer answer;

  bool fair() const { return end == End::answered || end == End::refused; }
};

/// Runs `job` for 0 to `count` - 1 in a child process while the caller does something else. Where a
/// job ends its process, or is not done in time, that is its verdict, and the next is run in
/// another.
class LibraryProcess {
 public:
  using Job = std::function<Verdict(size_t)>;

  LibraryProcess(size_t count, Job job);
  ~LibraryProcess();
  LibraryProcess(const LibraryProcess&) = delete;
  LibraryProcess& operator=(const LibraryProcess&) = delete;

  /// The verdict of the next job, waited for.
  Verdict next();

 private:
  void start();
  void stop();
  Verdict end_of_child();
  bool read_bytes(void* to, size_t count);
  bool read_text(std::string& text);

  const size_t count_;
  const Job job_;
  size_t done_ = 0;
  pid_t child_ = -1;
  int pipe_ = -1;
  bool timed_out_ = false;
};

/// The time that both sides have: 2024-02-29 13:05:09 UTC.
inline constexpr int64_t kTime = 1'709'211'909;

}  // namespace wafcheck::differential
