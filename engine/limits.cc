#include "engine/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "parser/base/nearest.h"

namespace wafcheck::engine {
namespace {

constexpr LimitInfo kLimits[] = {
#define WAFCHECK_LIMIT(field, name, standard, unit, doc) \
  {name, &Limits::field, standard, LimitUnit::unit, doc},
    WAFCHECK_LIMITS(WAFCHECK_LIMIT)
#undef WAFCHECK_LIMIT
};

constexpr std::string_view kSuffixes = "KMG";

}  // namespace

std::span<const LimitInfo> limit_table() {
  return kLimits;
}

Result<void> set_limit(Limits& limits, std::string_view text) {
  const size_t equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  const auto row = std::ranges::find(kLimits, name, &LimitInfo::name);
  if (row == std::end(kLimits)) {
    const std::string_view near =
        nearest(name, kLimits, [](const LimitInfo& known) { return known.name; });
    return fail(near.empty()
                    ? fmt::format("there is no limit \"{}\"", name)
                    : fmt::format("there is no limit \"{}\"; did you mean {}?", name, near));
  }
  std::string_view number = equals == std::string_view::npos ? "" : text.substr(equals + 1);
  size_t unit = 1;
  if (!number.empty() && kSuffixes.contains(number.back())) {
    unit = size_t{1} << 10 * (kSuffixes.find(number.back()) + 1);
    number.remove_suffix(1);
  }
  size_t value = 0;
  const char* const end = number.data() + number.size();
  const auto [stop, error] = std::from_chars(number.data(), end, value);
  if (error != std::errc() || stop != end || value == 0 || value > SIZE_MAX / unit) {
    return fail(fmt::format("the limit {} takes a number from 1 on, perhaps with K, M or G", name));
  }
  limits.*row->field = value * unit;
  return {};
}

std::string limit_text(size_t value, LimitUnit unit) {
  size_t suffix = 0;
  if (unit == LimitUnit::Count) return std::to_string(value);
  while (suffix < kSuffixes.size() && value != 0 && value % 1024 == 0) {
    value /= 1024;
    ++suffix;
  }
  return suffix == 0 ? std::to_string(value) : fmt::format("{}{}", value, kSuffixes[suffix - 1]);
}

}  // namespace wafcheck::engine
