#include "formats/privacy/private_names.h"

#include <algorithm>

#include "formats/privacy/hidden.h"
#include "parser/base/ascii.h"

namespace wafcheck::formats::inline privacy {
namespace {

enum class Where : char {
  Anywhere,  ///< in the letters of the name, other bytes left out: "x-api-key" has "apikey"
  WordEnd,   ///< a word of the name ends so: "csrf_token", "authtoken", not "max_tokens"
  Word,      ///< a word of the name: "user_pass", not "bypass"
};

struct PrivateName {
  std::string_view text;
  Where where;
};

// Short ones are words only: "pin" is in "shipping", "auth" in "author".
constexpr PrivateName kPrivateNames[] = {
    {"password", Where::Anywhere},
    {"passwd", Where::Anywhere},
    {"passphrase", Where::Anywhere},
    {"passcode", Where::Anywhere},
    {"secret", Where::Anywhere},
    {"apikey", Where::Anywhere},
    {"accesskey", Where::Anywhere},
    {"privatekey", Where::Anywhere},
    {"authkey", Where::Anywhere},
    {"credential", Where::Anywhere},
    {"cardnumber", Where::Anywhere},
    {"creditcard", Where::Anywhere},
    {"sessionid", Where::Anywhere},
    {"sessid", Where::Anywhere},
    {"sessionkey", Where::Anywhere},
    {"securitycode", Where::Anywhere},
    {"authorization", Where::WordEnd},
    {"token", Where::WordEnd},
    {"pwd", Where::WordEnd},
    {"pass", Where::Word},
    {"auth", Where::Word},
    {"session", Where::Word},
    {"sid", Where::Word},
    {"jwt", Where::Word},
    {"pin", Where::Word},
    {"otp", Where::Word},
    {"cvv", Where::Word},
    {"cvc", Where::Word},
    {"ssn", Where::Word},
    {"cookie", Where::Word},
};

/// The words of a name in lower case, each behind a blank: what is no letter ends one, and so does
/// an upper-case letter behind a lower-case one.
std::string words_of(std::string_view name) {
  std::string words = " ";
  char before = ' ';
  for (const char byte : name) {
    const auto code = static_cast<unsigned char>(byte);
    const bool begins = is_upper(code) && is_lower(static_cast<unsigned char>(before));
    if ((begins || !is_alpha(code)) && words.back() != ' ') words += ' ';
    if (is_alpha(code)) words += to_lower(byte);
    before = byte;
  }
  if (words.back() != ' ') words += ' ';
  return words;
}

/// Whether a word ends with a text, or is it.
bool has_word(std::string_view words, std::string_view text, bool whole) {
  for (size_t at = words.find(text); at != words.npos; at = words.find(text, at + 1)) {
    if (words[at + text.size()] == ' ' && (!whole || words[at - 1] == ' ')) return true;
  }
  return false;
}

bool has(std::string_view words, std::string_view letters, const PrivateName& row) {
  if (row.where == Where::Anywhere) return letters.contains(row.text);
  return has_word(words, row.text, row.where == Where::Word);
}

/// Whether a byte divides the parts of a path into a body: "json.user.email", "user[email]".
bool divides(char byte) {
  return byte == '.' || byte == '[' || byte == ']' || byte == '/' || byte == ':';
}

}  // namespace

PrivateNames::PrivateNames(const std::vector<std::string>& more) {
  for (const std::string& name : more) more_.push_back(lowercase(name));
}

bool PrivateNames::contains(std::string_view name) const {
  const std::string decoded = form_decoded(name);
  const std::string words = words_of(decoded);
  std::string letters = words;
  std::erase(letters, ' ');
  if (std::ranges::any_of(kPrivateNames,
                          [&](const PrivateName& row) { return has(words, letters, row); })) {
    return true;
  }
  if (more_.empty()) return false;
  const auto is_more = [&](std::string_view part) {
    return std::ranges::find(more_, part) != more_.end();
  };
  const std::string lower = lowercase(decoded);
  if (is_more(lower)) return true;
  for (size_t at = 0; at < lower.size(); ++at) {
    const size_t begin = at;
    while (at < lower.size() && !divides(lower[at])) ++at;
    if (is_more(std::string_view(lower).substr(begin, at - begin))) return true;
  }
  return false;
}

}  // namespace wafcheck::formats::inline privacy
