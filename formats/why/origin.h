#pragma once
// Where in a value the bytes of its transformed form come from.

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/transformations/transformation.h"

namespace wafcheck::formats::inline why {

/// Bytes of a text: offsets, end exclusive.
struct Range {
  size_t begin = 0, end = 0;
  friend bool operator==(const Range&, const Range&) = default;
};

/// A transformation that changed a value, and what it became.
using Step = std::pair<parser::Transformation, std::string_view>;

struct Origin {
  Range range;
  /// How many of the steps have been undone: 0, the range is of the transformed text; all of them,
  /// of the value itself.
  size_t undone = 0;
};

/// Follows `range` of the last step's result back, as far as it goes. A step is undone where its
/// input can be cut before and behind the range: both parts transformed by themselves are the whole
/// transformed. So what comes back is the shortest such piece that holds all that the range was
/// made of. Texts over 64 KiB are not followed.
Origin trace_back(std::string_view value, const std::vector<Step>& steps, Range range,
                  const engine::transformations::TransformationContext& context);

}  // namespace wafcheck::formats::inline why
