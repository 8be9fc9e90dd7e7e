#include "parser/base/iso8601.h"

#include <gtest/gtest.h>

namespace wafcheck::formats {
namespace {

TEST(Iso8601, ReadsWhatTrafficFilesWrite) {
  struct Row {
    std::string_view text;
    std::optional<int64_t> time_us;
  };
  constexpr int64_t kSecond = 1'000'000;
  const Row rows[] = {
      {"1970-01-01T00:00:00Z", 0},
      {"1970-01-01T00:00:00", 0},
      {" 1970-01-01T00:00:01Z ", kSecond},
      {"1969-12-31T23:59:59Z", -kSecond},
      {"2026-11-22T10:00:00Z", 1'795'341'600 * kSecond},
      {"2026-11-22T11:00:00+01:00", 1'795'341'600 * kSecond},
      {"2026-11-22T11:00:00+0100", 1'795'341'600 * kSecond},
      {"2026-11-22T11:00:00+01", 1'795'341'600 * kSecond},
      {"2026-11-22T04:30:00-05:30", 1'795'341'600 * kSecond},
      {"2026-11-22t10:00:00z", 1'795'341'600 * kSecond},
      {"2026-11-22 10:00:00Z", 1'795'341'600 * kSecond},
      {"1970-01-01T00:00:00.5Z", kSecond / 2},
      {"1970-01-01T00:00:00,25Z", kSecond / 4},
      {"1970-01-01T00:00:00.0000019Z", 1},
      {"2024-02-29T00:00:00Z", 1'709'164'800 * kSecond},
      {"2023-02-29T00:00:00Z", std::nullopt},
      {"2026-13-01T00:00:00Z", std::nullopt},
      {"2026-00-01T00:00:00Z", std::nullopt},
      {"2026-01-01T24:00:00Z", std::nullopt},
      {"2026-01-01T00:60:00Z", std::nullopt},
      {"2026-01-01T00:00:61Z", std::nullopt},
      {"2026-01-01T00:00:00.Z", std::nullopt},
      {"2026-01-01T00:00:00Zx", std::nullopt},
      {"2026-01-01T00:00:00+1", std::nullopt},
      {"2026-01-01", std::nullopt},
      {"26-01-01T00:00:00Z", std::nullopt},
      {"Thu, 01 Jan 1970 00:00:00 GMT", std::nullopt},
      {"", std::nullopt},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.text);
    EXPECT_EQ(parse_iso8601(row.text), row.time_us);
  }
}

TEST(Iso8601, WritesAFractionOnlyWhereThereIsOne) {
  EXPECT_EQ(format_iso8601(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(format_iso8601(-1), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(format_iso8601(1'795'341'600'250'000), "2026-11-22T10:00:00.250Z");
}

TEST(Iso8601, WrittenTimesReadBack) {
  for (const int64_t time : {0L, 1L, -1L, 999'999L, 1'795'341'600'123'456L,
                             -62'167'219'200'000'000L, 253'402'300'799'999'999L}) {
    EXPECT_EQ(parse_iso8601(format_iso8601(time)), time);
  }
}

}  // namespace
}  // namespace wafcheck::formats
