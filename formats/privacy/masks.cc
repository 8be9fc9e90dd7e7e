#include "formats/privacy/masks.h"

#include <algorithm>
#include <utility>

#include "parser/base/ascii.h"

namespace wafcheck::formats::inline privacy {
namespace {

constexpr std::string_view kPrivateWords[] = {"authorization", "cookie",  "passwd", "password",
                                              "pwd",           "secret",  "token",  "apikey",
                                              "api_key",       "api-key", "session"};

}  // namespace

Masks::Masks(std::vector<std::string> names, bool show_secrets)
    : names_(std::move(names)), show_secrets_(show_secrets) {
  for (std::string& name : names_) name = lowercase(name);
}

bool Masks::is_private(std::string_view name) const {
  const std::string lower = lowercase(name);
  return std::ranges::find(names_, lower) != names_.end() ||
         std::ranges::any_of(kPrivateWords,
                             [&](std::string_view word) { return lower.contains(word); });
}

std::string Masks::hide(std::string_view target, std::string_view value) const {
  if (show_secrets_) return std::string(value);
  const size_t colon = target.find(':');
  const bool cookie = target.starts_with("REQUEST_COOKIES:");
  const bool hidden =
      cookie || (colon != std::string_view::npos && is_private(target.substr(colon + 1)));
  return hidden ? std::string(value.size(), '*') : std::string(value);
}

bool Masks::hides(std::string_view target, std::string_view value) const {
  return hide(target, value) != value;
}

}  // namespace wafcheck::formats::inline privacy
