// Two regular expressions, a line each, then a subject: what a comparison says of them holds for
// that subject and for short ones, as PCRE2 sees them, and no subject that is shown is wrong.

#include <string>
#include <vector>

#include "fuzz.h"
#include "parser/regex/compare.h"

namespace {

using namespace wafcheck;
using parser::regex::Answer;
using parser::regex::Comparand;
using parser::regex::Comparison;

/// A comparison may take a second with expressions as long as those of real rules.
constexpr size_t kMostBytes = 64;
constexpr parser::regex::CompareOptions kOptions{.most_states = 500,
                                                 .most_transitions = 5'000,
                                                 .most_compared = 200'000,
                                                 .most_pairs = 2'000,
                                                 .most_work = 200'000,
                                                 .most_tried = 50};

void check(const Comparison& said, const Comparand& old_one, const Comparand& new_one,
           std::string_view subject) {
  const auto by_old = old_one.matches(subject);
  const auto by_new = new_one.matches(subject);
  if (!by_old || !by_new || *by_old == *by_new) return;
  fuzz::require((*by_new ? said.has_only_new : said.has_only_old) != Answer::no,
                "a subject that was ruled out does not exist");
}

void check_shown(const std::optional<std::string>& shown, const Comparand& matches,
                 const Comparand& does_not) {
  if (!shown) return;
  fuzz::require(matches.matches(*shown) == true && does_not.matches(*shown) == false,
                "a subject that is shown tells the two apart");
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes = fuzz::bytes_of(data, size);
  const size_t flags = fuzz::choice(bytes, 16);
  const parser::PcreOptions pcre{.caseless = (flags & 1) != 0,
                                 .dotall = (flags & 2) != 0,
                                 .multiline = (flags & 4) != 0,
                                 .dollar_endonly = (flags & 8) != 0};
  const std::string_view old_text = fuzz::line(bytes);
  const std::string_view new_text = fuzz::line(bytes);
  if (old_text.size() > kMostBytes || new_text.size() > kMostBytes) return 0;
  const auto old_one = Comparand::compile(old_text, pcre);
  const auto new_one = Comparand::compile(new_text, pcre);
  if (!old_one || !new_one) return 0;

  const Comparison said = parser::regex::compare(*old_one, *new_one, kOptions);
  fuzz::require(said.reason != "PCRE2 disagrees", "PCRE2 agrees with the automata");
  check_shown(said.only_new, *new_one, *old_one);
  check_shown(said.only_old, *old_one, *new_one);
  check(said, *old_one, *new_one, bytes);
  std::vector<std::string> subjects = {""};
  for (size_t i = 0; subjects[i].size() < 3; ++i) {
    for (const char byte : {'a', 'B', '1', ' ', '\n', '-'}) subjects.push_back(subjects[i] + byte);
  }
  for (const std::string& subject : subjects) check(said, *old_one, *new_one, subject);
  return 0;
}
