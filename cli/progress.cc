#include "cli/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <string_view>
#include <utility>
#include <vector>

namespace wafcheck::cli {
namespace {

constexpr size_t kBarWidth = 20;
constexpr std::string_view kErase = "\r\x1b[K";

std::string duration(double seconds) {
  const auto whole = static_cast<uint64_t>(seconds + 0.5);
  const uint64_t hours = whole / 3600, minutes = whole / 60 % 60;
  if (hours > 0) return fmt::format("{}:{:02}:{:02}", hours, minutes, whole % 60);
  return fmt::format("{}:{:02}", minutes, whole % 60);
}

std::string bar(double share) {
  const auto done = static_cast<size_t>(share * kBarWidth);
  std::string text(kBarWidth, ' ');
  std::fill_n(text.begin(), done, '=');
  if (done < kBarWidth) text[done] = '>';
  return fmt::format("[{}]", text);
}

size_t width(const std::vector<std::string>& parts) {
  size_t columns = 0;
  for (const std::string& part : parts) columns += part.size() + (columns > 0 ? 2 : 0);
  return columns;
}

}  // namespace

std::string progress_line(const ProgressState& state, size_t columns) {
  std::vector<std::string> parts;
  const bool total_is_known = state.total_bytes > 0;
  double share = 0;
  if (total_is_known) {
    // A file may have grown since it was measured.
    share =
        std::min(1.0, static_cast<double>(state.bytes) / static_cast<double>(state.total_bytes));
    parts.push_back(fmt::format("{:3} %", static_cast<int>(share * 100)));
    parts.push_back(bar(share));
  }
  parts.push_back(fmt::format("{} tx", state.transactions));
  if (state.seconds > 0) {
    parts.push_back(
        fmt::format("{:.0f} tx/s", static_cast<double>(state.transactions) / state.seconds));
    parts.push_back(
        fmt::format("{:.1f} MB/s", static_cast<double>(state.bytes) / 1e6 / state.seconds));
    if (share > 0 && share < 1) {
      parts.push_back(fmt::format("{} left", duration(state.seconds * (1 - share) / share)));
    }
  }
  if (total_is_known && width(parts) > columns) parts.erase(parts.begin() + 1);
  while (!parts.empty() && width(parts) > columns) parts.pop_back();
  return fmt::format("{}", fmt::join(parts, "  "));
}

Progress::Progress(std::ostream& terminal, bool shown, size_t columns, Now now)
    : terminal_(terminal),
      shown_(shown),
      // The last column stays free: a terminal may move on to the next line after it.
      columns_(columns > 1 ? columns - 1 : 79),
      now_(std::move(now)),
      start_(now_()),
      next_(start_ + kDelay) {}

void Progress::update(uint64_t bytes, uint64_t total_bytes, uint64_t transactions) {
  if (!shown_) return;
  const Clock::time_point now = now_();
  if (now < next_) return;
  next_ = now + kInterval;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  terminal_ << kErase << progress_line({bytes, total_bytes, transactions, seconds}, columns_)
            << std::flush;
  drawn_ = true;
}

void Progress::hide() {
  if (!drawn_) return;
  terminal_ << kErase << std::flush;
  drawn_ = false;
}

}  // namespace wafcheck::cli
