#include "engine/state/match_memory.h"

#include "engine/program.h"
#include "engine/program/program_data.h"

namespace wafcheck::engine::inline state {
namespace {

// Texts that are remembered, by powers of two: requests hold many short ones.
constexpr size_t kRequestTexts = size_t{1} << 16;
constexpr size_t kRequestValues = size_t{1} << 15;
constexpr size_t kResponseTexts = size_t{1} << 12;

MatchCache cache_for(const Program& program, Side side, size_t texts, size_t more_words = 0) {
  return MatchCache(program.data().patterns_of(side).words() + more_words, texts);
}

}  // namespace

MatchMemory::MatchMemory(const Program& program)
    : texts_{cache_for(program, Side::request, kRequestTexts, 1),
             cache_for(program, Side::response, kResponseTexts, 1)},
      values_{cache_for(program, Side::request, kRequestValues),
              cache_for(program, Side::response, kResponseTexts)},
      variants_(program.data().target_groups().size()) {}

}  // namespace wafcheck::engine::inline state
