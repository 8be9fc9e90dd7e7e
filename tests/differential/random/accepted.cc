#include "accepted.h"

#include <algorithm>

#include "parser/base/ascii.h"

namespace wafcheck::differential {
namespace {

/// Whether a rule of the reduced pair has an action that begins so.
bool has_action(const Finding& found, std::string_view begin) {
  return std::ranges::any_of(found.pair.rules, [&](const Directive& directive) {
    return std::ranges::any_of(
        directive.actions, [&](const std::string& action) { return action.starts_with(begin); });
  });
}

/// Whether the rules have a word in them, in letters of either case.
bool names(const Finding& found, std::string_view word) {
  return lowercase(rules_text(found.pair)).contains(lowercase(word));
}

bool is(const Finding& found, std::string_view what) {
  return found.difference.what == what;
}

Message asking(std::vector<std::string> query) {
  Message message;
  message.query = std::move(query);
  message.responds = false;
  return message;
}

Message form_with_line_ends() {
  Message message;
  message.method = "POST";
  message.headers = {{"Content-Type", "multipart/form-data; boundary=B"}};
  message.body = {"--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n2\r\n--B--\r\n"};
  message.responds = false;
  return message;
}

}  // namespace

std::span<const Accepted> accepted() {
  static const std::vector<Accepted> rows = {
      {"line-ends-in-fields",
       [](const Finding& found) {
         return (is(found, "value") || is(found, "ref") || is(found, "rules")) &&
                message_text(found.pair.message).contains("multipart/form-data");
       },
       "3.0.9 and 3.0.13 lose the line ends within a field of a form; 3.0.16 keeps them",
       {{"SecRequestBodyAccess On", {}, "", {}},
        {"SecRule", {"ARGS:a"}, "@unconditionalMatch", {"id:1", "phase:2"}}},
       form_with_line_ends()},
      {"place-of-verified-number",
       [](const Finding& found) {
         return is(found, "ref") && rules_text(found.pair).contains("@verify");
       },
       "libmodsecurity counts the place from where its last search began, not from the value's "
       "start",
       {{"SecRule", {"ARGS:a"}, "@verifySSN \\d+", {"id:1", "phase:1"}}},
       asking({"a=7530303431"})},
      {"status-in-text",
       [](const Finding& found) {
         return is(found, "value") && found.difference.ours.contains("%d");
       },
       "libmodsecurity writes the status of a denial into its line where the first %d stands, and "
       "that may be a client's",
       {{"SecRuleEngine On", {}, "", {}},
        {"SecRule", {"QUERY_STRING"}, "@unconditionalMatch", {"id:1", "phase:1", "deny"}}},
       asking({"%d"})},
      {"nul-in-url",
       [](const Finding& found) {
         return is(found, "url") && found.difference.ours.starts_with(found.difference.theirs);
       },
       "its interface passes the target of a redirect as a text that ends at the first NUL",
       {{"SecRuleEngine On", {}, "", {}},
        {"SecAction", {}, "", {"id:1", "phase:1", "redirect:http://r/%{ARGS_NAMES}"}}},
       asking({"a%00b"})},
      {"rule-in-operator",
       [](const Finding& found) { return is(found, "rules") && names(found, "%{RULE."); },
       "an operator of libmodsecurity does not know its rule: %{RULE.id} in its argument is empty",
       {{"SecRule", {"ARGS:a"}, "@beginsWith %{RULE.id}", {"id:1", "phase:1"}}},
       asking({"a=x"})},
      {"duration",
       [](const Finding& found) { return names(found, "DURATION"); },
       "how long it takes is never the same twice",
       {{"SecRule", {"DURATION"}, "@unconditionalMatch", {"id:1", "phase:1"}}},
       asking({})},
      {"last-byte-of-sqlHexDecode",
       [](const Finding& found) { return has_action(found, "t:sqlHexDecode"); },
       "sqlHexDecode of 3.0.9 loses the last byte of a value that does not end in a literal; "
       "3.0.13 "
       "keeps it",
       {{"SecRule", {"ARGS:a"}, "@streq ab", {"id:1", "phase:1", "t:sqlHexDecode"}}},
       asking({"a=ab"})},
  };
  return rows;
}

}  // namespace wafcheck::differential
