#include "formats/json/span.h"

#include <array>

#include "formats/json/scan.h"
#include "parser/base/ascii.h"

namespace wafcheck::formats::inline json {
namespace {

/// Bytes that inside a container, and outside a string, neither open nor close anything.
constexpr auto kPlain = [] {
  std::array<bool, 256> plain{};
  plain.fill(true);
  for (const unsigned char c : {'"', '{', '}', '[', ']'}) plain[c] = false;
  return plain;
}();

size_t skip_plain(std::string_view text, size_t at) {
  while (at < text.size() && kPlain[static_cast<unsigned char>(text[at])]) ++at;
  return at;
}

}  // namespace

size_t JsonSpan::feed(std::string_view text) {
  for (size_t at = 0; at < text.size(); ++at) {
    if (in_string_) {
      if (!escaped_) {
        // The long stretches of a document are inside strings.
        at = find_quote(text, at);
        if (at == text.size()) break;
      }
      const char c = text[at];
      if (escaped_) {
        escaped_ = false;
      } else if (c == '\\') {
        escaped_ = true;
      } else {
        in_string_ = false;
        done_ = closers_.empty();
      }
      if (done_) return at + 1;
      continue;
    }
    const char c = text[at];
    const bool outside = closers_.empty();
    switch (c) {
      case '"':
        if (outside && started_) return done_ = true, at;
        in_string_ = true;
        break;
      case '{':
      case '[':
        if (outside && started_) return done_ = true, at;
        open(c == '{' ? '}' : ']');
        break;
      case '}':
      case ']':
        if (outside) return done_ = true, at;
        close(c);
        if (closers_.empty()) return done_ = true, at + 1;
        break;
      default:
        if (outside && (c == ',' || is_space(static_cast<unsigned char>(c)))) {
          return done_ = true, at;
        }
    }
    started_ = true;
    if (!closers_.empty() && !in_string_) at = skip_plain(text, at + 1) - 1;
  }
  return text.size();
}

void JsonSpan::open(char closer) {
  if (closers_.size() < depth_limit_) {
    closers_.push_back(closer);
    ++awaited(closer);
  } else {
    ++beyond_;
    too_deep_ = true;
  }
}

void JsonSpan::close(char closer) {
  if (beyond_ > 0) {
    --beyond_;
    return;
  }
  if (awaited(closer) == 0) return;
  for (char top = 0; top != closer;) {
    top = closers_.back();
    closers_.pop_back();
    --awaited(top);
  }
}

}  // namespace wafcheck::formats::inline json
