// @containsWord: the argument occurs in the value and no word byte stands on either side of it.
// What a word byte is differs: ModSecurity 2 takes letters, digits and "_", libmodsecurity letters
// alone.

#include <vector>

#include "engine/operators/operator.h"
#include "parser/base/ascii.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::operators {
namespace {

class ContainsWord final : public Operator {
 public:
  explicit ContainsWord(parser::WordBytes word_bytes) : word_bytes_(word_bytes) {}

  bool match(std::string_view value, std::string_view argument, MatchState& state) const override {
    if (argument.empty()) return true;
    if (argument.size() > value.size()) return false;
    // Knuth-Morris-Pratt: occurrences may overlap, and both texts may be a client's. borders[n] is
    // the length of the longest proper prefix of the argument that also ends its first n bytes.
    std::vector<size_t> borders(argument.size() + 1, 0);
    for (size_t n = 1; n < argument.size(); ++n) {
      borders[n + 1] = extend(argument, borders, borders[n], argument[n]);
    }
    size_t matched = 0;
    for (size_t at = 0; at < value.size(); ++at) {
      matched = extend(argument, borders, matched, value[at]);
      if (matched < argument.size()) continue;
      const size_t begin = at + 1 - matched;
      const bool free_before = begin == 0 || !is_word(value[begin - 1]);
      const bool free_after = at + 1 == value.size() || !is_word(value[at + 1]);
      if (free_before && free_after) {
        // A value that is the word is told of as a whole.
        if (argument.size() < value.size()) state.found_at(begin, argument.size());
        return true;
      }
      matched = borders[matched];
    }
    return false;
  }

 private:
  /// Length of the prefix that ends with `next`, when one of length `matched` ended before it.
  static size_t extend(std::string_view argument, const std::vector<size_t>& borders,
                       size_t matched, char next) {
    while (matched > 0 && argument[matched] != next) matched = borders[matched];
    return argument[matched] == next ? matched + 1 : 0;
  }

  bool is_word(char c) const {
    const auto byte = static_cast<unsigned char>(c);
    if (word_bytes_ == parser::WordBytes::letters) return is_alpha(byte);
    return is_alnum(byte) || byte == '_';
  }

  parser::WordBytes word_bytes_;
};

}  // namespace

Result<OperatorPointer> containsWord(std::string_view, const OperatorContext& context) {
  return std::make_unique<ContainsWord>(context.semantics.word_bytes);
}

}  // namespace wafcheck::engine::operators
