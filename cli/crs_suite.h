#pragma once
// What CRS's regression tests take for granted, as its documentation of them says: all paranoia
// levels, limits on arguments and uploads that are off by default, and no interruption before the
// rule in question.

#include <string_view>
#include <utility>

namespace wafcheck::cli {

inline constexpr std::pair<std::string_view, std::string_view> kSuiteVariables[] = {
    {"arg_name_length", "100"}, {"arg_length", "400"},      {"total_arg_length", "6400"},
    {"max_num_args", "255"},    {"max_file_size", "64100"}, {"combined_file_sizes", "65535"},
};
inline constexpr int kSuiteParanoia = 4;
inline constexpr std::string_view kSuiteDirective = "SecRuleEngine DetectionOnly";

}  // namespace wafcheck::cli
