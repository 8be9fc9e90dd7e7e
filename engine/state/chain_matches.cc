#include "engine/state/chain_matches.h"

#include <algorithm>

namespace wafcheck::engine::inline state {

void ChainMatches::begin_chain() {
  if (!accumulate_) all_.clear();
  chain_begin_ = all_.size();
}

void ChainMatches::chain_failed() {
  if (!accumulate_) return;
  all_.clear();
  last_.reset();
}

void ChainMatches::add(const Match& match) {
  all_.push_back(match);
  last_ = match;
}

void ChainMatches::describe(size_t place, std::string_view message, std::string_view data) {
  Match& match = all_[chain_begin_ + place];
  match.message = message;
  match.data = data;
}

std::span<const Match> ChainMatches::of_chain() const {
  return std::span(all_).subspan(std::min(chain_begin_, all_.size()));
}

}  // namespace wafcheck::engine::inline state
