#include "formats/privacy/masks.h"

#include <algorithm>

#include "formats/privacy/composites.h"
#include "formats/privacy/hidden.h"
#include "formats/privacy/shapes.h"
#include "parser/base/ascii.h"

namespace wafcheck::formats::inline privacy {
namespace {

/// What the values of a variable are.
enum class Content : char { secret, header, line, query, body, message };

struct VariableContent {
  std::string_view variable;
  Content content;
};
// All others hold names, or one value each, which is private as its name is.
constexpr VariableContent kContents[] = {
    {"REQUEST_COOKIES", Content::secret}, {"SESSIONID", Content::secret},
    {"REQUEST_HEADERS", Content::header}, {"RESPONSE_HEADERS", Content::header},
    {"REQUEST_LINE", Content::line},      {"REQUEST_URI", Content::line},
    {"REQUEST_URI_RAW", Content::line},   {"REQUEST_FILENAME", Content::line},
    {"REQUEST_BASENAME", Content::line},  {"PATH_INFO", Content::line},
    {"QUERY_STRING", Content::query},     {"REQUEST_BODY", Content::body},
    {"RESPONSE_BODY", Content::body},     {"FULL_REQUEST", Content::message},
};

}  // namespace

std::string Masks::hide(std::string_view target, std::string_view value) const {
  if (show_secrets_ || target.starts_with('&')) return std::string(value);  // a count is no value
  const size_t colon = std::min(target.find(':'), target.size());
  const std::string_view variable = target.substr(0, colon);
  const std::string_view key = target.substr(std::min(colon + 1, target.size()));
  Hidden hidden(value);
  const Composite composite{hidden, names_};
  const auto* const row = std::ranges::find_if(
      kContents, [&](const VariableContent& known) { return iequals(known.variable, variable); });
  const size_t end = value.size();
  if (row == std::end(kContents)) {
    if (names_.contains(key) && !variable.ends_with("_NAMES")) {
      hidden.hide(0, end);
    } else {
      composite.embedded(0, end);
    }
  } else {
    switch (row->content) {
      case Content::secret:
        hidden.hide(0, end);
        break;
      case Content::header:
        composite.header(key, 0, end);
        break;
      case Content::line:
        composite.uri(0, end);
        break;
      case Content::query:
        composite.query(0, end);
        break;
      case Content::body:
        composite.body(0, end);
        break;
      case Content::message:
        composite.message(0, end);
        break;
    }
  }
  hide_shapes(hidden);
  return std::move(hidden).take();
}

}  // namespace wafcheck::formats::inline privacy
