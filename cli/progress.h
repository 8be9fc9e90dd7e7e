#pragma once
// How far a long run has come: one line on a terminal, drawn over and over.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>

namespace wafcheck::cli {

struct ProgressState {
  uint64_t bytes = 0;         ///< read
  uint64_t total_bytes = 0;   ///< 0: not known
  uint64_t transactions = 0;  ///< done
  double seconds = 0;         ///< since the start
};

/// "42 % [========>           ]  12345 tx  811 tx/s  15.3 MB/s  0:42 left", at most `columns` wide:
/// where there is no room the bar goes first, then what stands last. Without a known total there is
/// no share, no bar and no time left.
std::string progress_line(const ProgressState& state, size_t columns);

/// Draws the line at most ten times a second, and not for runs that are over at once.
class Progress {
 public:
  /// `columns`: width of the terminal, 0 where it is not known. Nothing is drawn unless `shown`.
  Progress(std::ostream& terminal, bool shown, size_t columns);
  ~Progress() { hide(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  bool shown() const { return shown_; }
  void update(uint64_t bytes, uint64_t total_bytes, uint64_t transactions);
  /// Erases it, so that something else can be written. The next update draws it again.
  void hide();

 private:
  using Clock = std::chrono::steady_clock;
  std::ostream& terminal_;
  const bool shown_;
  const size_t columns_;
  const Clock::time_point start_;
  Clock::time_point next_;
  bool drawn_ = false;
};

}  // namespace wafcheck::cli
