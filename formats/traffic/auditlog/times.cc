#include "formats/traffic/auditlog/times.h"

#include <algorithm>
#include <chrono>
#include <iterator>

#include "parser/base/ascii.h"
#include "parser/base/iso8601.h"

namespace wafcheck::formats::inline traffic {
namespace {

/// Takes the fields of a time off the front of its text; `good` stays false after a miss.
struct TimeFields {
  std::string_view text;
  bool good = true;

  int number(size_t width) {
    int value = 0;
    if (text.size() < width) return good = false, 0;
    for (size_t i = 0; i < width; ++i) {
      const auto digit = static_cast<unsigned char>(text[i]);
      good = good && is_digit(digit);
      value = value * 10 + (digit - '0');
    }
    text.remove_prefix(width);
    return value;
  }
  void expect(char mark) {
    if (!skip(mark)) good = false;
  }
  bool skip(char mark) {
    if (!text.starts_with(mark)) return false;
    text.remove_prefix(1);
    return true;
  }
  /// "Jan" as 1.
  int month() {
    constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto* const row = std::ranges::find(kMonths, text.substr(0, 3));
    if (row == std::end(kMonths)) return good = false, 1;
    text.remove_prefix(3);
    return static_cast<int>(row - std::begin(kMonths)) + 1;
  }
  /// Up to six digits after the point count.
  int64_t fraction_us() {
    int64_t us = 0, unit = 100'000;
    if (!skip('.')) return 0;
    while (!text.empty() && is_digit(static_cast<unsigned char>(text[0]))) {
      us += (text[0] - '0') * unit;
      unit /= 10;
      text.remove_prefix(1);
    }
    return us;
  }
  /// Seconds east of Greenwich.
  int64_t zone() {
    const bool west = text.starts_with('-');
    if (!west) expect('+');
    while (skip('-')) {
    }
    const int hours = number(2);
    skip('-');
    const int64_t seconds = hours * 3600 + number(2) * 60;
    return west ? -seconds : seconds;
  }
};

struct CivilTime {
  int year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0;
};

std::optional<int64_t> microseconds(const TimeFields& in, const CivilTime& time) {
  using namespace std::chrono;
  const year_month_day date{year{time.year}, month{static_cast<unsigned>(time.month)},
                            day{static_cast<unsigned>(time.day)}};
  if (!in.good || !date.ok()) return std::nullopt;
  const seconds since = sys_days{date}.time_since_epoch() + hours{time.hour} +
                        minutes{time.minute} + seconds{time.second};
  return duration_cast<std::chrono::microseconds>(since).count();
}

void take_clock(TimeFields& in, CivilTime& time) {
  time.hour = in.number(2);
  in.expect(':');
  time.minute = in.number(2);
  in.expect(':');
  time.second = in.number(2);
}

/// 29/Nov/2026:16:00:00.123456 +0100
std::optional<LogTime> common_log_time(std::string_view text) {
  TimeFields in{text};
  CivilTime time;
  time.day = in.number(2);
  in.expect('/');
  time.month = in.month();
  in.expect('/');
  time.year = in.number(4);
  in.expect(':');
  take_clock(in, time);
  const int64_t fraction = in.fraction_us();
  auto us = microseconds(in, time);
  if (!us) return std::nullopt;
  if (in.text.empty()) return LogTime{*us + fraction, false};
  in.expect(' ');
  const int64_t east = in.zone();
  if (!in.good || !in.text.empty()) return std::nullopt;
  return LogTime{*us + fraction - east * 1'000'000, true};
}

/// Sun Nov 29 16:00:00 2026; the day may be padded by a blank.
std::optional<LogTime> c_time(std::string_view text) {
  if (text.size() < 4) return std::nullopt;
  TimeFields in{text.substr(4)};
  CivilTime time;
  time.month = in.month();
  in.expect(' ');
  time.day = in.skip(' ') ? in.number(1) : in.number(2);
  in.expect(' ');
  take_clock(in, time);
  const int64_t fraction = in.fraction_us();
  in.expect(' ');
  time.year = in.number(4);
  const auto us = microseconds(in, time);
  if (!us || !in.text.empty()) return std::nullopt;
  return LogTime{*us + fraction, false};
}

/// 2026/11/29 16:00:00
std::optional<LogTime> go_time(std::string_view text) {
  TimeFields in{text};
  CivilTime time;
  time.year = in.number(4);
  in.expect('/');
  time.month = in.number(2);
  in.expect('/');
  time.day = in.number(2);
  in.expect(' ');
  take_clock(in, time);
  const int64_t fraction = in.fraction_us();
  const auto us = microseconds(in, time);
  if (!us || !in.text.empty()) return std::nullopt;
  return LogTime{*us + fraction, false};
}

std::optional<LogTime> iso_time(std::string_view text) {
  const auto us = parse_iso8601(text);
  if (!us) return std::nullopt;
  const std::string_view end = text.substr(std::min<size_t>(text.size(), 19));
  return LogTime{*us, end.find_first_of("Zz+-") != std::string_view::npos};
}

}  // namespace

std::optional<LogTime> parse_log_time(std::string_view text) {
  text = trim(text);
  for (const auto& parse : {common_log_time, c_time, go_time, iso_time}) {
    if (const auto time = parse(text)) return time;
  }
  return std::nullopt;
}

}  // namespace wafcheck::formats::inline traffic
