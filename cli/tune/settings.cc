#include "cli/tune/settings.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "parser/base/escape.h"

namespace wafcheck::cli::inline tune {
namespace {

std::optional<int64_t> whole_number(const std::string& text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Whether a text may stand in setvar:'tx.x=...' of any engine.
bool is_plain(const std::string& text) {
  return std::ranges::all_of(text, [](char byte) {
    return is_printable(byte) && std::string_view("'\"\\%").find(byte) == std::string_view::npos;
  });
}

}  // namespace

std::optional<std::string> widened(const ComparedSetting& setting, const std::string& current) {
  if (!is_plain(current) || !is_plain(setting.compared) || setting.compared.empty()) {
    return std::nullopt;
  }
  if (setting.how != parser::Operator::within) {
    const auto is = whole_number(current), needs = whole_number(setting.compared);
    if (setting.negated || !is || !needs) return std::nullopt;
    const int64_t passes = setting.how == parser::Operator::ge ? *needs + 1 : *needs;
    return std::to_string(std::max(*is, passes));
  }
  const size_t at = current.find(setting.compared);
  if (setting.negated) {
    // A list of what is allowed.
    if (at != std::string::npos) return current;
    return current + (current.empty() ? "" : " ") + setting.compared;
  }
  // A list of what is restricted.
  if (at == std::string::npos) return current;
  std::string rest = current;
  rest.erase(at, setting.compared.size());
  if (at < rest.size() && rest[at] == ' ') {
    rest.erase(at, 1);
  } else if (at > 0 && rest[at - 1] == ' ') {
    rest.erase(at - 1, 1);
  }
  if (rest.empty()) return std::nullopt;
  return rest;
}

}  // namespace wafcheck::cli::inline tune
