#pragma once
// The progress of a long run: one line on a terminal, redrawn from time to time.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>

namespace wafcheck::cli {

struct ProgressState {
  uint64_t bytes = 0;         ///< read
  uint64_t total_bytes = 0;   ///< 0: unknown
  uint64_t transactions = 0;  ///< done
  double seconds = 0;         ///< since the start
};

/// "42 % [========>           ]  12345 tx  811 tx/s  15.3 MB/s  0:42 left", at most `columns` wide:
/// where there is no room the bar is left out first, then items from the end. Without a total there
/// is no percentage, no bar and no time left.
std::string progress_line(const ProgressState& state, size_t columns);

/// Draws the line at most ten times a second, and not in the first half second of a run.
class Progress {
 public:
  using Clock = std::chrono::steady_clock;
  using Now = std::function<Clock::time_point()>;
  static constexpr auto kDelay = std::chrono::milliseconds(500);  ///< before it is drawn first
  static constexpr auto kInterval = std::chrono::milliseconds(100);

  /// `columns`: width of the terminal, 0 where it is unknown. Nothing is drawn unless `shown`.
  Progress(std::ostream& terminal, bool shown, size_t columns, Now now = Clock::now);
  ~Progress() { hide(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  bool shown() const { return shown_; }
  void update(uint64_t bytes, uint64_t total_bytes, uint64_t transactions);
  /// Erases it, so that something else can be written. The next update draws it again.
  void hide();

 private:
  std::ostream& terminal_;
  const bool shown_;
  const size_t columns_;
  const Now now_;
  const Clock::time_point start_;
  Clock::time_point next_;
  bool drawn_ = false;
};

}  // namespace wafcheck::cli
