#pragma once
// The beginning of a JSON document: what tells one format from another.

#include <string_view>
#include <vector>

namespace wafcheck::formats::inline json {

struct LeadingMember {
  std::string_view name;   ///< with its quotes
  std::string_view value;  ///< from its first byte on; cut off, or empty, where the head ends
};

/// Whether `head`, without a byte order mark and whitespace, begins an object.
bool begins_object(std::string_view head);

/// The members of that object, as far as `head` reaches and is well-formed.
std::vector<LeadingMember> leading_members(std::string_view head);

}  // namespace wafcheck::formats::inline json
