#include "parser/regex/domain.h"

#include <algorithm>
#include <iterator>

namespace wafcheck::parser::regex {

Domain united(const Domain& a, const Domain& b) {
  Domain both{.bytes = a.bytes | b.bytes};
  std::ranges::copy_if(a.absent, std::back_inserter(both.absent), [&](const std::string& sequence) {
    return std::ranges::find(b.absent, sequence) != b.absent.end();
  });
  return both;
}

AbsentSequences::AbsentSequences(const std::vector<std::string>& sequences)
    : sequences_(sequences), read_(1) {
  for (const std::string& sequence : sequences) {
    for (size_t size = 1; size < sequence.size(); ++size) read_.push_back(sequence.substr(0, size));
  }
  std::ranges::sort(read_);
  const auto again = std::ranges::unique(read_);
  read_.erase(again.begin(), again.end());
}

AbsentSequences::State AbsentSequences::next(State state, uint8_t byte) const {
  std::string read = read_[state] + static_cast<char>(byte);
  const auto ends = [&](const std::string& sequence) { return read.ends_with(sequence); };
  if (std::ranges::any_of(sequences_, ends)) return kFound;
  while (!std::ranges::binary_search(read_, read)) read.erase(0, 1);
  return static_cast<State>(std::ranges::lower_bound(read_, read) - read_.begin());
}

bool AbsentSequences::found_in(std::string_view subject) const {
  return std::ranges::any_of(sequences_, [&](const std::string& sequence) {
    return subject.find(sequence) != std::string_view::npos;
  });
}

}  // namespace wafcheck::parser::regex
