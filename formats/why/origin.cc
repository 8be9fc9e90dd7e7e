#include "formats/why/origin.h"

#include <algorithm>
#include <string>

namespace wafcheck::formats::inline why {
namespace {

constexpr size_t kLongest = 65'536;
/// Bytes that the search for cuts of one step may transform.
constexpr size_t kBudget = size_t{1} << 22;

/// Looks for places at which the input of one step can be cut.
class Cutter {
 public:
  Cutter(parser::Transformation step, std::string_view in, std::string_view out,
         const engine::transformations::TransformationContext& context)
      : function_(engine::transformations::function_of(step)),
        in_(in),
        out_(out),
        context_(context) {}

  /// The last cut whose first part makes at most `length` bytes of the result, and the first whose
  /// first part makes at least as many. Parts of the input that leave nothing are kept out by both.
  std::optional<size_t> last_before(size_t length) {
    for (size_t at = guess(length, true) + 1; at-- > 0 && budget_ > 0;) {
      if (made_of_first(at) <= length && is_cut(at)) return at;
    }
    return std::nullopt;
  }
  std::optional<size_t> first_behind(size_t length) {
    for (size_t at = guess(length, false); at <= in_.size() && budget_ > 0; ++at) {
      if (made_of_first(at) >= length && is_cut(at)) return at;
    }
    return std::nullopt;
  }

 private:
  /// A place near which the first part makes `length` bytes: the length of what is made grows with
  /// the part but for a few bytes, as where an escape is cut in two.
  size_t guess(size_t length, bool above) {
    constexpr size_t kLongestToken = 32;  // "&CounterClockwiseContourIntegral;" has 33
    size_t low = 0, high = in_.size();
    while (low < high && budget_ > 0) {
      const size_t middle = low + (high - low) / 2;
      const size_t made = made_of_first(middle);
      if (above ? made <= length : made < length) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return above ? std::min(low + kLongestToken, in_.size()) : low - std::min(low, kLongestToken);
  }

  std::string_view transform(std::string_view text, std::string& result) {
    budget_ -= std::min(budget_, text.size() + 16);
    return function_(text, result, context_) ? std::string_view(result) : text;
  }
  size_t made_of_first(size_t at) { return transform(in_.substr(0, at), first_).size(); }

  bool is_cut(size_t at) {
    const std::string_view first = transform(in_.substr(0, at), first_);
    if (!out_.starts_with(first)) return false;
    return transform(in_.substr(at), second_) == out_.substr(first.size());
  }

  engine::transformations::TransformationFunction function_;
  std::string_view in_, out_;
  const engine::transformations::TransformationContext& context_;
  std::string first_, second_;
  size_t budget_ = kBudget;
};

}  // namespace

Origin trace_back(std::string_view value, const std::vector<Step>& steps, Range range,
                  const engine::transformations::TransformationContext& context) {
  Origin origin{range, 0};
  for (size_t at = steps.size(); at-- > 0;) {
    const std::string_view in = at == 0 ? value : steps[at - 1].second;
    const auto& [step, out] = steps[at];
    if (in.size() > kLongest || out.size() > kLongest || origin.range.end > out.size()) break;
    Cutter cutter(step, in, out, context);
    const auto begin = cutter.last_before(origin.range.begin);
    const auto end = cutter.first_behind(origin.range.end);
    if (!begin || !end || *begin > *end) break;
    // Nothing of the value is left out: where it was made is not known.
    const bool whole_of_part = *begin == 0 && *end == in.size() &&
                               (origin.range.begin != 0 || origin.range.end != out.size());
    if (whole_of_part) break;
    origin.range = {*begin, *end};
    ++origin.undone;
  }
  return origin;
}

}  // namespace wafcheck::formats::inline why
