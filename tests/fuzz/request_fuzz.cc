// What requests are cut into: a request target, a line feed, a Cookie header, a line feed, an
// urlencoded body.

#include "engine/bodies/urlencoded.h"
#include "parser/language/semantics.h"
#include "profiles.h"

namespace {

using namespace wafcheck;

/// Decoding only ever shortens.
void require_no_longer(const std::vector<engine::NameValue>& members, size_t bytes) {
  size_t total = 0;
  for (const auto& [name, value] : members) total += name.size() + value.size();
  fuzz::require(total <= bytes, "names and values are no longer than what they are made of");
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes = fuzz::bytes_of(data, size);
  const parser::Semantics semantics = parser::semantics_of(fuzz::profile(bytes));
  const int cookie_version = static_cast<int>(fuzz::choice(bytes, 2));
  const std::string_view raw = fuzz::line(bytes);
  const std::string_view cookies = fuzz::line(bytes);
  Arena arena;

  const engine::RequestTarget target = engine::parse_target(raw, semantics, arena);
  fuzz::require(target.raw == raw, "the target as sent is kept");
  fuzz::require(target.filename.ends_with(target.basename), "the base name ends the file name");
  const size_t question = raw.find('?');
  if (question == raw.npos) fuzz::require(target.query.empty(), "no '?', no query");

  constexpr size_t kLimit = 10;
  for (const std::string_view text : {target.query, bytes}) {
    const engine::Arguments arguments =
        engine::parse_urlencoded(text, '&', kLimit, semantics, arena);
    fuzz::require(arguments.members.size() <= kLimit, "there are no more arguments than the limit");
    require_no_longer(arguments.members, text.size());
    const engine::Arguments all =
        engine::parse_urlencoded(text, '&', text.size() + 1, semantics, arena);
    fuzz::require(!all.limit_reached, "there are no more arguments than bytes and one");
    fuzz::require((all.members.size() > kLimit) == arguments.limit_reached,
                  "what is left out is told");
  }
  // In version 1 an attribute is named after its cookie too.
  const auto members = engine::parse_cookies(cookies, ';', cookie_version, semantics, arena);
  if (cookie_version == 0) require_no_longer(members, cookies.size());
  return 0;
}
