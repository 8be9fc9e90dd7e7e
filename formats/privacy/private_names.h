#pragma once
// Names whose values are private: of arguments, headers, cookies and members of bodies.

#include <string>
#include <string_view>
#include <vector>

namespace wafcheck::formats::inline privacy {

class PrivateNames {
 public:
  /// `more`: names that are private besides those of the table, in any letter case.
  explicit PrivateNames(const std::vector<std::string>& more);

  /// Whether values of that name are private: "X-Api-Key", "json.user.password", "newPassword2".
  /// Percent-encoding is read.
  bool contains(std::string_view name) const;

 private:
  std::vector<std::string> more_;  ///< lower-cased
};

}  // namespace wafcheck::formats::inline privacy
