#include "parser/base/iso8601.h"

#include <fmt/format.h>

#include <chrono>

#include "parser/base/ascii.h"

namespace wafcheck {
namespace {

/// Takes fixed-width numbers and marks off the front of a text; `ok` stays false after a miss.
struct Scanner {
  std::string_view text;
  bool ok = true;

  int number(size_t width) {
    int value = 0;
    if (text.size() < width) {
      ok = false;
      return 0;
    }
    for (size_t i = 0; i < width; ++i) {
      const auto c = static_cast<unsigned char>(text[i]);
      ok = ok && is_digit(c);
      value = value * 10 + (c - '0');
    }
    text.remove_prefix(width);
    return value;
  }
  /// Takes one byte if it is among `marks`.
  char take(std::string_view marks) {
    if (text.empty() || marks.find(text[0]) == std::string_view::npos) return 0;
    const char c = text[0];
    text.remove_prefix(1);
    return c;
  }
  void expect(std::string_view marks) { ok = take(marks) != 0 && ok; }
};

}  // namespace

std::optional<int64_t> parse_iso8601(std::string_view text) {
  Scanner in{trim(text)};
  const int year = in.number(4);
  in.expect("-");
  const int month = in.number(2);
  in.expect("-");
  const int day = in.number(2);
  in.expect("Tt ");
  const int hour = in.number(2);
  in.expect(":");
  const int minute = in.number(2);
  in.expect(":");
  const int second = in.number(2);
  int64_t fraction_us = 0;
  if (in.ok && in.take(".,") != 0) {
    int64_t unit = 100'000;
    if (in.text.empty() || !is_digit(static_cast<unsigned char>(in.text[0]))) return std::nullopt;
    while (const char digit = in.take("0123456789")) {
      fraction_us += (digit - '0') * unit;
      unit /= 10;
    }
  }
  int64_t offset_minutes = 0;
  if (const char sign = in.take("+-")) {
    offset_minutes = in.number(2) * 60;
    if (in.take(":") != 0 || !in.text.empty()) offset_minutes += in.number(2);
    if (sign == '-') offset_minutes = -offset_minutes;
  } else {
    in.take("Zz");
  }
  namespace chrono = std::chrono;
  const chrono::year_month_day date{chrono::year{year}, chrono::month(static_cast<unsigned>(month)),
                                    chrono::day(static_cast<unsigned>(day))};
  if (!in.ok || !in.text.empty() || !date.ok()) return std::nullopt;
  if (hour > 23 || minute > 59 || second > 60) return std::nullopt;  // 60: a leap second
  const int64_t days = chrono::sys_days{date}.time_since_epoch().count();
  const int64_t seconds = ((days * 24 + hour) * 60 + minute - offset_minutes) * 60 + second;
  return seconds * 1'000'000 + fraction_us;
}

std::string format_iso8601(int64_t time_us) {
  namespace chrono = std::chrono;
  const chrono::sys_time<chrono::microseconds> time{chrono::microseconds{time_us}};
  const auto day = chrono::floor<chrono::days>(time);
  const chrono::year_month_day date{day};
  const chrono::hh_mm_ss clock{time - day};
  std::string text =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  const auto micros = clock.subseconds().count();
  if (micros % 1000 != 0) {
    text += fmt::format(".{:06}", micros);
  } else if (micros != 0) {
    text += fmt::format(".{:03}", micros / 1000);
  }
  return text + "Z";
}

}  // namespace wafcheck
