#pragma once
// What is hidden where results are shared: cookies, credentials, values of names like "password",
// and what has the shape of a token.

#include <string>
#include <string_view>
#include <vector>

#include "formats/privacy/private_names.h"

namespace wafcheck::formats::inline privacy {

class Masks {
 public:
  /// `names`: of arguments, headers, cookies and members of bodies that are private besides those
  /// that always are. `show_secrets`: nothing is hidden.
  explicit Masks(const std::vector<std::string>& names = {}, bool show_secrets = false)
      : names_(names), show_secrets_(show_secrets) {}

  /// A value with each private byte replaced by '*', so that offsets into it stay valid. `target`:
  /// what it is, as logs name it: "ARGS:q", "REQUEST_HEADERS:Cookie", "REQUEST_LINE". Linear in the
  /// value.
  std::string hide(std::string_view target, std::string_view value) const;
  /// Whether any byte is.
  bool hides(std::string_view target, std::string_view value) const {
    return hide(target, value) != value;
  }

 private:
  PrivateNames names_;
  bool show_secrets_;
};

}  // namespace wafcheck::formats::inline privacy
