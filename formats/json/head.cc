#include "formats/json/head.h"

#include "formats/json/span.h"
#include "parser/base/ascii.h"

namespace wafcheck::formats::inline json {
namespace {

constexpr size_t kDepth = 200;

void skip_blanks(std::string_view& text) {
  while (!text.empty() && is_space(static_cast<unsigned char>(text[0]))) text.remove_prefix(1);
}

/// Passes over `c` and the blanks around it.
void skip(std::string_view& text, char c) {
  skip_blanks(text);
  if (text.starts_with(c)) text.remove_prefix(1);
  skip_blanks(text);
}

std::string_view take_value(std::string_view& text) {
  JsonSpan span(kDepth);
  const std::string_view value = text.substr(0, span.feed(text));
  text.remove_prefix(value.size());
  return value;
}

/// What follows the first brace; nothing where there is none.
std::string_view after_brace(std::string_view head) {
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  skip_blanks(head);
  return head.starts_with('{') ? head.substr(1) : std::string_view();
}

}  // namespace

bool begins_object(std::string_view head) {
  return after_brace(head).data() != nullptr;
}

std::vector<LeadingMember> leading_members(std::string_view head) {
  std::vector<LeadingMember> members;
  std::string_view rest = after_brace(head);
  for (skip_blanks(rest); rest.starts_with('"'); skip(rest, ',')) {
    LeadingMember& member = members.emplace_back();
    member.name = take_value(rest);
    skip(rest, ':');
    member.value = take_value(rest);
  }
  return members;
}

}  // namespace wafcheck::formats::inline json
