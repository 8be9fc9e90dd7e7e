// Which parts of a run do not begin where the one before them ends.

#include <gmock/gmock.h>

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "formats/records/summary_file.h"

using ::testing::ElementsAreArray;

namespace wafcheck::formats {
namespace {

constexpr std::optional<uint64_t> kNone;

struct SpanCase {
  std::string name;
  uint64_t of;  ///< how many parts the run has
  std::vector<PartSpan> spans;
  std::vector<uint64_t> wrong;  ///< parts
};
void PrintTo(const SpanCase& each, std::ostream* out) {
  *out << each.name;
}

PartSpan span(uint64_t part, uint64_t from, std::optional<uint64_t> first,
              std::optional<uint64_t> next, const std::string& source = "a") {
  return {source, part, (part - 1) * 100, part * 100, from, first, next};
}

const SpanCase kSpanCases[] = {
    {"fit", 2, {span(1, 0, 0, 120), span(2, 120, 120, 200)}, {}},
    {"later", 2, {span(1, 0, 0, 120), span(2, 150, 150, 200)}, {2}},
    {"earlier", 2, {span(1, 0, 0, 150), span(2, 120, 120, 200)}, {2}},
    {"no_record", 3, {span(1, 0, 0, 250), span(2, 100, kNone, kNone), span(3, 250, 250, 300)}, {}},
    {"no_record_seen", 2, {span(1, 0, 0, 120), span(2, 100, kNone, kNone)}, {2}},
    {"of_what_saw_none_nothing_follows",
     3,
     {span(1, 0, 0, 120), span(2, 100, kNone, kNone), span(3, 250, 250, 300)},
     {2}},
    {"no_record_where_none_is", 2, {span(1, 0, 0, 200), span(2, 100, kNone, kNone)}, {}},
    {"overlap", 2, {span(1, 0, 0, kNone), span(2, 120, 120, 200)}, {2}},
    {"overlap_from_the_start", 2, {span(1, 0, 0, kNone), span(2, 0, 120, 200)}, {}},
    {"from_the_start_tells_of_the_one_before",
     3,
     {span(1, 0, 0, 120), span(2, 120, 120, 230), span(3, 0, 250, 300)},
     {2}},
    {"neighbour_is_not_there", 3, {span(1, 0, 0, 120), span(3, 250, 250, 300)}, {3}},
    {"neighbour_may_come", 9, {span(1, 0, 0, 120), span(3, 250, 250, 300)}, {}},
    {"other_files",
     2,
     {span(1, 0, 0, 100), span(2, 120, 120, 200, "b"), span(1, 0, 0, 120, "b")},
     {}},
    {"the_file_is_another", 2, {span(1, 0, 0, 120), span(2, 0, 130, 200)}, {2}},
};

class SummaryRunsTest : public ::testing::TestWithParam<SpanCase> {};

TEST_P(SummaryRunsTest, NamesPartsThatDoNotFit) {
  SummaryRuns::Parts parts{GetParam().of, {}, {}};
  for (const PartSpan& span : GetParam().spans) {
    parts.there.insert(span.part);
    parts.add(span);
  }
  if (GetParam().name == "neighbour_is_not_there") parts.there.insert(2);
  std::vector<uint64_t> wrong;
  for (const PartSpan* const span : parts.wrong()) wrong.push_back(span->part);
  EXPECT_THAT(wrong, ElementsAreArray(GetParam().wrong));
}

INSTANTIATE_TEST_SUITE_P(Spans, SummaryRunsTest, ::testing::ValuesIn(kSpanCases),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace wafcheck::formats
